"""What the staff says to the bot: link, unlink, see to an alarm."""

from hotline.staff.actions.chats import PREFIX
from hotline.staff.telegram import alarms, chats
from hotline.telegram.handlers import on_button, on_command, on_start


def register(application):
    """Hang the handlers into the bot's Application."""
    on_start(application, PREFIX, chats.start)
    on_command(application, "unlink", chats.unlink)
    on_button(application, r"^alarm\.", alarms.see_to)
