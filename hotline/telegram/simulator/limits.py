"""Telegram's limits on what a bot sends: 30 a second in all, 1 a second to a chat, 20 a minute to a group."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from hotline.telegram.simulator.errors import too_many


@dataclass
class Rules:
    """The limits in force. `leeway` (seconds) forgives a message that the network brought a little early."""

    enabled: bool = True
    all_per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20
    leeway: float = 0.1
    count_edits: bool = True


class Limits:
    """Counts what was sent and refuses what comes too soon."""

    def __init__(self):
        self.rules = Rules()
        self._all: deque[float] = deque(maxlen=1000)
        self._chats: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=1000))

    def count(self, chat: int, is_group: bool, is_edit: bool, now: float) -> None:
        """Note one message to a chat at `now` (monotonic seconds); raises 429 when it is one too many."""
        rules = self.rules
        if not rules.enabled or (is_edit and not rules.count_edits):
            return
        own = self._chats[chat]
        wait = max(
            self._wait(self._all, rules.all_per_second, 1, now),
            self._wait(own, rules.chat_per_second, 1, now),
            self._wait(own, rules.group_per_minute, 60, now) if is_group else 0,
        )
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        self._all.append(now)
        own.append(now)

    def _wait(self, times: deque[float], allowed: int, seconds: float, now: float) -> float:
        """Seconds until one more fits into a window of `seconds` that may hold `allowed`."""
        if len(times) < allowed:
            return 0
        free_at = times[-allowed] + seconds - self.rules.leeway
        return max(0.0, free_at - now)
