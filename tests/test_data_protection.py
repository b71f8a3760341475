"""The data-protection officer's page: who opens it, what it says of the running house, and what it counts."""

import uuid
from html import unescape

import pytest
from django.utils import timezone

from chat.actions import messages
from chat.actions.messages import Post
from hotline.dispatch.actions.requests import cancel
from hotline.dispatch.sweeps import send_waves
from hotline.lib import kept
from hotline.lib.kept import Figure, Place, counted
from hotline.staff.models import AuditEntry, Team
from tests.chat.conftest import line, talk, waiting
from tests.dispatch.conftest import registry
from tests.staff.conftest import people

__all__ = ["line", "people", "registry", "talk", "waiting"]

pytestmark = pytest.mark.django_db

PAGE, FILE = "/admin/data-protection/", "/admin/data-protection/file/"


def counts(place):
    """{words: count} of one place."""
    return {str(figure.words): figure.count for figure in kept.figures()[place]}


@pytest.fixture
def taken(cast, registry):
    """A request of Vera's with a contact, which one local coordinator was offered."""
    registry.coordinator((registry.food, registry.izium), name="Lantern")
    request = registry.take(cast.vera, cast.phone, registry.food, registry.izium)
    send_waves(timezone.now())
    return request


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_administrators_open_it_and_nobody_else(as_person, people, address):
    answers = {name: as_person(person).get(address).status_code for name, person in people.items()}

    assert {name for name, status in answers.items() if status == 200} == {"ada", "alice", "root"}
    assert answers["nobody"] == 302
    assert answers["vera"] == answers["cora"] == 403
    assert {line.action for line in AuditEntry.objects.all()} == {
        "data_protection.viewed" if address == PAGE else "data_protection.downloaded"
    }


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_a_look_is_audited_and_nothing_is_changed_by_posting(as_person, cast, address):
    client = as_person(cast.ada)
    assert client.post(address).status_code == 405
    assert not AuditEntry.objects.exists()
    client.get(address)
    assert [line.actor for line in AuditEntry.objects.all()] == [cast.ada]


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_every_row_stands_there_with_the_settings_of_the_running_house(as_person, cast, settings, address):
    settings.CONTACT_DAYS = 3
    text = unescape(as_person(cast.ada).get(address).content.decode())

    for row in kept.rows():
        assert all(words in text for words in row.texts().values()), row.datum
    assert "3 days (CONTACT_DAYS, usually 7, at most 14) after intake" in text


def test_a_setting_that_was_changed_is_told(settings):
    assert not [time for time in kept.times() if time["changed"]]
    settings.AUDIT_DAYS = 365

    changed = {"name": "AUDIT_DAYS", "now": "365 days", "usual": "180 days", "most": "365 days", "changed": True}
    assert [time for time in kept.times() if time["changed"]] == [changed]


def test_the_file_needs_nothing_of_the_house(as_person, cast):
    response = as_person(cast.ada).get(FILE)
    text = response.content.decode()

    assert response.headers["Content-Disposition"].startswith('attachment; filename="data-protection-')
    assert not any(needed in text for needed in ("<script", "<link", "<img", "src=", "href="))
    assert "Ada" not in text


OPENS = "contacts and texts of requests that open with the keys beside them"
CLOSED = "contacts and texts of requests that stay closed without the keys"
READABLE = "offers readable in Telegram or e-mail, on all phones together"
OPEN_MESSAGES = "messages that open with the keys beside them"
CLOSED_MESSAGES = "messages that stay closed without the keys"


def test_a_contact_opens_from_the_disk_until_its_key_is_gone(own_keyring, taken):
    assert (counts(Place.DISK)[OPENS], counts(Place.DUMP)[CLOSED]) == (1, 1)

    (own_keyring.folder / f"{taken.key_due}.key").unlink()

    assert (counts(Place.DISK)[OPENS], counts(Place.DUMP)[CLOSED]) == (0, 1)


def test_an_offer_is_readable_on_a_phone_until_it_is_closed(taken, cast):
    assert counts(Place.PHONE)[READABLE] == 1

    cancel(cast.vera, taken, seen_since=taken.state_since, reason="not needed")

    assert counts(Place.PHONE)[READABLE] == 0


def test_what_is_said_in_a_conversation_opens_until_its_key_is_gone(own_keyring, talk):
    visitor, _vera, conversation = talk()
    messages.post(Post(visitor.pk, uuid.uuid4(), "Hello"))
    assert (counts(Place.DISK)[OPEN_MESSAGES], counts(Place.DUMP)[CLOSED_MESSAGES]) == (1, 1)

    (own_keyring.folder / f"{conversation.room.key_due}.key").unlink()

    assert (counts(Place.DISK)[OPEN_MESSAGES], counts(Place.DUMP)[CLOSED_MESSAGES]) == (0, 1)


def test_redis_that_does_not_answer_is_said_to_be_unknown(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    (figure,) = kept.figures()[Place.REDIS]

    assert (figure.count, figure.shown) == (None, "not known")


def test_nobody_counts_on_for_ever(monkeypatch, cast):
    assert cast.phone and cast.crawl
    monkeypatch.setattr(kept, "COUNTED", 2)

    assert counted(Team.objects.all()) == 2
    assert Figure(Place.DUMP, "teams", 2).shown == "2 or more"
    assert Figure(Place.DUMP, "teams", 1).shown == "1"


def test_the_page_tells_numbers_and_nothing_of_anybody(as_person, cast, taken, talk):
    _visitor, _vera, conversation = talk()
    text = as_person(cast.ada).get(PAGE).content.decode()

    for secret in ("Lantern", taken.code, conversation.code, "Vera", "vera@example.org"):
        assert secret not in text


def test_it_asks_as_often_with_much_as_with_little(same_queries, as_person, cast, registry):
    client = as_person(cast.ada)

    def another(number):
        registry.coordinator((registry.food, registry.izium))
        registry.take(cast.vera, cast.phone, registry.food, registry.izium)

    same_queries(another, lambda: client.get(PAGE))
