"""Work through rows that are due, so that one that fails holds up no other."""

import logging
from collections.abc import Callable, Iterable

logger = logging.getLogger(__name__)


def each(rows: Iterable, act: Callable, *arguments) -> int:
    """Call `act(row, *arguments)` for each row; a failure is logged by the row's id. Returns how many were truthy."""
    done = 0
    for row in rows:
        try:
            done += bool(act(row, *arguments))
        except Exception:
            logger.exception("%s failed for %s", act, getattr(row, "pk", row))
    return done
