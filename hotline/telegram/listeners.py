"""Tells the rooms above what went wrong with an update, by the dotted paths in settings.TELEGRAM_LISTENERS."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from hotline.lib.logs import Word, named

logger = logging.getLogger(__name__)


def tell_given_up(update_id: int, error: str) -> None:
    """Call every `listen(update_id: int, error: str)`, each in a savepoint: one that fails takes nothing else along."""
    for path in settings.TELEGRAM_LISTENERS:
        try:
            with transaction.atomic():
                import_string(path)(update_id=update_id, error=error)
        except Exception as failure:
            logger.error("%s failed on update %d: %s", Word(path), update_id, named(failure))
