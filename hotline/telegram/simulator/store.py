"""The state in a JSON file, so that the demo's phones survive a restart."""

import asyncio
import json
import logging
import os
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)
PAUSE = 0.5
VERSION = 1


class Store:
    """Writes the world into a file a moment after it changed, each time as a whole new file put in place at once."""

    def __init__(self, world, path: Path):
        self.world = world
        self.path = Path(path)
        self._waiting: asyncio.TimerHandle | None = None
        self._load()
        world.listeners.append(self.touch)

    def touch(self) -> None:
        """Something changed: write soon."""
        if self._waiting is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return  # before the server runs; the first change after it writes all
            self._waiting = loop.call_later(PAUSE, self.write)

    def write(self) -> None:
        """Write now."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": VERSION, **self.world.to_dict()}, file, ensure_ascii=False)
            os.replace(temporary, self.path)
        except BaseException:
            os.unlink(temporary)
            raise

    def _load(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        try:
            state = json.loads(text)
            if state["version"] != VERSION:
                raise ValueError("another version")
            self.world.from_dict(state)
        except (ValueError, TypeError, KeyError):
            self.world.clear()
            log.warning("The simulator's file %s cannot be read; its phones start empty.", self.path.name)
