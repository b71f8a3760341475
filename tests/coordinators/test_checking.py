"""Checking a registration: approval with what it brings, refusal, vouching, the link, and who wins when two decide at once."""

import re
import threading
import uuid
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coordinators.actions import checking, registrations, vouching
from coordinators.actions.endpoints import LinkNotValid, issue_link, link_chat
from coordinators.actions.registrations import Connected, Decided
from coordinators.actions.vouching import NotKnownEnough, VouchedEnough, VouchNotValid
from coordinators.models import Level, LinkCode, LocalCoordinator, Registration, VouchCode
from hotline.lib.errors import Refused
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.coordinators.joining import TOLD, register, state
from tests.support.registry import Registry

HOW = "Rang the parish office."


@pytest.fixture
def registry(db):
    return Registry()


@pytest.fixture
def waiting(registry):
    """(Registration, code) that waits for accommodation and food in Kharkiv."""
    return register(registry, told=TOLD, categories=[registry.food, registry.accommodation])


@pytest.fixture
def approved(waiting, cast):
    """(Registration, code) after Ada approved it."""
    checking.approve(cast.ada, waiting[0], words=HOW)
    return Registration.objects.get(pk=waiting[0].pk), waiting[1]


def letter():
    message = Message.objects.get(purpose="registration")
    return message.address(), message.content()


def test_approval_makes_a_newcomer_with_what_it_asked_to_cover(registry, cast, waiting):
    found, _code = waiting
    checking.add_note(cast.ada, found, "Their site is new.")
    one = checking.approve(cast.ada, found, words=HOW, checked_for=[registry.accommodation])
    found.refresh_from_db()

    assert (one.state, one.level, one.name) == ("active", Level.NEWCOMER, TOLD["name"])
    assert {(row.category, row.place) for row in one.coverages.all()} == {
        (registry.food, registry.kharkiv),
        (registry.accommodation, registry.kharkiv),
    }
    assert list(one.checked_for.all()) == [registry.accommodation]
    assert one.base == registry.kharkiv and one.languages == ["uk"]
    for words in (TOLD["phone"], TOLD["check"], "Their site is new.", HOW, "Ada"):
        assert words in one.notes
    assert one.second_look_at - timezone.now() > timedelta(days=29)
    # What it told stands in one place alone.
    assert (found.state, found.local_coordinator, found.told, found.notes) == ("approved", one, {}, None)
    lines = AuditEntry.objects.filter(action="registration.approved")
    assert lines.get().details == {"coordinator": one.code, "checked_for": ["accommodation"], "vouched": False}


@pytest.mark.django_db
def test_the_letters_say_what_is_next_and_hold_no_code(approved):
    address, content = letter()

    assert address == TOLD["email"] and "You are in" in content["subject"]
    assert "/join/state/" in content["text"] and approved[1] not in content["text"].replace("-", "")


def test_a_refusal_is_kind_and_is_read_under_the_code_too(client, cast, waiting):
    found, code = waiting
    checking.refuse(cast.ada, found, "We have three kitchens there; in Izium we need one.")
    address, content = letter()

    assert address == TOLD["email"] and "in Izium we need one" in content["text"] and "wish you well" in content["text"]
    page = client.post("/join/state/", {"code": code}).content.decode()
    assert "in Izium we need one" in page and "Thank you for offering your help" in page
    assert not LocalCoordinator.objects.exists()


def test_whoever_gave_no_address_gets_no_letter(registry, cast):
    found, _code = register(registry, told={"email": ""})
    checking.refuse(cast.ada, found, "")
    assert not Message.objects.exists() and state(found) == "refused"


def test_a_letter_that_cannot_be_sent_changes_nothing_of_the_decision(client, approved):
    Message.objects.update(state="dead")
    assert "You are in. Welcome!" in client.post("/join/state/", {"code": approved[1]}).content.decode()


@pytest.mark.parametrize("act", [
    lambda who, one: checking.approve(who, one, words=HOW),
    lambda who, one: checking.refuse(who, one, ""),
    lambda who, one: checking.add_note(who, one, "Hm."),
])  # fmt: skip
def test_only_administrators_decide_and_only_once(cast, waiting, act):
    found, _code = waiting
    for who, refusal in ((cast.cora, NotAllowed), (cast.vera, NotAllowed), (None, NotFound)):
        with pytest.raises(refusal):
            act(who, found)
    assert state(found) == "waiting"
    registrations.withdraw(found)
    with pytest.raises(Decided):
        act(cast.ada, found)


def test_how_it_was_checked_has_to_be_said(cast, waiting):
    with pytest.raises(checking.ChecksMissing):
        checking.approve(cast.ada, waiting[0], words="  ")
    assert state(waiting[0]) == "waiting" and not LocalCoordinator.objects.exists()


