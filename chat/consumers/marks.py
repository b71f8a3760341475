"""Read marks and typing: said at once to who is here, written now and then, and never in the way of a message."""

import asyncio
import logging
from weakref import WeakKeyDictionary

from django.db import transaction

from chat.consumers import rooms, seats
from chat.models import Participant
from hotline.live import line, topics

logger = logging.getLogger(__name__)

# Seconds that marks are gathered before they are written.
PAUSE = 1.0
# Seconds in which one person's typing is said once.
TYPING_PAUSE = 2.0


class Marks:
    """The marks of one event loop."""

    def __init__(self):
        self._reached: dict[int, int] = {}
        self._typed: dict[int, float] = {}
        self._task: asyncio.Task | None = None

    async def read(self, seat, seq):
        """This participant has seen everything up to `seq`."""
        self._reached[seat.participant] = max(seq, self._reached.get(seat.participant, 0))
        if live := rooms.here().rooms.get(seat.room.code):
            live.say_read(seat.code, seq)
        line.send(topics.room(seat.room.code), reader=seat.code, upto=seq)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    async def typing(self, seat):
        """This participant is typing."""
        now = asyncio.get_running_loop().time()
        if now - self._typed.get(seat.participant, 0.0) < TYPING_PAUSE:
            return
        self._typed = {one: at for one, at in self._typed.items() if now - at < TYPING_PAUSE}
        self._typed[seat.participant] = now
        if live := rooms.here().rooms.get(seat.room.code):
            live.say("typing", but=seat.code, **{"from": seat.code})
        line.send(topics.room(seat.room.code), typing=seat.code)

    async def _write(self):
        while self._reached:
            await asyncio.sleep(PAUSE)
            reached, self._reached = self._reached, {}
            try:
                left = await seats.threads.run(_store, reached)
            except Exception:
                logger.exception("Read marks could not be written; the next ones will say it")
                continue
            self._reached = left | self._reached


def _store(reached):
    """Write the marks {participant pk: seq} in one transaction; those of rows that somebody else holds just now come back."""
    with transaction.atomic():
        # It waits for nobody, so that nobody and it can wait for each other.
        rows = Participant.objects.filter(pk__in=reached).select_for_update(skip_locked=True, no_key=True)
        free = set(rows.values_list("pk", flat=True))
        for participant in free:
            seq = reached[participant]
            Participant.objects.filter(pk=participant, read_seq__lt=seq, room__head__gte=seq).update(read_seq=seq)
        busy = Participant.objects.filter(pk__in=reached.keys() - free).values_list("pk", flat=True)
        return {pk: reached[pk] for pk in busy}


_marks: WeakKeyDictionary[asyncio.AbstractEventLoop, Marks] = WeakKeyDictionary()


def here() -> Marks:
    """The marks of the running event loop."""
    return _marks.setdefault(asyncio.get_running_loop(), Marks())
