"""2,000 messages through a storm at Telegram; STORM_MESSAGES says another number."""

import logging
import os
import time
from contextlib import ExitStack

from asgiref.sync import async_to_sync
from django.conf import settings

from hotline.outbox import sender
from tests.bench import Result, measures
from tests.outbox.conftest import forward
from tests.support.simulator import SimulatorClient, SimulatorServer
from tests.support.storm import FAULTS, OF, Storm

NUMBER = int(os.environ.get("STORM_MESSAGES", 2000))


@measures("outbox.storm_violations", "outbox.storm_twins", "outbox.storm_seconds")
def storm():
    """What should not have happened, how many stand twice beside how many may, and how long it took without pauses."""
    logging.getLogger("hotline.outbox").setLevel(logging.WARNING)
    with ExitStack() as stack:
        server = SimulatorServer()
        server.start()
        stack.callback(server.end)
        simulator = SimulatorClient(server.url, server)
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = simulator.url, simulator.token
        began = time.monotonic()
        through = Storm(simulator, NUMBER, _deliver)
        violations, seconds = through.run(), time.monotonic() - began
        twins, may = len(through.twins()), NUMBER * FAULTS["drop_after"] // OF
    setting = f"{NUMBER} messages, faults of {OF}: {FAULTS}"
    yield Result("outbox.storm_violations", len(violations), "", setting="; ".join([setting, *violations[:5]]))
    yield Result("outbox.storm_twins", twins, "", baseline=may, setting=setting)
    yield Result("outbox.storm_seconds", seconds, "s", setting=setting)


def _deliver():
    forward()
    return async_to_sync(sender.send_pending)()
