"""News for those who help in a region or with a kind of help."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators import sweeps
from coordinators.actions import announcements
from coordinators.actions.announcements import NobodyThere, NotADraft
from coordinators.models import Announcement, Endpoint
from hotline.lib.throttle import TooOften
from hotline.outbox.models import Message, Priority
from hotline.staff.actions import freeze
from hotline.staff.models import AuditEntry, Freeze
from hotline.staff.permissions import Frozen, NotAllowed, NotFound
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db
State = Announcement.State
TEXT = {"en": "The bridge is closed.", "uk": "Міст закрито."}


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def draft(cast):
    """draft(place, category) -> a saved Announcement of Cora's."""

    def written(place=None, category=None, texts=TEXT):
        announcement = Announcement(place=place, category=category)
        announcement.texts = texts
        announcements.write(cast.cora, announcement)
        return announcement

    return written


@pytest.fixture
def helpers(registry):
    """{name: coordinator}: for food in Kharkiv, for medicine in the whole oblast, for anything in Lviv."""
    return {
        "food": registry.coordinator((registry.food, registry.kharkiv)),
        "medicine": registry.coordinator((registry.medicine, registry.oblast), language="uk"),
        "lviv": registry.coordinator((registry.any, registry.lviv), language="de"),
    }


def told():
    return Message.objects.filter(purpose="announcement")


def names(helpers, announcement):
    found = set(announcement.recipients())
    return {name for name, one in helpers.items() if one in found}


def test_it_reaches_those_whose_coverage_touches_the_place_and_the_kind(registry, helpers, draft):
    assert names(helpers, draft()) == {"food", "medicine", "lviv"}
    assert names(helpers, draft(registry.oblast)) == {"food", "medicine"}
    assert names(helpers, draft(registry.izium)) == {"medicine"}
    assert names(helpers, draft(registry.ukraine)) == {"food", "medicine", "lviv"}
    assert names(helpers, draft(None, registry.food)) == {"food", "lviv"}
    assert names(helpers, draft(registry.kharkiv, registry.food)) == {"food"}
    helpers["food"].endpoints.update(state="off")
    assert names(helpers, draft(registry.kharkiv)) == {"medicine"}


def test_each_gets_it_once_in_their_language_by_their_first_way_after_all_else(registry, helpers, draft, cast):
    Endpoint.objects.create(local_coordinator=helpers["lviv"], channel="email", address="l@example.org", position=1)
    announcement = draft()
    assert announcements.send(cast.cora, announcement) == 3
    assert not told().exists()
    for _round in range(3):
        sweeps.send_announcements(timezone.now())
    texts = {message.content()["text"].split("\n")[-1] for message in told()}
    assert texts == {"The bridge is closed.", "Міст закрито."}
    assert told().count() == 3 and set(told().values_list("priority", "channel")) == {(Priority.COURTESY, "telegram")}
    announcement.refresh_from_db()
    assert (announcement.state, announcement.reached) == (State.SENT, 3)
    with pytest.raises(NotADraft):
        announcements.send(cast.cora, announcement)
    with pytest.raises(NotADraft):
        announcements.write(cast.cora, announcement)
    assert told().count() == 3
    assert "bridge" not in str(list(AuditEntry.objects.values_list("details", "reason")))


def test_it_goes_on_where_a_process_died(registry, helpers, draft, cast, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 2)
    announcements.send(cast.cora, draft())
    sweeps.send_announcements(timezone.now())
    assert told().count() == 2
    sweeps.send_announcements(timezone.now())
    assert told().count() == 3 and Announcement.objects.get().state == State.SENT


def test_nobody_to_tell_is_said_before(registry, helpers, draft, cast):
    announcement = draft(registry.place("Осло", registry.anywhere), registry.translation)
    with pytest.raises(NobodyThere):
        announcements.send(cast.cora, announcement)


