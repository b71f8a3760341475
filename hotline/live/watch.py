"""
Rights of open sockets, looked at again and again: one query for all sockets of the process, not one for each.

A socket whose account was disabled, whose session ended or whose password changed is closed within 5 seconds; which
topics it hears is asked again as soon when its person's rights have changed, and else at every heartbeat.
"""

import asyncio
import logging
from collections import defaultdict
from importlib import import_module
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from hotline.lib.background import Threads
from hotline.live.line import HEARTBEAT

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
# How often it is written down that somebody works by socket alone.
USE_SECONDS = 60.0

threads = Threads("rights", 2)


class Watch:
    """The sockets of one event loop. A socket has `user`, `session`, `used`, `withdraw()` and `hear(topics)`."""

    def __init__(self):
        self._sockets = set()
        self._held: dict = {}
        self._task: asyncio.Task | None = None

    def add(self, socket) -> None:
        """Look after this socket from now on."""
        self._sockets.add(socket)
        if self._task is None:
            self._task = asyncio.create_task(self._look_on())

    def remove(self, socket) -> None:
        """The socket is gone."""
        self._sockets.discard(socket)
        if not self._sockets and self._task is not None:
            self._task.cancel()
            self._task = None

    async def look(self) -> None:
        """Close every socket whose right has gone."""
        sockets = list(self._sockets)
        users = await threads.run(_active_users, {socket.user.pk for socket in sockets})
        sessions = await threads.run(_open_sessions, {socket.session.session_key for socket in sockets})
        for socket in sockets:
            user = users.get(socket.user.pk)
            if user is None or socket.session.session_key not in sessions or not _same_password(user, socket.session):
                socket.withdraw()
        held = await threads.run(_held_by, list(users.values()))
        changed = {pk for pk in held if held[pk] != self._held.get(pk)}
        self._held = held
        await self.renew_topics(changed)

    async def note_use(self) -> None:
        """Whoever said something by socket since the last time is at work, though they load no page."""
        used = [socket for socket in self._sockets if socket.used]
        for socket in used:
            socket.used = False
        if used:
            await threads.run(_store().note_use, {socket.session.session_key for socket in used})

    async def renew_topics(self, among=None) -> None:
        """Ask again which topics each person may hear. among: primary keys; None for everybody."""
        by_user = defaultdict(list)
        for socket in self._sockets:
            if among is None or socket.user.pk in among:
                by_user[socket.user.pk].append(socket)
        for sockets in by_user.values():
            topics = await topics_of(sockets[0].user)
            for socket in sockets:
                socket.hear(topics)

    async def _look_on(self) -> None:
        loop = asyncio.get_running_loop()
        renewed = noted = loop.time()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
                if loop.time() - renewed >= HEARTBEAT - LOOK_SECONDS:
                    await self.renew_topics()
                    renewed = loop.time()
                if loop.time() - noted >= USE_SECONDS:
                    await self.note_use()
                    noted = loop.time()
            except Exception as error:
                # The database may be away for a moment; nobody is thrown out for that.
                log.warning("Rights of open sockets could not be looked at: %s", type(error))


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The watch of the running event loop."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())


async def topics_of(user) -> set[str]:
    """What the user may hear now: all that the functions in settings.SOCKET_TOPICS name."""
    return await threads.run(_topics_of, user)


def _topics_of(user) -> set[str]:
    # A fresh row: Django keeps the permissions of a person on the instance.
    fresh = _active_users({user.pk}).get(user.pk)
    if fresh is None:
        return set()
    # One snapshot for all who answer.
    rights = import_string(settings.SOCKET_RIGHTS)(fresh)
    return {topic for path in settings.SOCKET_TOPICS for topic in import_string(path)(rights)}


def _active_users(ids: set) -> dict:
    return get_user_model()._default_manager.filter(is_active=True).in_bulk(ids)


def _held_by(users: list) -> dict:
    """{primary key: what the person's rights rest on}, of all of them together."""
    return {pk: rights.held for pk, rights in import_string(settings.SOCKET_RIGHTS).of_many(users).items()}


def _open_sessions(keys: set) -> set:
    return _store().open_among(keys)


def _store():
    return import_module(settings.SESSION_ENGINE).SessionStore


def _same_password(user, session) -> bool:
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
