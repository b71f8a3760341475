"""What a coordinator says to the bot about offers."""

from django.utils.translation import gettext_lazy as _

from hotline.dispatch.telegram import buttons, commands, texts
from hotline.telegram.handlers import on_button, on_command, on_text


def register(application):
    """Hang the handlers into the bot's Application."""
    on_button(application, buttons.PATTERN, buttons.pressed)
    on_command(application, "open", commands.open_, _("what you have taken, and what waits"))
    on_text(application, texts.written)
