"""A request that comes twice: the operator is warned, chooses, and nobody learns anything of another team."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators.models import Place
from hotline.dispatch import sweeps
from hotline.dispatch.actions import duplicates, intake, offers, requests
from hotline.dispatch.actions.correct import correct
from hotline.dispatch.actions.erasure import erase
from hotline.dispatch.actions.intake import Choice
from hotline.dispatch.actions.requests import Written
from hotline.dispatch.errors import LooksKnown, StateChanged
from hotline.dispatch.models import DuplicateMark, HelpRequest
from hotline.lib.keyring import KeyGone, keyring
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.desk import PHONE, send
from tests.support.desk import intake as intake_fields
from tests.support.registry import CONTACT, offer_of, voice_of

LINK = "https://t.me/s/some_channel/123?single=&utm_source=x"


@pytest.fixture
def taken(registry, vera_takes, helper):
    return vera_takes(registry.food, registry.kharkiv, people=2, languages=("uk",), note="First words.")


@pytest.fixture
def take(cast, registry):
    """take(category, place, choice) by Vera in her team, or by whoever is named."""

    def act(category, place, choice=None, *, actor=None, team=None, contact=None, **more):
        place = Place.objects.with_lineage().get(pk=place.pk)
        own = {name: more.pop(name) for name in ("practice", "link", "source", "submission") if name in more}
        written = Written(category, place, more.pop("urgency", "today"), **more)
        return intake.take(
            actor or cast.vera, team or cast.phone, [written], CONTACT | (contact or {}), [choice], **own
        )

    return act


def twin_of(help_request):
    return Choice(help_request.code, help_request.state_since)


def test_the_same_number_kind_and_district_is_asked_about(take, registry, taken):
    with pytest.raises(LooksKnown) as refused:
        take(registry.food, registry.kharkiv, contact={"phone": "+380670000021"})
    assert refused.value.params["found"] == {0: [taken]}
    assert HelpRequest.objects.count() == 1


@pytest.mark.parametrize("typed", ["067 000 00 21", "00380 67 000 00 21", "380 67 000-00-21", "(067) 000 00 21"])
def test_the_same_number_is_known_however_it_is_written(take, registry, taken, typed):
    with pytest.raises(LooksKnown):
        take(registry.food, registry.kharkiv, contact={"phone": typed})


@pytest.mark.parametrize("other", ["kind", "region", "number", "team", "practice", "over", "none"])
def test_another_need_is_taken_without_a_question(take, registry, taken, cast, other):
    how = {"category": registry.food, "place": registry.kharkiv}
    if other == "kind":
        how["category"] = registry.medicine
    elif other == "region":
        how["place"] = registry.lviv
    elif other == "number":
        how["contact"] = {"phone": "+380 67 000 00 22"}
    elif other == "team":
        how |= {"actor": cast.viktor, "team": cast.crawl}
    elif other == "practice":
        how["practice"] = True
    elif other == "over":
        requests.cancel(cast.vera, taken, seen_since=taken.state_since, reason="not needed")
    else:
        how["contact"] = {"phone": "", "other": "the neighbour"}
    (new,), added = take(**how)
    assert new.pk != taken.pk and added == []


def test_a_village_of_the_same_district_is_the_same_caller(take, registry):
    district = registry.place("Ізюмський", registry.oblast, kind="district")
    one, other = (registry.place(name, district, population=200) for name in ("Левківка", "Кам'янка"))
    take(registry.food, one)
    with pytest.raises(LooksKnown):
        take(registry.food, other)


def test_one_person_may_need_the_same_twice(take, registry, taken):
    (new,), _added = take(registry.food, registry.kharkiv, Choice())
    assert new.pk != taken.pk and new.state == "offering"


def test_the_same_post_is_asked_about_whatever_it_asks_for(take, registry, cast):
    crawl = {"actor": cast.viktor, "team": cast.crawl, "source": "telegram", "link": LINK}
    nobody = {"phone": "", "other": "@somebody"}
    (first,), _added = take(registry.food, registry.kharkiv, contact=nobody, **crawl)
    crawl["link"] = "t.me/some_channel/123/"
    with pytest.raises(LooksKnown) as refused:
        take(registry.medicine, registry.lviv, contact=nobody, **crawl)
    assert refused.value.params["found"] == {0: [first]}
    crawl["link"] = "t.me/some_channel/124"
    assert take(registry.medicine, registry.lviv, contact=nobody, **crawl)[0]


def test_needs_of_one_form_are_no_twins_of_each_other(registry, cast):
    place = Place.objects.with_lineage().get(pk=registry.kharkiv.pk)
    needs = [Written(registry.food, place, "today"), Written(registry.food, place, "soon")]
    taken, _added = intake.take(cast.vera, cast.phone, needs, CONTACT, [None, None])
    assert len(taken) == 2


def test_what_is_new_is_added_and_what_was_there_stays(take, registry, taken):
    news = {"phone": CONTACT["phone"], "name": "", "address": "The school", "safe_time": "mornings"}
    _new, (added,) = take(
        registry.food,
        registry.kharkiv,
        twin_of(taken),
        contact=news,
        urgency="urgent",
        people=3,
        languages=("en",),
        note="Second words.",
    )
    now = HelpRequest.objects.get()
    details = now.details()
    assert added == now and (now.urgency, details["people"]) == ("urgent", 3)
    assert details["languages"] == ["uk", "en"] and details["note"] == "First words."
    assert now.contact() == CONTACT | {"address": "The school", "safe_time": "mornings"}
    assert now.notes.count() == 1


def test_what_says_nothing_new_disturbs_nobody(take, registry, taken, helper):
    take(registry.food, registry.kharkiv, twin_of(taken), urgency="soon", people=2)
    now = HelpRequest.objects.get()
    assert (now.round, now.urgency) == (1, "today") and offer_of(now, helper).state == "offered"


def test_whoever_was_found_in_writing_and_rings_is_spoken_to(take, registry, cast, helper):
    registry.any.ring_back = True
    registry.any.save()
    found = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, spoken_to=False, source="telegram")
    assert found.state == "held"
    crawl = {"actor": cast.viktor, "team": cast.crawl}
    take(registry.food, registry.kharkiv, twin_of(found), **crawl)
    found.refresh_from_db()
    assert (found.state, found.spoken_to) == ("offering", True)


def test_sent_twice_it_is_added_once(take, registry, taken):
    twin = twin_of(taken)
    take(registry.food, registry.kharkiv, twin, note="Once.")
    with pytest.raises(StateChanged):
        take(registry.food, registry.kharkiv, twin, note="Once.")
    assert HelpRequest.objects.get().notes.count() == 1


def test_two_needs_of_one_form_may_be_the_same_open_request(registry, taken, cast):
    place = Place.objects.with_lineage().get(pk=registry.kharkiv.pk)
    needs = [Written(registry.food, place, "today", note=note) for note in ("Bread.", "And milk.")]
    new, added = intake.take(cast.vera, cast.phone, needs, CONTACT, [twin_of(taken)] * 2)
    assert (new, added) == ([], [taken]) and taken.notes.count() == 2


def test_sent_twice_it_is_taken_once(take, registry):
    once = uuid.uuid4()
    first, second = (take(registry.food, registry.kharkiv, submission=once)[0][0] for _time in range(2))
    assert first == second


def test_nothing_is_added_to_what_is_no_twin(take, registry, taken, vera_takes, cast):
    other = vera_takes(registry.medicine, registry.lviv)
    foreign = registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv)
    for one in (other, foreign):
        before = one.sealed_details
        with pytest.raises((StateChanged, LooksKnown)):
            take(registry.food, registry.kharkiv, twin_of(one), note="Not here.")
        one.refresh_from_db()
        assert one.sealed_details == before and one.notes.count() == 0
    for stranger in (cast.viktor, cast.ada, None):
        with pytest.raises((NotAllowed, NotFound)):
            intake.add_to(stranger, taken, None, CONTACT, seen_since=taken.state_since)


def test_a_corrected_number_is_known_by_the_new_one(take, registry, taken, cast):
    correct(cast.vera, taken, seen_since=taken.state_since, contact={"phone": "+380 67 000 00 99"})
    assert take(registry.food, registry.kharkiv)[0]
    with pytest.raises(LooksKnown):
        take(registry.food, registry.kharkiv, contact={"phone": "+380 67 000 00 99"})


def test_marks_tell_nothing_and_die_with_their_key(take, registry, taken, settings, monkeypatch):
    settings.DUPLICATE_DAYS = 3
    (mark,) = DuplicateMark.objects.all()
    assert len(bytes(mark.value)) == 32 and mark.due == (timezone.now() + timedelta(days=3)).date()
    other_team = duplicates._parts(registry_team(registry), registry.food, registry.kharkiv, CONTACT["phone"], "")
    assert keyring().hash_of_day(mark.due, *other_team["need"]) != bytes(mark.value)
    gone = timezone.now() + timedelta(days=4)
    monkeypatch.setattr("django.utils.timezone.now", lambda: gone)
    with pytest.raises(KeyGone):
        keyring().hash_of_day(mark.due, "anything")
    assert duplicates.twins(taken.team, registry.food, registry.kharkiv, CONTACT["phone"], "") == []
    assert sweeps.forget_marks(gone) == 1 and not DuplicateMark.objects.exists()


def registry_team(registry):
    from tests.cast import make_team

    return make_team("elsewhere")


def test_a_key_that_is_gone_early_takes_the_marks_along(take, registry, taken):
    keyring().destroy(with_site_key=False)
    assert take(registry.food, registry.kharkiv)[0]


def test_marks_go_with_the_contact(taken):
    erase(taken, timezone.now())
    assert not DuplicateMark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_same_call_in_one_instant_one_is_warned(take, registry, cast, race):
    # made before the threads: the cast is made when first asked for
    vera, team = cast.vera, cast.phone
    refused = race(*[lambda: take(registry.food, registry.kharkiv, actor=vera, team=team)] * 2)
    assert refused == ["looks_known"] and HelpRequest.objects.count() == 1


# ---- at the desk ----


def test_the_desk_asks_and_loses_nothing(vera, registry):
    send(vera, registry.food, registry.kharkiv)
    known = HelpRequest.objects.get()
    answer = send(vera, registry.food, registry.kharkiv, note="Kept words", name="Kept name")
    assert answer.status_code == 409 and HelpRequest.objects.count() == 1
    for words in ("Is it one of these?", "Kept words", "Kept name", f'value="{known.code} ', 'value="new"'):
        assert words in answer.text


def test_the_desk_takes_it_as_new_or_adds_to_it(vera, registry):
    send(vera, registry.food, registry.kharkiv)
    known = HelpRequest.objects.get()
    same = {"n0-twin": f"{known.code} {known.state_since.isoformat()}"}
    answer = send(vera, registry.food, registry.kharkiv, note="More words", **same)
    assert "What is new was added to the open request." in answer.text and HelpRequest.objects.count() == 1
    assert "More words" not in answer.text and PHONE not in answer.text
    assert send(vera, registry.food, registry.kharkiv, **{"n0-twin": "new"}).status_code == 200
    assert HelpRequest.objects.count() == 2


@pytest.mark.parametrize("said", ["", "nonsense", "new2", "ABCDEFGHJK", "ABCDEFGHJK 2026-11-23", "\x00 \x00"])
def test_an_answer_that_is_none_is_asked_again(vera, registry, said):
    send(vera, registry.food, registry.kharkiv)
    answer = send(vera, registry.food, registry.kharkiv, **{"n0-twin": said})
    assert answer.status_code == 409 and "Is it one of these?" in answer.text


def test_a_stale_answer_adds_nothing(vera, registry, helper):
    send(vera, registry.food, registry.kharkiv)
    known = HelpRequest.objects.get()
    offers.accept(voice_of(helper), offer_of(known, helper))
    same = {"n0-twin": f"{known.code} {known.state_since.isoformat()}"}
    answer = send(vera, registry.food, registry.kharkiv, note="Kept words", **same)
    assert answer.status_code == 409 and "Somebody else has changed" in answer.text and "Kept words" in answer.text


def test_a_foreign_request_is_neither_shown_nor_hinted_at(as_person, cast, registry):
    send(as_person(cast.viktor), registry.food, registry.kharkiv, spoken_to="on")
    foreign = HelpRequest.objects.get()
    answer = send(as_person(cast.vera), registry.food, registry.kharkiv)
    assert answer.status_code == 200 and foreign.code not in answer.text and "Is it one of these?" not in answer.text


@pytest.mark.parametrize("number", [1, 30])
def test_the_question_costs_the_same_however_many_there_are(
    number, registry, vera_takes, django_assert_max_num_queries
):
    for _time in range(number):
        vera_takes(registry.food, registry.kharkiv)
    help_request = HelpRequest.objects.first()
    with django_assert_max_num_queries(4):
        found = duplicates.twins(help_request.team, registry.food, registry.kharkiv, CONTACT["phone"], "")
    assert len(found) == min(number, duplicates.MOST_SHOWN)


# ---- while it is written down ----


def ask_early(client, category=None, place=None, **fields):
    """What the desk says before anything is sent."""
    return client.post(reverse("dispatch:twins"), {"number": "0"} | intake_fields(category, place, **fields))


def test_the_desk_asks_while_it_is_written_down(vera, registry, taken):
    answer = ask_early(vera, registry.food, registry.kharkiv, phone="067 000 00 21")
    assert "Is it one of these?" in answer.text and taken.code in answer.text
    assert CONTACT["phone"] not in answer.text and "First words." not in answer.text
    assert HelpRequest.objects.count() == 1


@pytest.mark.parametrize("without", ["kind", "place", "phone", "everything"])
def test_it_asks_nothing_before_it_can_be_known(vera, registry, taken, without):
    parts = {"kind": (None, registry.kharkiv), "place": (registry.food, None), "everything": (None, None)}
    category, place = parts.get(without, (registry.food, registry.kharkiv))
    phone = "" if without in ("phone", "everything") else CONTACT["phone"]
    assert ask_early(vera, category, place, phone=phone).text == ""


def test_the_link_of_a_post_is_enough(as_person, take, cast, registry):
    take(registry.food, registry.kharkiv, actor=cast.viktor, team=cast.crawl, source="telegram", link=LINK)
    answer = ask_early(as_person(cast.viktor), phone="", link="t.me/some_channel/123")
    assert "Is it one of these?" in answer.text


def test_what_was_said_stays_while_more_is_written(vera, registry, taken):
    fields = {"phone": CONTACT["phone"], "n0-twin": f"{taken.code} {taken.state_since.isoformat()}"}
    answer = ask_early(vera, registry.food, registry.kharkiv, **fields)
    assert f'id="n0-twin-{taken.code}" value="{taken.code} ' in answer.text and answer.text.count(" checked") == 1
    assert ask_early(vera, registry.food, registry.kharkiv, phone=CONTACT["phone"]).text.count(" checked") == 0


def test_it_tells_nothing_of_another_team_and_nothing_to_who_takes_none(as_person, cast, registry, taken):
    asked = {"phone": CONTACT["phone"], "team": str(cast.phone.pk)}
    assert ask_early(as_person(cast.viktor), registry.food, registry.kharkiv, **asked).text == ""
    assert ask_early(as_person(cast.ada), registry.food, registry.kharkiv, **asked).status_code == 403
    for stranger in (cast.viktor, cast.ada, None):
        with pytest.raises((NotAllowed, NotFound)):
            intake.known(stranger, cast.phone, registry.food, registry.kharkiv, CONTACT["phone"], "")


def test_a_number_as_long_as_a_book_asks_nothing(vera, registry, taken):
    assert ask_early(vera, registry.food, registry.kharkiv, phone="0" * 100_000).text == ""


def test_early_or_late_it_asks_as_often(vera, registry, vera_takes, same_queries):
    same_queries(
        lambda number: vera_takes(registry.food, registry.kharkiv),
        lambda: ask_early(vera, registry.food, registry.kharkiv, phone=CONTACT["phone"]),
    )
