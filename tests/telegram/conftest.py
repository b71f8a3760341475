"""Fixtures for everything about Telegram."""

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.support.running import another_process, running
from tests.support.simulator import TOKEN, simulator, simulator_server

__all__ = ["another_process", "library_bot", "running", "simulator", "simulator_server"]


@pytest.fixture
async def library_bot(simulator):
    """python-telegram-bot's own bot at the simulator, with Telegram's limits out of the way."""
    simulator.settings(enabled=False)
    # Certificates of the world take long to read, and nothing here needs them.
    one, other = (HTTPXRequest(httpx_kwargs={"verify": False, "trust_env": False}) for _ in range(2))
    async with Bot(TOKEN, base_url=f"{simulator.url}/bot", request=one, get_updates_request=other) as bot:
        yield bot
