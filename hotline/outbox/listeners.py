"""Tells the rooms above what became of a message, by the dotted paths in settings.OUTBOX_LISTENERS."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from hotline.lib.logs import Word, named
from hotline.outbox.models import Message
from hotline.outbox.outcome import Outcome

logger = logging.getLogger(__name__)


def tell(news: list[tuple[Message, Outcome]]) -> None:
    """Call every `listen(message, outcome)` about every message, in the caller's transaction.

    What one of them breaks must not make the house forget what was sent, nor what another did: if one fails, all of it is
    undone and done again, each in a savepoint. (A savepoint for each from the start would cost more than sending.)
    """
    if not news:
        return
    listeners = [(path, import_string(path)) for path in settings.OUTBOX_LISTENERS]
    try:
        with transaction.atomic():
            for message, outcome in news:
                for _path, listen in listeners:
                    listen(message, outcome)
    except Exception:
        for message, outcome in news:
            for path, listen in listeners:
                try:
                    with transaction.atomic():
                        listen(message, outcome)
                except Exception as error:
                    logger.error("%s failed on a message that is %s: %s", Word(path), Word(outcome.state), named(error))
