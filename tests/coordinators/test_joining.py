"""An organisation joins at /join/: what is taken, what is said when something is wrong, and what keeps floods out."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coordinators import sweeps
from coordinators.actions import registrations
from coordinators.actions.registrations import erase_again
from coordinators.actions.vouching import make_code
from coordinators.models import Category, Level, LocalCoordinator, Registration
from hotline.lib import ledger
from hotline.lib.throttle import TooOften
from hotline.staff.actions.freeze import freeze
from hotline.staff.models import Alarm, AuditEntry
from hotline.staff.permissions import Frozen
from tests.coordinators.joining import TOLD, register, state, typed
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(db):
    return Registry()


def code_on(answer):
    return answer.content.decode().split('translate="no">')[1].split("<")[0]


def test_what_was_typed_is_taken_sealed_and_a_code_is_given(client, registry):
    answer = client.post("/join/", typed(registry, kinds=[str(registry.food.pk), str(registry.medicine.pk)]))

    (taken,) = Registration.objects.all()
    assert answer.status_code == 200 and taken.told == TOLD and taken.language == "en"
    assert set(taken.categories.all()) == {registry.food, registry.medicine}
    assert list(taken.places.all()) == [registry.kharkiv]
    assert registrations.find(code_on(answer)) == taken
    assert AuditEntry.objects.get(action="registration.received").subject == taken.code
    raw = str(Registration.objects.values_list("told_sealed", "code_hash", "submission_hash").get())
    assert TOLD["name"] not in raw and code_on(answer).replace("-", "") not in raw


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "What are you called?"),
        ({"name": "n" * 201}, "This has 201 characters; at most 200 fit."),
        ({"kinds": []}, "Tick at least one kind of help."),
        ({"kinds": ["999999"]}, "Select a valid choice."),
        ({"languages": []}, "Tick at least one language."),
        ({"person": ""}, "Tell us whom to ask for."),
        ({"phone": "", "email": ""}, "Give us a phone number or an e-mail address"),
        ({"email": "kitchen@"}, "This is no e-mail address."),
        ({"check": ""}, "Tell us how we can check you"),
        ({"place0": "", "place0_text": ""}, "Where do you help?"),
        ({"place0": "", "place0_text": "Nowhere"}, "Choose a place from the list."),
        ({"place0": "x" * 500}, "Choose a place from the list."),
        ({"vouch": "AAAAA-AAAAA"}, "This code was used already, has run out, or has a typing mistake."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, registry, changed, words):
    sent = typed(registry, **changed)
    answer = client.post("/join/", sent)
    page = answer.content.decode()

    assert answer.status_code == 422 and words in page
    assert not Registration.objects.exists()
    assert sent["submission"] in page
    for name in ("name", "person", "phone", "email", "note", "place0_text", "vouch"):
        assert sent.get(name, "") in page
    for kind in sent["kinds"]:
        assert kind == "999999" or f'value="{kind}" checked' in page or f'value="{kind}"' in page


@pytest.mark.parametrize("where", ["oblast", "ukraine", "anywhere"])
def test_nobody_new_covers_a_region(client, registry, where):
    answer = client.post("/join/", typed(registry, place0=str(getattr(registry, where).pk)))

    assert answer.status_code == 422 and "name towns or districts" in answer.content.decode()


def test_a_village_counts_as_the_district_it_lies_in(client, registry):
    district = registry.place("Чугуївський", registry.oblast, kind="district")
    village = registry.place("Коробочкине", district, population=900)
    found = client.get("/join/places/", {"q": "Коробочкине"}).json()["results"]

    assert [one["value"] for one in found] == [str(district.pk)]
    client.post("/join/", typed(registry, place0=str(village.pk)))
    assert list(Registration.objects.get().places.all()) == [district]


def test_the_search_shows_nothing_that_nobody_new_may_cover(client, registry):
    names = {one["label"] for one in client.get("/join/places/", {"q": "Харк"}).json()["results"]}
    assert any("Харків –" in name for name in names) and not any("Харківська" in name for name in names)


def test_at_most_eight_kinds_for_the_beginning(client, registry):
    kinds = [registry.category(f"kind-{number}", registry.any, f"Kind {number}") for number in range(9)]
    answer = client.post("/join/", typed(registry, kinds=[str(kind.pk) for kind in kinds]))

    assert "at most 8 kinds" in answer.content.decode() and answer.content.decode().count(" checked") >= 9


def test_the_same_form_twice_is_one_registration_and_one_code(client, registry):
    sent = typed(registry)
    first, second = client.post("/join/", sent), client.post("/join/", sent)

    assert Registration.objects.count() == 1 and code_on(first) == code_on(second)


def test_the_same_form_with_other_words_asks_and_loses_nothing(client, registry):
    sent = typed(registry)
    client.post("/join/", sent)
    answer = client.post("/join/", sent | {"note": "We have two vans."})
    page = answer.content.decode()

    assert answer.status_code == 409 and "We have two vans." in page and "was sent before" in page
    assert sent["submission"] not in page
    assert Registration.objects.get().told["note"] == "We have a van."


def test_a_registration_of_somebody_known_looks_like_any_other(client, registry):
    """Nobody finds out here who is registered."""
    kitchen = registry.coordinator((registry.food, registry.kharkiv), name=TOLD["name"])
    kitchen.endpoints.create(channel="email", address=TOLD["email"])
    known, unknown = (
        client.post("/join/", typed(registry, email=email)) for email in (TOLD["email"], "nobody@example.org")
    )
    plain = [
        answer.content.decode().replace(code_on(answer), "CODE").split("<main")[1].split('name="csrf')[0]
        for answer in (known, unknown)
    ]
    assert plain[0] == plain[1]


def test_a_network_that_sends_many_is_slowed_and_keeps_what_it_typed(client, registry):
    tries = 5
    answers = [client.post("/join/", typed(registry, note=f"Try {number}")) for number in range(tries + 2)]

    assert [answer.status_code for answer in answers] == [200] * tries + [429] * 2
    assert f"Try {tries}" in answers[tries].content.decode() and Registration.objects.count() == tries


def test_the_place_search_and_the_codes_are_slowed(client, registry, settings):
    settings.LIMITS = settings.LIMITS | {"join-places": [(2, 60)], "join-code": [(2, 60)]}
    assert [client.get("/join/places/", {"q": "x"}).status_code for _try in range(3)] == [200, 200, 429]
    guesses = [client.post("/join/state/", {"code": f"{number:012d}"}).status_code for number in range(3)]
    assert guesses == [422, 422, 429]


def test_a_full_list_takes_no_more_and_rings_but_who_is_vouched_for_gets_in(client, registry, settings, cast):
    settings.REGISTRATIONS_WAITING = 2
    settings.LIMITS = settings.LIMITS | {"join": [(100, 60)]}
    for _one in range(2):
        assert client.post("/join/", typed(registry)).status_code == 200
    full = client.post("/join/", typed(registry))
    assert full.status_code == 409 and "Please send it again tomorrow" in full.content.decode()
    assert Registration.objects.count() == 2 and Alarm.objects.open().filter(kind="registrations_full").exists()

    code = make_code(None, registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN))
    assert client.post("/join/", typed(registry, vouch=code)).status_code == 200
    assert Registration.objects.filter(is_vouched=True).count() == 1

    Registration.objects.all().delete()
    registrations.remind(timezone.now())
    assert not Alarm.objects.open().filter(kind="registrations_full").exists()


def test_a_post_of_a_megabyte_is_refused_in_words(client, registry):
    answer = client.post("/join/", typed(registry, note="n" * 3_000_000))
    assert answer.status_code in (413, 422) and b"<h1" in answer.content
    answer = client.post("/join/", typed(registry, note="n" * 100_000))
    assert answer.status_code == 422 and "at most 2000 fit" in answer.content.decode()


def test_a_frozen_house_takes_nobody(client, registry, cast):
    found, _code = register(registry)
    freeze(cast.ada, "Raid.", "page")

    assert client.post("/join/", typed(registry)).status_code == 409
    assert "stands still" in client.get("/join/").content.decode()
    for act in (registrations.withdraw, registrations.issue_link):
        with pytest.raises(Frozen):
            act(found)
    assert Registration.objects.count() == 1


def test_withdrawing_erases_at_once_and_is_said(client, registry, own_keyring):
    found, code = register(registry)
    answer = client.post("/join/state/withdraw/", {"code": code.lower()})
    found.refresh_from_db()

    assert "You took it back" in answer.content.decode()
    assert (found.state, found.told_sealed, found.notes, found.languages) == ("withdrawn", None, None, [])
    assert not found.categories.exists() and not found.places.exists()
    again = client.post("/join/state/withdraw/", {"code": code})
    assert again.status_code == 409 and "decided meanwhile" in again.content.decode()


@pytest.mark.parametrize("typed_code", ["", "nothing", "0000-0000-0000", "x" * 41])
def test_a_code_that_is_none_shows_nothing(client, registry, typed_code):
    register(registry)
    answer = client.post("/join/state/", {"code": typed_code})

    assert answer.status_code == 422 and "Your registration" not in answer.content.decode()


@pytest.mark.parametrize("change", [lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), lambda code: code[:-1]])
def test_near_misses_of_a_code_are_offered_to_nobody(client, registry, change):
    _found, code = register(registry)
    answer = client.post("/join/state/", {"code": change(code)})
    assert answer.status_code == 422 and "We know no registration" in answer.content.decode()


def test_opening_a_page_changes_nothing(client, registry):
    found, code = register(registry)
    for path in ("/join/state/withdraw/", "/join/state/link/"):
        assert client.get(path, {"code": code}).status_code == 405
    client.get("/join/state/", {"code": code})
    assert state(found) == "waiting"


@pytest.mark.parametrize("how", ["waiting", "refused", "withdrawn", "approved"])
def test_after_thirty_days_every_registration_is_erased(registry, settings, how):
    old, fresh = register(registry)[0], register(registry)[0]
    now = timezone.now()
    Registration.objects.filter(pk=old.pk).update(
        state=how, state_since=now - timedelta(days=settings.REGISTRATION_DAYS, seconds=1)
    )

    assert sweeps.erase_registrations(now) == 1
    assert list(Registration.objects.all()) == [fresh]
    assert AuditEntry.objects.get(action="registration.erased").subject == old.code


def test_what_was_erased_stays_erased_after_a_restore(registry, own_keyring, django_capture_on_commit_callbacks):
    found, _code = register(registry)
    ledger.note(registrations.LEDGER, found.code)
    assert erase_again() == 1 and not Registration.objects.exists()


def test_a_registration_that_waits_a_day_rings_once_a_day(registry):
    found, _code = register(registry)
    now = timezone.now()
    assert sweeps.remind_of_registrations(now) == 0
    Registration.objects.update(created_at=now - timedelta(hours=25))
    assert sweeps.remind_of_registrations(now) == 1
    alarm = Alarm.objects.open().get(kind="registration_waits")
    Alarm.objects.update(acknowledged_at=now)
    sweeps.remind_of_registrations(now)
    assert list(Alarm.objects.filter(kind="registration_waits")) == [alarm]
    Alarm.objects.update(acknowledged_at=None)
    Registration.objects.filter(pk=found.pk).update(state="refused")
    sweeps.remind_of_registrations(now)
    assert not Alarm.objects.open().filter(kind="registration_waits").exists()


def test_the_form_asks_as_often_with_many_kinds_as_with_one(client, registry, query_count):
    counts = []
    for number in range(30):
        registry.category(f"kind-{number}", registry.shelter, f"Kind {number}")
        if number in (0, 29):
            client.get("/join/")  # each process reads the tree once after a change
            counts.append(query_count(lambda: client.get("/join/")))
    assert counts[0] == counts[1] and Category.objects.count() > 30


def test_nothing_is_registered_without_a_form_token(registry):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/join/", typed(registry)).status_code == 403
    assert not Registration.objects.exists() and not LocalCoordinator.objects.exists()


def test_a_broken_id_of_a_form_is_a_new_one(client, registry):
    for broken in ("", "nothing", "x" * 5000, str(uuid.UUID(int=0))):
        client.post("/join/", typed(registry, submission=broken, note=f"Id {len(broken)}"))
    assert Registration.objects.count() == 4
    assert TooOften.code == "too_many"
