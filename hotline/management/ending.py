"""Ending a process for certain: whoever runs the house must never have to kill it."""

import logging
import os
import threading

logger = logging.getLogger(__name__)

LAST_MOMENT = 9.5


def end_soon() -> None:
    """
    End this process LAST_MOMENT seconds from now (exit code 1) should anything still hang then.

    Nothing is lost by that: a transaction that is not committed was not promised to anybody.
    """

    def leave() -> None:
        logger.error("Something did not end within %s s and was cut off.", LAST_MOMENT)
        logging.shutdown()
        os._exit(1)

    timer = threading.Timer(LAST_MOMENT, leave)
    timer.daemon = True
    timer.start()
