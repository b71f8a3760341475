"""One message to one recipient by one channel, and what became of it."""

import json
import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import Unreadable, keyed_hash, seal, unseal
from hotline.lib.keyring import keyring
from hotline.outbox.models.pace import Pace


class Channel(models.TextChoices):
    TELEGRAM = "telegram", "Telegram"
    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", "Webhook"


# What is sent there stays as it is: a change follows it as a message of its own, which names the first by our own id.
UNCHANGEABLE = (Channel.EMAIL, Channel.WEBHOOK)
# What became of a message that had its last attempt or was called back, and may all the same be there.
PERHAPS_THERE = Q(uncertain=True, channel__in=UNCHANGEABLE)


class Priority(models.IntegerChoices):
    """The smaller goes first."""

    ANSWER = 0, _("answer to somebody who just wrote")
    URGENT = 10, _("urgent")
    OFFER = 20, _("offer")
    NORMAL = 50, _("normal")
    COURTESY = 80, _("courtesy")


class State(models.TextChoices):
    QUEUED = "queued", _("waiting")
    LEASED = "leased", _("being sent")
    SENT = "sent", _("sent")
    DEAD = "dead", _("not delivered")
    CANCELLED = "cancelled", _("no longer needed")


FOLLOWS_PERHAPS = Q(
    edits__state__in=[State.DEAD, State.CANCELLED], edits__uncertain=True, edits__channel__in=UNCHANGEABLE
)


class MessageQuerySet(models.QuerySet):
    def there(self):
        """Those that somebody saw or may still see."""
        return self.exclude(Q(state__in=[State.DEAD, State.CANCELLED]) & ~PERHAPS_THERE)

    def ready(self, channel: str, now, recipient_free_at=None):
        """Messages that may be sent now, the most pressing first.

        Left out: those whose chat has to wait (longer than until `recipient_free_at`), edits of a message that is
        itself still on its way, and edits while another edit of it is on its way, so that an edit overtakes neither
        its original nor an earlier edit.
        """
        free_at = recipient_free_at or now
        busy_chat = Pace.objects.filter(channel=channel, recipient_hash=OuterRef("recipient_hash"), free_at__gt=free_at)
        edit_on_its_way = Message.objects.filter(edits=OuterRef("edits"), state=State.LEASED)
        return (
            self.filter(channel=channel, state=State.QUEUED, not_before__lte=now, expires_at__gt=now)
            .filter(Q(edits=None) | Q(edits__state=State.SENT) | FOLLOWS_PERHAPS)
            .exclude(Exists(busy_chat))
            .exclude(Exists(edit_on_its_way))
            .order_by("priority", "created_at")
        )

    def lease_ran_out(self, now):
        """Messages whose sender never said what became of them."""
        return self.filter(state=State.LEASED, lease_until__lte=now)


class Message(models.Model):
    # state → the states it may go to. A dead message goes back by an administrator's hand, and one that was given up
    # becomes sent when its button comes back and so proves that it arrived. A mail may come back after it was sent.
    MOVES = {
        State.QUEUED: {State.LEASED, State.CANCELLED, State.DEAD, State.SENT},
        State.LEASED: {State.SENT, State.QUEUED, State.DEAD, State.CANCELLED},
        State.SENT: {State.DEAD},
        State.DEAD: {State.QUEUED, State.SENT},
        State.CANCELLED: {State.SENT},
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    # Chat, mailbox or URL under the site key. It belongs to the message's id at the channel: without it nothing can be edited.
    recipient = models.BinaryField()
    recipient_hash = models.BinaryField(max_length=32)
    # The content under the key of the day `due`; None as soon as it is sent.
    sealed = models.BinaryField(null=True)
    due = models.DateField()
    expires_at = models.DateTimeField(_("worth sending until"))
    key = models.CharField(max_length=200, unique=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    purpose = models.CharField(_("purpose"), max_length=64)
    subject = models.CharField(_("about"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.QUEUED, editable=False)
    # Some attempt may have arrived without our hearing of it; how many such attempts there were.
    uncertain = models.BooleanField(_("may have arrived"), default=False)
    doubts = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    # The message's id at the channel, and those of copies that an uncertain attempt left behind.
    external_id = models.CharField(max_length=200, blank=True)
    twin_ids = models.JSONField(default=list, blank=True)
    # An edit of another message, or of a twin of it that has this id.
    edits = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="edited_by", db_index=False
    )
    target_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("error"), max_length=64, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ()
        permissions = [("manage", _("May see what leaves the house, and send again what did not arrive"))]
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["channel", "priority", "created_at"], name="message_queue", condition=Q(state=State.QUEUED)
            ),
            models.Index(fields=["lease_until"], name="message_leases", condition=Q(state=State.LEASED)),
            models.Index(fields=["state", "created_at"], name="message_by_state"),
            models.Index(fields=["created_at"], name="message_by_age"),
            # Else whoever looks for the messages about one offer reads all that were ever written.
            models.Index(fields=["subject", "purpose"], name="message_by_subject"),
            # Without the rows that edit nothing: SQLite would take those for few.
            models.Index(fields=["edits"], name="message_edits", condition=Q(edits__isnull=False)),
        ]

    def __str__(self):
        return f"{self.purpose} {self.subject}".strip()

    def address_to(self, recipient: str) -> None:
        """Seal the recipient (a chat id, an e-mail address or a URL) into this row."""
        self.recipient = seal(keyring().site_key(), recipient.encode(), self._context("recipient"))
        self.recipient_hash = hash_recipient(self.channel, recipient)

    def write(self, content: dict, keep: timedelta) -> None:
        """Seal the content under the key of the day on which it is worth nothing any more: `keep` from now."""
        self.expires_at = timezone.now() + keep
        self.due = keyring().due_day(self.expires_at)
        self.sealed = keyring().seal(
            json.dumps(content, ensure_ascii=False).encode(), self.due, self._context("sealed")
        )

    def address(self) -> str:
        """The recipient again; "" when it can no longer be read, so that nothing more goes there."""
        try:
            return unseal(keyring().site_key(), bytes(self.recipient), self._context("recipient")).decode()
        except Unreadable:
            return ""

    def is_there(self) -> bool:
        """Whether somebody saw it or may still see it."""
        given_up = self.state in (State.DEAD, State.CANCELLED)
        return not given_up or (self.uncertain and self.channel in UNCHANGEABLE)

    def content(self) -> dict:
        """The content again. Raises KeyGone when its time is over."""
        return json.loads(keyring().unseal(bytes(self.sealed), self.due, self._context("sealed")))

    def _context(self, field: str) -> str:
        return f"outbox_message:{self.pk}:{field}"


def hash_recipient(channel: str, recipient: str) -> bytes:
    """What stands for a recipient where rows are compared."""
    return keyed_hash(keyring().subkey("outbox-recipient"), channel, recipient)
