"""What bounds a visitor who writes in a group: muted, too fast, or read by a moderator first. For one batch of messages."""

import math

from django.utils.translation import gettext_lazy as _

from chat.models import GroupMember, HeldMessage, Room
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring

# Messages of one visitor that wait for approval at once.
MOST_HELD = 20


class Muted(Refused):
    code = "muted"
    message = _("A moderator has asked you to only read for now. What you typed is still here.")


class TooSoon(Refused):
    code = "slow_down"
    message = _("Everybody writes slowly here. Seconds until you can send this: %(seconds)s")


class TooManyHeld(Refused):
    code = "slow_down"
    message = _("Several of your messages still wait for a moderator. Please wait until they have been read.")


class Declined(Refused):
    code = "declined"
    message = _("A moderator has not let this message through.")


class GroupRules:
    """Asked by a batch that holds the locks of its rooms. Three queries, and none where nobody writes in a group."""

    def __init__(self, people, ids, now):
        """people: Participants with room; ids: set of the UUIDs that are posted."""
        self.now = now
        visitors = [one.pk for one in people if one.room.kind == Room.Kind.GROUP and one.is_visitor]
        rows = GroupMember.objects.filter(participant__in=visitors).select_related("group") if visitors else ()
        self._members = {one.participant_id: one for one in rows}
        known = HeldMessage.objects.filter(author__in=visitors, client_id__in=ids) if visitors else ()
        self._known = {(one.author_id, one.client_id): one for one in known}
        waiting = HeldMessage.objects.filter(author__in=visitors, state=HeldMessage.State.WAITING) if visitors else ()
        self._waiting = [one.author_id for one in waiting]
        self._spoke, self._new = set(), []

    def before(self, person, client_id):
        """The moment at which this message was held (aware datetime), None when it is new. Raises Declined."""
        held = self._known.get((person.pk, client_id))
        if held is not None and held.state == HeldMessage.State.DECLINED:
            raise Declined
        return held and held.at

    def check(self, person):
        """Returns when they may say something now. Raises Muted, TooSoon, TooManyHeld."""
        member = self._members.get(person.pk)
        if member is None:
            return
        if member.muted:
            raise Muted
        pause = member.group.slow_seconds
        if pause and member.said_at and (left := pause - (self.now - member.said_at).total_seconds()) > 0:
            raise TooSoon(seconds=math.ceil(left))
        if self._holds(member) and self._waiting.count(person.pk) >= MOST_HELD:
            raise TooManyHeld
        member.said_at = self.now
        self._spoke.add(person.pk)

    def holds(self, person):
        """Whether what they say waits for approval, bool."""
        member = self._members.get(person.pk)
        return member is not None and self._holds(member)

    def _holds(self, member):
        return member.held or member.group.holds_messages

    def hold(self, person, client_id, key, sealed_body):
        """Keep a message that waits for approval."""
        held = HeldMessage(author_id=person.pk, client_id=client_id, key=key, sealed_body=sealed_body, at=self.now)
        self._known[person.pk, client_id] = held
        self._waiting.append(person.pk)
        self._new.append(held)

    def write(self):
        """Store what was held, and when each spoke last; the moderators are told."""
        if self._spoke:
            GroupMember.objects.filter(participant__in=self._spoke).update(said_at=self.now)
        if self._new:
            HeldMessage.objects.bulk_create(self._new)
            for line in {self._members[one.author_id].group.line_id for one in self._new}:
                ring(topics.groups(line))
