"""What people write: stored once, in one order, under their own key. Any number at a time, in one transaction."""

import unicodedata
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import author_keys
from chat.actions.group_rules import GroupRules
from chat.models import AuthorKey, Event, Participant, Room
from chat.models.event import BODY_LIMIT, body_context
from hotline.lib import crypto
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone

BUSY = _("Very many people are writing at this moment. Your message is sent again in a moment.")


class Empty(Refused):
    code = "bad_frame"
    message = _("There is nothing in this message. Write something first.")


class TooLong(Refused):
    code = "too_large"
    message = _("This message is too long: %(limit)s characters at most. Send it in parts.")


class Ended(Refused):
    code = "ended"
    message = _("This conversation has ended.")


class GuidanceEnded(Ended):
    message = _("The conversation is over or with somebody else, and the guidance ended with it.")


class IdReused(Refused):
    code = "id_reused"
    message = _("Another message was sent under this id.")


class NotInRoom(Refused):
    code = "unknown_room"
    message = _("You are not in this room.")


class ReadsAlong(Refused):
    code = "not_allowed"
    message = _("You read along here. Step in to write.")


@dataclass(frozen=True)
class Post:
    """Somebody's wish to say something. `id` is of their device's making and stays the same when it is sent again."""

    participant: int
    id: uuid.UUID
    body: str


@dataclass(frozen=True)
class Posted:
    """Where it stands in the log; `author` is a participant's code. `is_new` is False when it stood there before, and when it
    is `held`: then it stands nowhere yet (`seq` 0), and a moderator reads it first."""

    room: str
    seq: int
    id: uuid.UUID
    at: datetime
    author: str
    body: str
    is_new: bool
    held: bool = False


def clean(text: str) -> str:
    """The text as it is stored: line ends as \\n, no other control characters, no space around it.

    Raises Empty, or TooLong above 4,000 characters (code points, as docs/protocol.md counts them).
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isprintable():
        plain = "".join(char for char in plain if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    plain = plain.strip()
    if not plain:
        raise Empty
    if len(plain) > BODY_LIMIT:
        raise TooLong(limit=BODY_LIMIT)
    return plain


def post(wish: Post) -> Posted:
    """Store one message. Raises Empty, TooLong, Ended, IdReused, NotInRoom."""
    (result,) = post_many([wish])
    if isinstance(result, Refused):
        raise result
    return result


def post_many(wishes: list[Post]) -> list[Posted | Refused]:
    """Store all of them in one transaction, in their order; what is refused comes back as the error and harms no other.

    Six queries, however many there are; up to five more where visitors of groups are among them. Rings of no message that
    stands in the log: who calls it knows which rooms have news (`Posted.room`).
    """
    with transaction.atomic():
        batch = _Batch({wish.participant for wish in wishes}, {wish.id for wish in wishes})
        results = [batch.take(wish) for wish in wishes]
        batch.write()
    return results


class _Batch:
    """What one transaction knows of the rooms it writes in, which it has locked."""

    def __init__(self, participants: set[int], ids: set[uuid.UUID]):
        self.now = timezone.now()
        # Rooms are locked in one order, so that two batches never wait for each other.
        people = Participant.objects.select_related("room", "user").filter(pk__in=participants).order_by("room_id")
        self.people = {person.pk: person for person in people.select_for_update(of=("room",), no_key=True)}
        self.heads = {person.room_id: person.room.head for person in self.people.values()}
        self.keys = _latest_keys(self.people)
        self.rules = GroupRules(self.people.values(), ids, self.now)
        self.events: list[Event] = []
        self.known: dict[tuple[int, uuid.UUID], tuple[Event, str | None]] = {
            (event.author_id, event.client_id): (event, None)
            for event in Event.objects.select_related("key").filter(author__in=self.people, client_id__in=ids)
        }

    def take(self, wish: Post) -> Posted | Refused:
        try:
            return self._take(wish)
        except Refused as refusal:
            return refusal
        except KeyGone:
            return Ended()

    def _take(self, wish: Post) -> Posted:
        person = self.people.get(wish.participant)
        if person is None or person.left_at is not None or not (person.is_visitor or _works_here(person.user)):
            raise NotInRoom
        if not person.may_write:
            raise ReadsAlong
        body = clean(wish.body)
        if known := self.known.get((person.pk, wish.id)):
            return self._again(person, *known, body)
        if at := self.rules.before(person, wish.id):
            return self._held(person, wish.id, at, body)
        if not person.room.is_open:
            raise _ended(person.room)
        self.rules.check(person)
        key = self._key_of(person)
        sealed = crypto.seal(key[1], body.encode(), body_context(person.room.code, person.code, wish.id))
        if self.rules.holds(person):
            self.rules.hold(person, wish.id, key[0], sealed)
            return self._held(person, wish.id, self.now, body)
        self.heads[person.room_id] += 1
        event = Event(
            room_id=person.room_id,
            seq=self.heads[person.room_id],
            kind=Event.Kind.MESSAGE,
            author_id=person.pk,
            client_id=wish.id,
            key_id=key[0].pk,
            sealed_body=sealed,
            at=self.now,
        )
        self.events.append(event)
        self.known[person.pk, wish.id] = event, body
        return self._posted(person, event, body, is_new=True)

    def _key_of(self, person: Participant) -> tuple[AuthorKey, bytes]:
        key = self.keys.get(person.pk)
        if not isinstance(key, tuple):
            if person.room.never_ends:
                key = author_keys.of_today(person, key, self.now)
            if key is None:
                raise _ended(person.room)
            key = self.keys[person.pk] = (key, key.open())
        return key

    def _again(self, person: Participant, event: Event, stored: str | None, body: str) -> Posted:
        """The same message once more. A removed one still gets its answer: its text can no longer be compared."""
        if stored is None and event.sealed_body is not None and event.key is not None:
            context = body_context(person.room.code, person.code, event.client_id)
            stored = crypto.unseal(event.key.open(), bytes(event.sealed_body), context).decode()
        if stored is not None and stored != body:
            raise IdReused
        return self._posted(person, event, body, is_new=False)

    def _posted(self, person: Participant, event: Event, body: str, *, is_new: bool) -> Posted:
        return Posted(person.room.code, event.seq, event.client_id, event.at, person.code, body, is_new)

    def _held(self, person: Participant, client_id: uuid.UUID, at: datetime, body: str) -> Posted:
        return Posted(person.room.code, 0, client_id, at, person.code, body, is_new=False, held=True)

    def write(self) -> None:
        """Insert the new events and move the heads of their rooms."""
        self.rules.write()
        Event.objects.bulk_create(self.events)
        rooms_by_number = defaultdict(list)
        for room, number in Counter(event.room_id for event in self.events).items():
            rooms_by_number[number].append(room)
        for number, rooms in rooms_by_number.items():
            Room.objects.filter(pk__in=rooms).update(head=F("head") + number)


def _ended(room) -> Ended:
    return GuidanceEnded() if room.kind == Room.Kind.GUIDANCE else Ended()


def _works_here(user) -> bool:
    return user is not None and user.is_active


def _latest_keys(people) -> dict[int, AuthorKey | tuple[AuthorKey, bytes]]:
    return {key.participant_id: key for key in AuthorKey.objects.filter(participant__in=people).order_by("pk")}
