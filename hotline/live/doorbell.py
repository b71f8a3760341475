"""
The doorbell: after a commit it says that something changed and where to look, never what.

A ring may get lost; the database is the truth. It never breaks or delays the caller.
"""

import logging
from functools import partial

from django.db import transaction

from hotline.live import hub

log = logging.getLogger(__name__)


def ring(topic: str, **ids) -> None:
    """
    Ring the topic when the running transaction commits (at once when there is none, never after a rollback).

    The ids (plain numbers and texts) travel with the ring to other processes.
    """
    transaction.on_commit(partial(_ring_now, topic, ids))


async def aring(topic: str, **ids) -> None:
    """Ring the topic now, from asynchronous code, which stands in no transaction."""
    _ring_now(topic, ids)


def _ring_now(topic: str, ids: dict) -> None:
    try:
        hub.send(topic, **ids)
    except Exception:
        log.exception("A ring was lost")
