"""Holding a conversation longer than its line keeps it: who may, for how long, who sees it, and what wins over it."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, erasure, holds, log
from chat.models import AuthorKey, Conversation, Room
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.calls import Device
from tests.chat.conftest import visitor_comes
from tests.chat.test_forgetting import say
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIST = "/admin/chat/conversation/"
WHY = "A complaint is being looked into."


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ended(talk):
    """A conversation of Vera's that its visitor has just ended."""
    visitor, _vera, conversation = talk()
    say(visitor, "Hello?")
    conversations.end_as_visitor(visitor)
    return Conversation.objects.get(pk=conversation.pk)


def hold(actor, conversation, days=20, reason=WHY):
    holds.hold(actor, conversation, days, reason)
    conversation.refresh_from_db()


# ---- how long ----


def test_a_held_conversation_outlives_its_line_and_goes_when_the_hold_ends(noon, cast, line, ended):
    hold(cast.cora, ended)
    until = NOON + timedelta(days=20)
    assert (ended.hold_until, ended.hold_reason) == (until, WHY)
    noon.move_to(until - timedelta(seconds=1))
    assert sweeps.erase_due(timezone.now()) == 0
    assert log.read(ended.room)[-2]["body"] == "Hello?"
    assert sweeps.erase_due(until) == 1


def test_its_keys_live_to_its_last_day_and_no_further(noon, cast, ended):
    hold(cast.cora, ended)
    day = (NOON + timedelta(days=20)).date()
    assert Room.objects.get().key_due == day
    assert set(AuthorKey.objects.values_list("key_due", flat=True)) == {day}
    noon.move_to(datetime.combine(day, time(1), tzinfo=UTC))
    assert sweeps.forward_keys(timezone.now()) == 0


@pytest.mark.parametrize("passed, erased", [(timedelta(days=3), 0), (timedelta(days=8), 1)])
def test_a_release_brings_the_lines_time_back(noon, cast, line, ended, passed, erased):
    hold(cast.cora, ended)
    noon.move_to(NOON + passed)
    holds.release(cast.cora, ended)
    ended.refresh_from_db()
    assert (ended.hold_until, ended.hold_reason, ended.erase_at) == (None, "", NOON + line.retention)
    assert Room.objects.get().key_due == (NOON + max(line.retention, passed)).date()
    assert sweeps.erase_due(timezone.now()) == erased


def test_one_that_runs_is_held_from_now_and_still_after_its_end(noon, cast, line, talk):
    visitor, _vera, conversation = talk()
    hold(cast.cora, conversation)
    conversations.end_as_visitor(visitor)
    assert sweeps.erase_due(NOON + line.retention) == 0
    assert sweeps.erase_due(NOON + timedelta(days=20)) == 1


def test_a_hold_is_moved_and_never_past_the_bound_after_the_end(noon, cast, ended, settings):
    hold(cast.cora, ended)
    noon.move_to(NOON + timedelta(days=10))
    hold(cast.cora, ended, 15, "Still being looked into.")
    assert (ended.hold_until, ended.hold_reason) == (NOON + timedelta(days=25), "Still being looked into.")
    with pytest.raises(holds.TooLong, match="April 1, 2026"):
        hold(cast.cora, ended, 21)
    settings.CONVERSATION_HOLD_DAYS = 60
    hold(cast.cora, ended, 21)


@pytest.mark.parametrize("days", [7, 1, 0, -3])
def test_what_the_line_keeps_anyway_is_not_held(noon, cast, ended, days):
    with pytest.raises(holds.TooShort, match="March 9, 2026"):
        hold(cast.cora, ended, days)
    assert Conversation.objects.get().hold_until is None


def test_a_hold_has_a_reason(cast, ended):
    with pytest.raises(holds.ReasonMissing):
        hold(cast.cora, ended, reason="  ")
    for wrong in ({"hold_until": timezone.now()}, {"hold_reason": WHY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Conversation.objects.update(**wrong)


# ---- who ----


def test_only_who_supervises_the_line_holds_and_releases(cast, ended):
    foreign = cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl])
    working = cast.person("working", roles=["coordinator"], works_in=[cast.phone])
    refusals = [(cast.vera, NotAllowed), (working, NotAllowed), (cast.viktor, NotFound), (foreign, NotFound)]
    refusals += [(cast.ada, NotFound), (None, NotFound)]
    for person, refusal in refusals:
        with pytest.raises(refusal):
            hold(person, ended)
    hold(cast.alice, ended)
    for person, refusal in refusals:
        with pytest.raises(refusal):
            holds.release(person, ended)
    assert Conversation.objects.get().is_held


