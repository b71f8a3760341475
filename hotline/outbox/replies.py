"""Answers of the bot to one update, through the outbox: once each, however often the update is handled."""

from html import escape

from django.conf import settings

from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Channel, Priority

# Telegram's codes for languages that the house knows under another one.
SAME = {"no": "nb", "nn": "nb"}


def language_of(update):
    """The language of the house that is nearest to the one the person's app speaks."""
    code = (update.effective_user.language_code or "en").split("-")[0] if update.effective_user else "en"
    code = SAME.get(code, code)
    return code if code in dict(settings.LANGUAGES) else "en"


def reply(update, text, *, buttons=(), part=""):
    """Answer in the chat. text: plain words; buttons: rows as the outbox takes them; part: tells several answers apart."""
    enqueue(
        channel=Channel.TELEGRAM,
        recipient=str(update.effective_chat.id),
        content={"text": escape(text), "buttons": list(buttons)},
        key=f"reply:{update.update_id}:{part}",
        purpose="reply",
        priority=Priority.ANSWER,
    )