def test_the_link_comes_by_the_code_works_once_and_says_so_kindly(client, approved):
    found, code = approved
    page = client.post("/join/state/link/", {"code": code}).content.decode()
    first = page.split("/start ")[1].split("<")[0]
    second = registrations.issue_link(found)
    with pytest.raises(LinkNotValid):
        link_chat(first, 4711, is_group=False, language="uk")  # a newer one has been made
    endpoint = link_chat(second, 4711, is_group=False, language="uk")

    assert endpoint.local_coordinator == found.local_coordinator and endpoint.vouched_by is None
    with pytest.raises(LinkNotValid, match="has been used or has run out"):
        link_chat(second, 4712, is_group=False, language="uk")
    with pytest.raises(Connected):
        registrations.issue_link(found)
    assert "You are connected" in client.post("/join/state/", {"code": code}).content.decode()


def test_whoever_uses_the_link_twice_in_one_chat_is_told_that_all_is_well(approved):
    code = registrations.issue_link(approved[0])
    first = link_chat(code, 4711, is_group=False, language="uk")
    assert link_chat(code, 4711, is_group=False, language="uk") == first


def test_once_all_is_switched_off_no_code_that_is_out_links_another_chat(client, cast, approved):
    found, code = approved
    link_chat(registrations.issue_link(found), 4711, is_group=False, language="uk")
    left_over = issue_link(cast.ada, found.local_coordinator)
    registrations.switch_off_all(found.local_coordinator)

    assert found.local_coordinator.endpoints.get().state == "off"
    assert "You are in" not in client.post("/join/state/link/", {"code": code}).content.decode()
    with pytest.raises(LinkNotValid):
        link_chat(left_over, 4712, is_group=False, language="uk")


def test_long_words_of_theirs_push_out_nothing_that_was_found_out(registry, cast):
    found, _code = register(registry, told={"check": "c" * 1000, "note": "n" * 2000})
    checking.add_note(cast.ada, found, "Their site is new.")
    one = checking.approve(cast.ada, found, words=HOW)
    assert TOLD["phone"] in one.notes and "Their site is new." in one.notes and HOW in one.notes


def test_a_link_runs_out(approved):
    code = registrations.issue_link(approved[0])
    late = timezone.now() + timedelta(days=registrations.LINK_DAYS, minutes=1)
    with time_machine.travel(late), pytest.raises(LinkNotValid):
        link_chat(code, 4711, is_group=False, language="uk")


def test_nobody_gets_a_link_before_approval_or_after_removal(client, cast, waiting):
    found, code = waiting
    assert client.post("/join/state/link/", {"code": code}).status_code == 409
    checking.approve(cast.ada, found, words=HOW)
    LocalCoordinator.objects.all().delete()
    assert client.post("/join/state/link/", {"code": code}).status_code == 409
    assert "not on our list any more" in client.post("/join/state/", {"code": code}).content.decode()
    assert not LinkCode.objects.exists()


# Vouching


def test_a_code_of_somebody_known_vouches_once_and_tells_neither_of_the_other(client, registry, cast):
    known = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN, name="Old friends")
    code = vouching.make_code(None, known)
    found, own_code = register(registry, vouch=code.lower())

    assert found.is_vouched and found.vouched_by == known
    with pytest.raises(VouchNotValid):
        register(registry, vouch=code)
    one = checking.approve(cast.ada, found, words=HOW)
    assert one.is_vouched and one.level == Level.NEWCOMER and known.code in one.notes
    page = client.post("/join/state/", {"code": own_code}).content.decode()
    assert "Old friends" not in page and known.code not in page
    # Nothing of the one who vouched has changed, and no message went there.
    assert not Message.objects.filter(channel="telegram").exists()


def test_only_who_is_known_vouches_and_not_without_end(registry, cast):
    newcomer = registry.coordinator((registry.food, registry.kharkiv), level=Level.NEWCOMER)
    known = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)
    rep = cast.person("rep", represents=[known])
    with pytest.raises(NotKnownEnough):
        vouching.make_code(None, newcomer)
    with pytest.raises((NotAllowed, NotFound)):
        vouching.make_code(cast.cora, known)
    codes = [vouching.make_code(rep, known) for _one in range(vouching.MOST)]
    with pytest.raises(VouchedEnough):
        vouching.make_code(rep, known)
    assert codes[0].replace("-", "") not in str(list(VouchCode.objects.values()))
    LocalCoordinator.objects.filter(pk=known.pk).update(level=Level.NEWCOMER)
    with pytest.raises(VouchNotValid):  # a complaint came meanwhile
        register(registry, vouch=codes[0])
    LocalCoordinator.objects.filter(pk=known.pk).update(level=Level.KNOWN)
    with time_machine.travel(timezone.now() + vouching.VALID + timedelta(minutes=1)), pytest.raises(VouchNotValid):
        register(registry, vouch=codes[0])


