"""The commands that phones offer, told to Telegram once for each language."""

import json

import pytest
from django.utils.translation import gettext_lazy as _

from hotline.telegram import poller
from hotline.telegram.handlers import on_command
from hotline.telegram.models import TelegramUpdate
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
HOUSE = ["open", "pause", "resume", "status", "language", "vouch", "help", "stop"]
AUDIENCES = {None, "en", "de", "nb", "no", "nn", "uk", "ru"}


def register(application):
    on_command(application, "close", print, _("Close"))
    on_command(application, "secret", print)


def told(simulator):
    """{language code or None: [{command, description}]}"""
    calls = simulator.calls("setMyCommands")
    return {
        call["parameters"].get("language_code"): call["result"] and call["parameters"]["commands"] for call in calls
    }


def test_each_language_gets_the_commands_of_the_house(simulator, running):
    running(poller.run)
    assert wait_for(lambda: told(simulator).keys() == AUDIENCES)
    for commands in told(simulator).values():
        assert [one["command"] for one in json.loads(commands)] == HOUSE


def test_words_are_in_the_language_and_a_command_without_any_stays_out(simulator, settings, running):
    settings.TELEGRAM_HANDLERS = ["tests.telegram.test_menu.register"]
    running(poller.run)
    assert wait_for(lambda: told(simulator).keys() == AUDIENCES)
    words = {code: json.loads(commands) for code, commands in told(simulator).items()}
    assert words[None] == words["en"] == [{"command": "close", "description": "Close"}]
    assert words["de"][0]["description"] != "Close"
    assert words["no"] == words["nn"] == words["nb"]


def test_a_list_that_is_refused_holds_up_no_updates(simulator, running, monkeypatch):
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.1)
    simulator.fault("server_error", method="setMyCommands", count=3)
    person = simulator.person("Olena")
    running(poller.run)
    simulator.text(person, "Hello")
    assert wait_for(TelegramUpdate.objects.exists)
    assert wait_for(lambda: told(simulator).keys() == AUDIENCES)