def test_both_stand_in_the_audit(noon, cast, ended):
    hold(cast.cora, ended)
    holds.release(cast.cora, ended)
    released, held = AuditEntry.objects.filter(action__in=["conversation.held", "conversation.released"])
    assert (held.actor, held.subject, held.reason, held.details) == (
        cast.cora, ended.code, WHY, {"until": "2026-03-22"},
    )  # fmt: skip
    assert (released.action, released.subject) == ("conversation.released", ended.code)


def test_what_nobody_holds_is_not_released(cast, ended):
    with pytest.raises(holds.Changed):
        holds.release(cast.cora, ended)


def test_what_was_changed_since_it_was_looked_at_stays(cast, ended):
    seen = Conversation.objects.get()
    hold(cast.alice, ended, 25)
    with pytest.raises(holds.Changed):
        hold(cast.cora, seen, 10)
    seen = Conversation.objects.get()
    hold(cast.alice, ended, 10)
    with pytest.raises(holds.Changed):
        holds.release(cast.cora, seen)


# ---- races ----


@pytest.mark.django_db(transaction=True)
def test_two_hold_at_once_and_one_is_told(cast, ended, quiet_connections):
    cora, alice = cast.cora, cast.alice
    seen = [Conversation.objects.get() for _number in range(2)]
    outcomes = race(
        quiet_connections,
        lambda: holds.hold(cora, seen[0], 10, "ten"),
        lambda: holds.hold(alice, seen[1], 20, "twenty"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Changed", "NoneType"]
    assert Conversation.objects.get().hold_reason == ("ten" if outcomes[0] is None else "twenty")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_hold_races_the_sweep_and_what_is_held_is_there(cast, ended, quiet_connections, _round):
    cora, now = cast.cora, timezone.now()
    Conversation.objects.update(erase_at=now)
    ended.refresh_from_db()
    held, erased = race(quiet_connections, lambda: holds.hold(cora, ended, 20, WHY), lambda: sweeps.erase_due(now))
    assert (held is None, erased) in ((True, 0), (False, 1))
    assert held is None or isinstance(held, conversations.Unknown)
    assert Room.objects.count() == Conversation.objects.filter(hold_reason=WHY).count() == 1 - erased


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_came_after_the_sweep_had_looked_still_counts(cast, ended, monkeypatch):
    Conversation.objects.update(erase_at=timezone.now())
    ended.refresh_from_db()
    each = erasure.each

    def held_meanwhile(rows, *arguments):
        rows = list(rows)
        hold(cast.cora, ended)
        return each(rows, *arguments)

    monkeypatch.setattr(erasure, "each", held_meanwhile)
    assert sweeps.erase_due(timezone.now()) == 0
    assert Conversation.objects.get().is_held


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_hold_races_the_visitor_who_erases_and_the_visitor_wins(cast, ended, quiet_connections, _round):
    cora = cast.cora
    held, erased = race(
        quiet_connections, lambda: holds.hold(cora, ended, 20, WHY), lambda: erasure.erase_for_visitor(ended)
    )
    assert erased is None and (held is None or isinstance(held, conversations.Unknown))
    assert not Room.objects.exists() and not Conversation.objects.exists()
    with pytest.raises(conversations.Unknown):
        holds.hold(cora, ended, 20, WHY)


# ---- the admin ----


def press(client, conversation, name, **data):
    return client.post(reverse("admin:chat_conversation_button", args=[conversation.pk, name]), data)


def test_a_coordinator_holds_and_releases_in_the_admin(noon, cast, as_person, ended):
    cora = as_person(cast.cora)
    assert press(cora, ended, "hold", days="20", reason=WHY).status_code == 302
    page = cora.get(f"{LIST}{ended.pk}/change/").content.decode()
    assert WHY in page and page.count("March 22, 2026") == 3 and "do/release/" in page
    assert f"March 22, 2026: {WHY}" in cora.get(LIST).content.decode()
    assert press(cora, ended, "release").status_code == 302
    page = cora.get(f"{LIST}{ended.pk}/change/").content.decode()
    assert "March 9, 2026" in page and "do/release/" not in page


@pytest.mark.parametrize(
    "days, reason, words",
    [
        ("20", " ", "required"),
        ("31", WHY, "less than or equal to 30"),
        ("0", WHY, "greater than or equal to 1"),
        ("many", WHY, "whole number"),
        ("5", WHY, "kept until March 9, 2026 anyway"),
        ("20", "x" * 201, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(noon, cast, as_person, ended, days, reason, words):
    answer = press(as_person(cast.cora), ended, "hold", days=days, reason=reason)
    page = answer.content.decode()
    assert answer.status_code == 200 and words in page
    assert f'value="{days}"' in page and reason.strip() in page
    assert Conversation.objects.get().hold_until is None


@pytest.mark.parametrize("name", ["vera", "viktor", "ada", "foreign", "nobody"])
def test_nobody_else_sees_a_conversation_or_holds_it(name, cast, as_person, ended):
    people = {
        "foreign": lambda: cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl]),
        "nobody": lambda: None,
    }
    client = as_person(people.get(name, lambda: getattr(cast, name))())
    for address in (LIST, f"{LIST}{ended.pk}/change/", f"{LIST}{ended.pk}/do/hold/"):
        answer = client.get(address)
        assert ended.code not in answer.content.decode()
        assert answer.status_code in ((200, 403, 404) if address == LIST else (302, 403, 404)) or name == "nobody"
    assert press(client, ended, "hold", days="20", reason=WHY).status_code in (302, 403, 404)
    Conversation.objects.update(hold_until=timezone.now() + timedelta(days=20), hold_reason=WHY)
    press(client, ended, "release")
    assert Conversation.objects.get().is_held and not AuditEntry.objects.filter(action="conversation.held").exists()


def test_the_admin_shows_codes_and_times_and_nothing_that_was_said(cast, as_person, line, marked, other_line):
    alias, said = marked(), marked()
    visitor, started = visitor_comes(line, alias=alias.text)
    say(visitor, said.text)
    foreign = visitor_comes(other_line)[1]
    client, row = as_person(cast.cora), Conversation.objects.get(code=started.conversation)
    pages = client.get(LIST).content.decode() + client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert started.conversation in pages and "Youth line" in pages
    for hidden in (alias.text, said.text, started.resume_code, foreign.conversation, "Family line"):
        assert hidden not in pages


def test_nothing_is_changed_added_or_deleted_by_hand(cast, as_person, ended):
    client = as_person(cast.alice)
    client.post(
        f"{LIST}{ended.pk}/change/", {"hold_until_0": "2030-01-01", "hold_until_1": "00:00", "state": "waiting"}
    )
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{ended.pk}/delete/", {"post": "yes"}).status_code == 403
    row = Conversation.objects.get()
    assert (row.state, row.hold_until) == ("ended", None)


def test_it_is_found_by_its_code_by_its_line_and_by_being_held(cast, as_person, line, ended):
    other = visitor_comes(line)[1].conversation
    hold(cast.cora, ended)
    client = as_person(cast.cora)

    def found(query):
        page = client.get(f"{LIST}?{query}").content.decode()
        return {code for code in (ended.code, other) if code in page.partition('id="result_list"')[2]}

    assert found("") == found("line=youth") == {ended.code, other}
    assert found("held=yes") == found(f"q={ended.code}") == {ended.code}
    assert found("line=family") == set()


def test_the_list_asks_as_many_queries_for_one_row_as_for_thirty(cast, as_person, line, same_queries):
    client = as_person(cast.cora)
    line.maximum_waiting = 50
    line.save()
    same_queries(lambda number: visitor_comes(line), lambda: client.get(LIST))


# ---- who sees that it is held ----


def test_the_volunteers_desk_says_until_when_and_why(noon, cast, as_person, ended):
    vera = as_person(cast.vera)
    pages = [reverse("chat:desk"), reverse("chat:desk-side"), reverse("chat:desk-about", args=[ended.code])]
    assert not any("Kept until" in vera.get(page).content.decode() for page in pages)
    hold(cast.cora, ended, reason="<b>A complaint</b>")
    for page in pages:
        assert "Kept until March 22: &lt;b&gt;A complaint" in vera.get(page).content.decode()
    noon.move_to(NOON + timedelta(days=20))
    assert "Kept until" not in vera.get(pages[-1]).content.decode()


def test_the_visitor_learns_until_when_and_not_why(noon, cast, line, waiting):
    _visitor, started = waiting()
    device = Device(started.token)
    device.post(f"rooms/{started.room}/end/")
    assert device.get("conversations/").json()["kept_until"] is None
    hold(cast.cora, Conversation.objects.get())
    answer = device.get("conversations/")
    assert answer.json()["kept_until"] == (NOON + timedelta(days=20)).isoformat()
    assert WHY not in answer.content.decode()