def test_who_may_not_is_refused(registry, helpers, draft, cast):
    announcement = draft()
    for who in (cast.vera, cast.viktor, None, cast.person("rita", represents=[helpers["food"]])):
        with pytest.raises((NotAllowed, NotFound)):
            announcements.send(who, announcement)
        with pytest.raises((NotAllowed, NotFound)):
            announcements.write(who, Announcement(sealed_texts="{}"))
    assert announcements.send(cast.ada, announcement) == 3


def test_it_cannot_be_done_too_often(registry, helpers, draft, cast, settings):
    settings.LIMITS = {**settings.LIMITS, "announcement": [(2, 3600)]}
    for _number in range(2):
        announcements.send(cast.cora, draft())
    with pytest.raises(TooOften):
        announcements.send(cast.cora, draft())
    settings.LIMITS = {**settings.LIMITS, "announcements": [(3, 3600)]}
    announcements.send(cast.ada, draft())
    with pytest.raises(TooOften):
        announcements.send(cast.alice, draft())


def test_nothing_goes_while_the_house_is_frozen(registry, helpers, draft, cast, django_capture_on_commit_callbacks):
    going, kept = draft(), draft()
    announcements.send(cast.cora, going)
    sweeps.send_announcements(timezone.now())
    other = draft()
    announcements.send(cast.cora, other)
    with django_capture_on_commit_callbacks(execute=True):
        freeze.freeze(cast.ada, "drill", Freeze.Way.COMMAND)
    with pytest.raises(Frozen):
        announcements.send(cast.cora, kept)
    sweeps.send_announcements(timezone.now())
    assert Announcement.objects.get(pk=other.pk).state == State.STOPPED
    assert set(told().values_list("state", flat=True)) == {"cancelled"}


def test_it_is_written_and_sent_in_the_admin(registry, helpers, cast, as_person):
    cora = as_person(cast.cora)
    typed = {"where": "Харків", "category": registry.food.pk, "texts-en": "Stock arrived.", "texts-uk": ""}
    assert cora.post(reverse("admin:coordinators_announcement_add"), typed).status_code == 302
    announcement = Announcement.objects.get()
    page = reverse("admin:coordinators_announcement_change", args=[announcement.pk])
    shown = cora.get(page).content.decode()
    assert "1 coordinator" in shown and helpers["food"].code not in shown and helpers["food"].name not in shown
    send = reverse("admin:coordinators_announcement_button", args=[announcement.pk, "send"])
    assert cora.get(send).status_code == 200
    assert not AuditEntry.objects.filter(action="announcement.sent").exists()
    assert cora.post(send).status_code == 302
    announcement.refresh_from_db()
    assert announcement.state == State.SENDING
    assert "Stock arrived." in cora.get(page).content.decode()
    assert as_person(cast.vera).get(page).status_code in (403, 404)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"where": "Nowhereland"}, "No place is called so"),
        ({"texts-en": ""}, "in one language at least"),
        ({"texts-en": "x" * 1501}, "at most 1500 fit"),
    ],
)
def test_bad_input_is_said_and_nothing_typed_is_lost(registry, helpers, cast, as_person, typed, words):
    typed = {"where": "", "category": "", "texts-en": "Stock arrived.", "texts-uk": "Є запас."} | typed
    if not typed["texts-en"]:
        typed["texts-uk"] = ""
    answer = as_person(cast.cora).post(reverse("admin:coordinators_announcement_add"), typed)
    page = answer.content.decode()
    assert answer.status_code == 200 and words in page
    assert typed["where"] in page and typed["texts-en"] in page
    assert not Announcement.objects.exists()


def test_a_place_that_exists_several_times_is_asked_about(registry, cast, as_person):
    for parent in (registry.oblast, registry.lviv_oblast):
        registry.place("Іванівка", parent)
    typed = {"where": "Іванівка", "category": "", "texts-en": "Stock arrived."}
    page = as_person(cast.cora).post(reverse("admin:coordinators_announcement_add"), typed).content.decode()
    assert "Several places may be meant" in page and "Kharkivska" in page and "Lvivska" in page
