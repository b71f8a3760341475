"""A process that is killed loses no update and handles none by half."""

import threading

import pytest
from asgiref.sync import async_to_sync

from hotline.telegram import intake
from hotline.telegram.handlers import on_text
from hotline.telegram.models import TelegramUpdate
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

handled = []

FETCH = "from hotline.telegram import poller; asyncio.run(poller.run(asyncio.Event()))"
HANDLE = """
from django.conf import settings
settings.TELEGRAM_HANDLERS = ["tests.telegram.test_kill.register_hanging"]
from hotline.telegram import intake
asyncio.run(intake.run(asyncio.Event()))
"""


def register(application):
    on_text(application, lambda update: handled.append(update.message.text))


def register_hanging(application):
    def hang(update):
        TelegramUpdate.objects.filter(update_id=update.update_id).update(error="in hand")
        threading.Event().wait()

    on_text(application, hang)


@pytest.fixture(autouse=True)
def house(settings):
    settings.TELEGRAM_HANDLERS = ["tests.telegram.test_kill.register"]
    handled.clear()


def test_killed_after_storing_the_update_is_handled_by_the_next(simulator, another_process):
    process = another_process(FETCH)
    simulator.text(simulator.person("Olena"), "Hello")
    assert wait_for(TelegramUpdate.objects.exists)
    process.kill()
    process.wait()
    assert async_to_sync(intake.handle_pending)() == 1
    assert handled == ["Hello"]


def test_killed_while_handling_the_update_is_handled_by_the_next(simulator, another_process):
    fetching, handling = another_process(FETCH), another_process(HANDLE)
    simulator.text(simulator.person("Olena"), "Hello")
    assert wait_for(TelegramUpdate.objects.filter(error="in hand").exists)
    for process in (fetching, handling):
        process.kill()
        process.wait()
    assert async_to_sync(intake.handle_pending)() == 1
    assert handled == ["Hello"]
    assert TelegramUpdate.objects.get().handled_at is not None
