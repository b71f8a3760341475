"""What a coordinator says to the bot about itself: link, pause, language, leave."""

from django.utils.translation import gettext_lazy as _

from coordinators.telegram import commands, events
from hotline.telegram.handlers import on_button, on_command, on_membership, on_migration, on_other_command


def register(application):
    """Hang the handlers into the bot's Application."""
    on_command(application, "start", commands.start)
    on_command(application, "pause", commands.pause, _("nothing new for some hours, as /pause 8"))
    on_command(application, "resume", commands.resume, _("go on after a pause"))
    on_command(application, "status", commands.status, _("how you stand"))
    on_command(application, "language", commands.language, _("the language here"))
    on_command(application, "vouch", commands.vouch, _("vouch for somebody who wants to join"))
    on_command(application, "help", commands.help_, _("what I understand"))
    on_command(application, "stop", commands.stop, _("leave; nothing comes here any more"))
    on_button(application, r"^l\.", commands.choose_language)
    on_membership(application, events.membership)
    on_migration(application, events.migration)
    on_other_command(application, commands.unknown)
