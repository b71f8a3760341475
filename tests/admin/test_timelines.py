"""What happened to a help request and to a conversation: in order, in codes, and without telling who helps."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from chat import timeline as chat_timeline
from chat.actions import conversations, duties, holds, queue
from chat.models import Conversation, Line
from hotline.dispatch import timeline
from hotline.dispatch.actions import contacts, notes, offers, requests, work
from hotline.dispatch.actions.erasure import erase
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import Voice
from hotline.staff.actions.audit import record
from hotline.staff.audit_words import ACTIONS
from hotline.staff.timeline import Moment, in_order
from tests.admin.conftest import address
from tests.chat.conftest import visitor_comes
from tests.support.registry import CONTACT, Registry, offer_of, voice_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def registry(db):
    return Registry()


def words(moments):
    return [moment.words for moment, _gap in moments]


# ---- the shape ----


def test_moments_stand_in_order_with_the_time_between_them():
    first, second, third = (Moment(NOON + timedelta(seconds=seconds), str(seconds)) for seconds in (0, 59, 59 + 7260))
    assert [(one.words, gap.replace("\xa0", " ")) for one, gap in in_order([third, first, second])] == [
        ("0", ""),
        ("59", ""),
        ("7319", "2 hours, 1 minute later"),
    ]


def test_every_action_that_is_audited_of_a_request_or_a_conversation_has_words():
    """A new action about them stands in the timeline too, or here with its reason."""
    told = {*timeline.OURS, *timeline.THEIRS, *chat_timeline.DONE}
    # told by a row of its own: the intake, the wave, the end
    told |= {"help_request.taken", "help_request.wave", "conversation.ended_as_abuse"}
    # nothing is left to look at, or it is practice
    told |= {"conversation.erased", "conversation.practice"}
    things = ("help_request.", "offer.", "contact.", "conversation.")
    assert {one for one in ACTIONS if one.startswith(things)} - told == set()


# ---- a help request ----


@pytest.fixture
def course(noon, registry, cast):
    """A request that was declined, accepted, opened, handed back, accepted again and finished, over some hours."""
    one, two = (registry.coordinator((registry.food, registry.kharkiv), name=f"Helpers {number}") for number in (1, 2))
    account = cast.person("helper", alias="Helper-account", represents=[two])
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, contact=CONTACT, note="Third floor.")
    noon.shift(timedelta(minutes=3))
    offers.decline(voice_of(one), offer_of(taken, one), Offer.DeclineReason.NO_CAPACITY)
    noon.shift(timedelta(minutes=3))
    offers.accept(Voice(Offer.Way.ADMIN, user=account), offer_of(taken, two))
    noon.shift(timedelta(hours=2))
    taken.refresh_from_db()
    notes.add_note(cast.vera, taken, "Rings at the gate.")
    work.hand_back(Voice(Offer.Way.ADMIN, user=account), offer_of(taken, two))
    taken.refresh_from_db()
    return taken


def test_a_request_is_told_in_order(cast, course):
    told = words(timeline.of_request(course))
    assert told[:2] == ["Taken at the desk", "Round 1, wave 1: 2 asked"]
    inner = [one for one in told if one in ("Declined", "Accepted", "Came back", "Nobody is left who could be asked")]
    assert inner == ["Declined", "Accepted", "Came back", "Nobody is left who could be asked"]
    assert told[-1] == "Contact and text are erased", "what is still to come stands at the end"


def test_reasons_and_states_of_offers_are_told_by_their_references(course):
    moments = {moment.words: moment for moment, _gap in timeline.of_request(course)}
    declined, returned = (offer.reference for offer in course.offers.order_by("answered_at"))
    assert moments["Declined"].details == ((f"{declined}, no capacity", ""),)
    assert moments["Came back"].details == ((f"{returned}, handed back", ""),)
    wave = dict(moments["Round 1, wave 1: 2 asked"].details)
    assert {f"{declined}: declined (no capacity)", f"{returned}: handed back"} <= wave.keys()


def test_who_helps_is_told_to_nobody(cast, course, as_person):
    page = as_person(cast.cora).get(address(HelpRequest, "change", course.pk)).content.decode()
    assert "What happened" in page and "Came back" in page
    told = page.partition("What happened")[2]
    coordinators = [offer.local_coordinator for offer in course.offers.select_related("local_coordinator")]
    secrets = ["Helper-account", "Helpers", *(one.code for one in coordinators), *(str(one.pk) for one in coordinators)]
    secrets += [str(endpoint.pk) for one in coordinators for endpoint in one.endpoints.all()]
    assert [one for one in secrets if one in told] == []
    assert "Vera" in told, "colleagues stand there by their alias"


def test_nothing_sealed_stands_there(cast, course, as_person):
    page = as_person(cast.cora).get(address(HelpRequest, "change", course.pk)).content.decode()
    assert [one for one in (CONTACT["phone"], CONTACT["name"], "Third floor", "Rings at the gate") if one in page] == []


def test_a_cancelled_and_erased_request_still_tells_its_course(noon, cast, registry):
    registry.coordinator((registry.food, registry.kharkiv))
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    requests.cancel(cast.vera, taken, seen_since=taken.state_since, reason="Their neighbour Olena helps.")
    taken.refresh_from_db()
    contacts.open_at_desk(cast.vera, taken, "To say goodbye.")
    noon.shift(timedelta(days=2))
    taken.refresh_from_db()
    erase(taken, datetime.now(UTC))
    taken.refresh_from_db()
    moments = timeline.of_request(taken)
    assert words(moments)[2:] == [
        "Cancelled",
        "The contact was opened again at the desk",
        "Contact and text were erased",
    ]
    assert "Olena" not in repr(moments), "reasons are for the audit"


def test_it_is_told_from_the_rows_when_the_audit_has_forgotten(course, monkeypatch):
    monkeypatch.setattr(timeline, "lines_about", lambda code: [])
    told = words(timeline.of_request(course))
    assert told[:2] == ["Taken at the desk", "Round 1, wave 1: 2 asked"]


def test_a_timeline_asks_as_often_with_30_lines_as_with_1(noon, cast, registry, same_queries):
    registry.coordinator((registry.food, registry.kharkiv))
    taken = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    same_queries(lambda number: record(cast.vera, "help_request.note", taken.code), lambda: timeline.of_request(taken))


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("viktor", 404), ("ada", 404), ("cora", 200)])
def test_who_sees_the_timeline_of_a_request(cast, course, as_person, who, status):
    assert as_person(getattr(cast, who)).get(address(HelpRequest, "change", course.pk)).status_code == status


# ---- a conversation ----


@pytest.fixture
def talk(noon, cast):
    line = Line.objects.create(slug="youth", team=cast.phone, mode=Line.Mode.OPEN, titles={"en": "Youth"})
    visitor, started = visitor_comes(line, alias="Robin")
    conversation = Conversation.objects.get(code=started.conversation)
    noon.shift(timedelta(minutes=4))
    duties.set_maximum(cast.vera, line, line.most_conversations)
    queue.take(cast.vera, conversation, uuid.uuid4())
    noon.shift(timedelta(minutes=30))
    conversations.end_as_visitor(visitor)
    conversation.refresh_from_db()
    return conversation


def test_a_conversation_is_told_in_order(noon, cast, talk):
    noon.shift(timedelta(hours=1))
    holds.hold(cast.cora, talk, 20, "A complaint.")
    talk.refresh_from_db()
    moments = chat_timeline.of_conversation(talk)
    assert [(moment.words, moment.who, gap.replace("\xa0", " ")) for moment, gap in moments][:4] == [
        ("The visitor came, and waits", "", ""),
        ("Taken", "Vera", "4 minutes later"),
        ("ended by the visitor", "", "30 minutes later"),
        ("Held longer", "Cora", "1 hour later"),
    ]
    last = moments[-1][0]
    assert last.words == "Everything of it is erased" and last.details[0][0].startswith("held until")


def test_it_names_no_visitor_and_no_account(cast, talk, as_person):
    page = as_person(cast.cora).get(address(Conversation, "change", talk.pk)).content.decode()
    told = page.partition("What happened")[2]
    assert "Vera" in told and "vera" not in told and "Robin" not in page


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("viktor", 404), ("ada", 404), ("cora", 200)])
def test_who_sees_the_timeline_of_a_conversation(cast, talk, as_person, who, status):
    assert as_person(getattr(cast, who)).get(address(Conversation, "change", talk.pk)).status_code == status