def test_the_code_is_shown_once_in_the_answer_and_lies_in_no_cookie_and_no_address(registry, cast, as_person):
    known = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)
    rep = as_person(cast.person("rep", represents=[known]))
    press = reverse("admin:coordinators_localcoordinator_button", args=[known.pk, "vouch"])
    answer = rep.post(press)
    code = re.search(r'<code class="secret">([0-9A-Z-]+)</code>', answer.text)[1]
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert register(registry, vouch=code)[0].vouched_by == known
    kept = " ".join(morsel.value for morsel in rep.cookies.values()) + str(dict(rep.session))
    assert code not in kept and "messages" not in answer.cookies
    page = reverse("admin:coordinators_localcoordinator_change", args=[known.pk])
    assert code not in rep.get(page).text and code not in rep.get(press).text


# In the admin


def test_the_admin_shows_what_waits_and_decides(as_person, cast, waiting, registry):
    found, _code = waiting
    ada = as_person(cast.ada)
    assert "Kitchen on the corner" in ada.get("/").content.decode()
    assert "Kitchen on the corner" in ada.get(reverse("admin:coordinators_registration_changelist")).content.decode()
    page = ada.get(reverse("admin:coordinators_registration_change", args=[found.pk])).content.decode()
    assert TOLD["check"] in page and TOLD["phone"] in page and "Accommodation" in page
    press = reverse("admin:coordinators_registration_button", args=[found.pk, "approve"])
    assert "Accommodation" in ada.get(press).content.decode()
    kept = ada.post(press, {"words": "", "checked_for": [registry.accommodation.pk]}).content.decode()
    assert "checked" in kept and state(found) == "waiting"
    assert ada.post(press, {"words": HOW, "checked_for": [registry.accommodation.pk]}).status_code == 302
    assert list(LocalCoordinator.objects.get().checked_for.all()) == [registry.accommodation]
    assert "Kitchen on the corner" not in ada.get("/").content.decode()


def test_whoever_is_not_an_administrator_finds_nothing_of_it(as_person, cast, waiting, client):
    found, _code = waiting
    for who in (cast.vera, cast.cora):
        person = as_person(who)
        assert "Kitchen" not in person.get("/").content.decode()
        assert person.get(reverse("admin:coordinators_registration_change", args=[found.pk])).status_code == 403
    assert client.get(reverse("admin:coordinators_registration_change", args=[found.pk])).status_code == 302


# Races


def at_once(quiet_connections, *acts):
    """What each act (function) gives or is refused by, all begun in one instant."""
    together, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        with quiet_connections():
            together.wait()
            try:
                results[number] = act() or "done"
            except Refused as refused:
                results[number] = refused.code

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_wins(registry, cast, quiet_connections):
    people = (cast.ada, cast.alice)
    for _round in range(5):
        found, _code = register(registry)
        results = at_once(quiet_connections, *(partial(checking.approve, who, found, words=HOW) for who in people))
        assert results.count("decided") == 1
        assert LocalCoordinator.objects.filter(code__in=[one.code for one in results if one != "decided"]).count() == 1
    assert LocalCoordinator.objects.count() == Message.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_approval_and_withdrawal_at_once_are_one_of_the_two(registry, cast, quiet_connections):
    ada = cast.ada
    for _round in range(5):
        found, _code = register(registry)
        before = LocalCoordinator.objects.count()
        results = at_once(
            quiet_connections,
            partial(checking.approve, ada, found, words=HOW),
            partial(registrations.withdraw, found),
        )
        assert results.count("decided") == 1
        made = LocalCoordinator.objects.count() - before
        assert (state(found), made) in {("approved", 1), ("withdrawn", 0)}


@pytest.mark.django_db(transaction=True)
def test_a_link_and_a_code_to_vouch_that_two_use_at_once_work_for_one(registry, cast, quiet_connections):
    known = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)
    ada = cast.ada
    for turn in range(3):
        vouch = vouching.make_code(None, known)
        results = at_once(quiet_connections, *[partial(register, registry, vouch=vouch)] * 2)
        assert results.count("vouch_not_valid") == 1
        found = Registration.objects.filter(is_vouched=True, state="waiting").get()
        checking.approve(ada, found, words=HOW)
        found.refresh_from_db()
        code = registrations.issue_link(found)
        results = at_once(
            quiet_connections,
            *(partial(link_chat, code, chat, is_group=False, language="uk") for chat in (turn * 10 + 1, turn * 10 + 2)),
        )
        assert results.count("link_not_valid") == 1
        assert found.local_coordinator.endpoints.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_registration(registry, quiet_connections):
    for _round in range(5):
        submission = uuid.uuid4()
        told = {"name": "Twice"}
        results = at_once(
            quiet_connections,
            *[partial(register, registry, submission=submission, told=told)] * 3,
        )
        assert len({result[0].pk for result in results}) == 1
    assert Registration.objects.count() == 5
