"""What Telegram tells about chats: blocked, removed, moved."""

from coordinators.actions import endpoints
from coordinators.models import Endpoint
from coordinators.telegram.replies import endpoints_of

GONE = ("kicked", "left")


def membership(update):
    """The bot was blocked or removed: what it knew of this chat is switched off."""
    if update.my_chat_member.new_chat_member.status in GONE:
        for endpoint in endpoints_of(update):
            endpoints.switch_off(endpoint, "blocked" if update.effective_chat.type == "private" else "removed")


def migration(update):
    """A group became a supergroup and has a new id."""
    moved_to = update.message.migrate_to_chat_id
    if moved_to:
        for endpoint in Endpoint.objects.at(Endpoint.Channel.TELEGRAM, update.effective_chat.id):
            endpoints.move(endpoint, moved_to)
