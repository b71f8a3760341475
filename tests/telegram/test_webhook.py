"""The webhook: only Telegram gets in, and what it brings is committed before it hears so."""

import json
import logging

import pytest
from django.test import Client

from hotline.telegram.models import TelegramUpdate

pytestmark = pytest.mark.django_db

URL = "/telegram/webhook/"
SECRET = "a-secret-of-this-test"
UPDATE = {
    "update_id": 5,
    "message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "text": "Hello"},
}


@pytest.fixture
def bring(settings):
    """bring(update or bytes, secret=…) -> the response."""
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    client = Client(enforce_csrf_checks=True)

    def post(body, secret=SECRET):
        body = body if isinstance(body, bytes) else json.dumps(body)
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        return client.post(URL, body, content_type="application/json", headers=headers)

    return post


def test_an_update_is_stored_and_acknowledged(bring):
    assert bring(UPDATE).status_code == 200
    assert TelegramUpdate.objects.get().update_id == 5


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "\u00e4"])
def test_without_the_secret_nothing_is_read(bring, secret):
    assert bring(UPDATE, secret).status_code == 403
    assert bring(b"{", secret).status_code == 403
    assert not TelegramUpdate.objects.exists()


def test_without_a_webhook_there_is_no_such_page(bring, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = ""
    assert bring(UPDATE, "").status_code == 404
    assert not TelegramUpdate.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"5",
        b"[]",
        b"{}",
        b'"update_id"',
        b'{"update_id": "5"}',
        b'{"update_id": 1e400}',
        b'{"update_id": 99999999999999999999}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_update_is_refused_in_words(bring, body):
    response = bring(body)
    assert response.status_code == 400
    assert response.content.decode() == "This is no update that could be read."
    assert not TelegramUpdate.objects.exists()


def test_an_update_that_is_brought_again_is_acknowledged_and_stored_once(bring):
    bring(UPDATE)
    assert bring(UPDATE | {"message": "forged"}).status_code == 200
    assert TelegramUpdate.objects.count() == 1


def test_an_update_that_the_library_cannot_read_is_stored_all_the_same(bring):
    assert bring({"update_id": 6, "message": 5}).status_code == 200
    assert TelegramUpdate.objects.get().update_id == 6


def test_reading_is_no_way_in(bring, client):
    assert client.get(URL).status_code == 405


def test_it_is_acknowledged_after_the_commit_alone(bring, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError("disk full")

    monkeypatch.setattr(TelegramUpdate.objects, "bulk_create", full)
    with pytest.raises(OSError, match="disk full"):
        bring(UPDATE)
    assert not TelegramUpdate.objects.exists()


def test_nothing_of_it_stands_in_the_log(bring, caplog, marked):
    caplog.set_level(logging.DEBUG)
    mark = marked("I live at the bridge")
    bring(UPDATE | {"message": {"text": str(mark)}})
    bring(str(mark).encode())
    bring(UPDATE, "wrong")
    assert str(mark) not in caplog.text
    assert SECRET not in caplog.text
