"""A person's own Telegram chat, in which alarms ring; linked by a code that works once."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import keyed_hash
from hotline.lib.fields import SealedRow, SealedTextField, readable
from hotline.lib.keyring import keyring


def chat_hash(chat):
    """Keyed hash by which a linked chat is found again, bytes(32); its id itself is sealed. chat: id as Telegram's."""
    return keyed_hash(keyring().subkey("staff-chat"), str(chat))


class LinkedChatQuerySet(models.QuerySet):
    def at(self, chat):
        """The one (or none) at this chat id, in any state."""
        return self.filter(address_hash=chat_hash(chat))


class LinkedChat(SealedRow):
    """One private chat for each person, and one person for each chat."""

    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="linked_chat")
    address = SealedTextField(max_length=64)
    address_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    rings_first = models.BooleanField(_("rings before the e-mail"), default=True)
    # Telegram said that the bot is blocked there: nothing is sent until the person links it again.
    is_reachable = models.BooleanField(default=True)
    linked_at = models.DateTimeField(default=timezone.now)

    objects = LinkedChatQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.user_id}"

    def save(self, *args, **kwargs):
        if readable(self, "address"):
            self.address_hash = chat_hash(self.address)
        super().save(*args, **kwargs)


class ChatCode(models.Model):
    """The newest code of a person; only its keyed hash is kept, and it goes when it is used."""

    SCOPE = None

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.user_id}"
