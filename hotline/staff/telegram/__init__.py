"""What the staff says to the bot: link, unlink, see to an alarm, and in an emergency stop the house."""

from hotline.staff.actions.chats import PREFIX
from hotline.staff.telegram import alarms, chats, freeze
from hotline.telegram.handlers import before_all, on_button, on_command, on_start


def register(application):
    """Hang the handlers into the bot's Application."""
    before_all(application, freeze.hold_back)
    on_start(application, PREFIX, chats.start)
    on_command(application, "unlink", chats.unlink)
    on_command(application, "freeze", freeze.ask)
    on_command(application, "destroy", freeze.destroy)
    on_button(application, r"^alarm\.", alarms.see_to)
    on_button(application, r"^freeze\.", freeze.pressed)
