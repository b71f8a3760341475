"""What the rooms above do with messages: write them, change them, call them back, send dead ones again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.background import Bell
from hotline.lib.crypto import Unreadable
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.outbox.listeners import tell
from hotline.outbox.models import Message, Priority, State
from hotline.outbox.outcome import SENT, Outcome

A_DAY = timedelta(days=1)

queued = Bell()


class MayNotResend(Refused):
    code = "may_not_resend"
    message = _("Only administrators can send a message again.")


class NotDead(Refused):
    code = "not_dead"
    message = _("This message is not among those that could not be delivered.")


class BodyGone(Refused):
    code = "body_gone"
    message = _("This message is too old to be sent again: its text has been erased.")


def enqueue(
    *,
    channel: str,
    recipient: str,
    content: dict,
    key: str,
    purpose: str,
    subject: str = "",
    priority: int = Priority.NORMAL,
    not_before: datetime | None = None,
    keep: timedelta = A_DAY,
) -> Message:
    """Write a message in the caller's transaction; it is sent after the commit, and not at all once `keep` is over.

    recipient: a chat id, an e-mail address or a URL. content, for Telegram: {"text": HTML that is already escaped,
    "buttons": [[{"text", "data" or "url"}]]}; for e-mail: {"subject", "text", "html"?, "after"?: id of the message that it
    answers to}; for a webhook: {"endpoint": id of whose secrets sign it, "type", "timestamp", "data"}. The same key again
    changes nothing and gives the first message.
    """
    message = Message(
        channel=channel,
        key=key,
        purpose=purpose,
        subject=subject,
        priority=priority,
        not_before=not_before or timezone.now(),
    )
    message.address_to(recipient)
    message.write(content, keep)
    return _insert(message)


def edit(
    original: Message, content: dict, *, key: str, priority: int = Priority.COURTESY, purpose: str = ""
) -> Message | None:
    """Change a message that somebody has seen or may see, with all its copies; the row that does it.

    None when there is nothing to change: the original was still waiting, and is cancelled now, or it never arrived; or
    nothing can be changed, since its recipient can no longer be read. An
    original that is just on its way is changed when it has arrived. Earlier changes that still wait are dropped; the
    same key again changes nothing. What is UNCHANGEABLE stays: the content follows it as an answer to it.

    purpose: of the change, when it is another than the original's.
    """
    with transaction.atomic():
        original = Message.objects.select_for_update().get(pk=original.pk)
        if before := Message.objects.filter(key=key).first():
            return before
        if original.state == State.QUEUED:
            cancel(original)
        if not original.is_there() or not original.address():
            return None
        cancel_edits(original)
        first, *_twins = [
            _edit_of(original, content, key if not twin else f"{key}:{twin}", priority, twin, purpose)
            for twin in ["", *original.twin_ids]
        ]
        return first


def cancel(message: Message) -> bool:
    """Call back a message that still waits, and its text with it; False when it was too late."""
    changed = Message.objects.filter(pk=message.pk, state=State.QUEUED).update(state=State.CANCELLED, sealed=None)
    if changed:
        message.state, message.sealed = State.CANCELLED, None
        cancel_edits(message)
    return bool(changed)


def cancel_edits(original: Message) -> None:
    """Call back the changes of a message that still wait."""
    original.edited_by.filter(state=State.QUEUED).update(state=State.CANCELLED, sealed=None)


def recognise_twin(message: Message, external_id: str) -> bool:
    """Somebody answered to a copy of the message that has this id at the channel. True when we did not know it.

    That happens after an uncertain attempt: the first copy that we hear of is the message from now on, and is neither
    sent again nor dead; any other is its twin. Changes made before do not show on a copy that was unknown then: make
    the last one again, with a key of its own.
    """
    with transaction.atomic():
        row = Message.objects.select_for_update().get(pk=message.pk)
        if not external_id or external_id == row.external_id or external_id in row.twin_ids:
            return False
        arrived(row, external_id)
        message.external_id, message.twin_ids, message.state = row.external_id, row.twin_ids, row.state
    return True


def arrived(row: Message, external_id: str) -> None:
    """We hear by another way that the locked row's message arrived: it needs no further attempt."""
    learn(row, external_id)
    given_up = row.state in (State.QUEUED, State.DEAD, State.CANCELLED)
    if given_up:
        row.state, row.sent_at, row.sealed, row.error = State.SENT, timezone.now(), None, ""
    row.save(update_fields=["state", "sent_at", "sealed", "error", "external_id", "twin_ids"])
    if given_up:
        tell([(row, Outcome(SENT, external_id=external_id))])


def learn(row: Message, external_id: str) -> None:
    """Note an id of the message at the channel on the row, without saving it."""
    if not row.external_id:
        row.external_id = external_id
    elif external_id not in (row.external_id, *row.twin_ids):
        row.twin_ids = [*row.twin_ids, external_id]


def resend(actor, message: Message) -> None:
    """Send a dead message again. Raises MayNotResend, NotDead, or BodyGone when its text is erased by now."""
    if actor is None or not actor.has_perm("outbox.manage"):
        raise MayNotResend
    with transaction.atomic():
        dead = Message.objects.filter(pk=message.pk, state=State.DEAD)
        row = dead.select_for_update().first()
        if row is None:
            raise NotDead
        try:
            if row.sealed is None or row.expires_at <= timezone.now():
                raise KeyGone
            row.content()
        except (KeyGone, Unreadable):
            raise BodyGone from None
        dead.update(state=State.QUEUED, attempts=0, doubts=min(row.doubts, 1), not_before=timezone.now(), error="")
        transaction.on_commit(queued.ring)


def let_lapse(now: datetime) -> int:
    """Let everything that waits die at `now`: a restored backup does not know what was sent since. How many."""
    waiting = Message.objects.filter(state__in=[State.QUEUED, State.LEASED])
    return waiting.update(state=State.QUEUED, lease_holder="", lease_until=None, expires_at=now)


def _edit_of(original: Message, content: dict, key: str, priority: int, twin: str, purpose: str) -> Message:
    change = Message(
        channel=original.channel,
        key=key,
        purpose=purpose or original.purpose,
        subject=original.subject,
        priority=priority,
        edits=original,
        target_id=twin,
    )
    change.address_to(original.address())
    change.write(content, A_DAY)
    return _insert(change)


def _insert(message: Message) -> Message:
    Message.objects.bulk_create([message], ignore_conflicts=True)
    stored = Message.objects.get(key=message.key)
    if stored.pk == message.pk:
        transaction.on_commit(queued.ring)
    return stored
