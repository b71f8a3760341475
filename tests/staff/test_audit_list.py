"""The audit is read in words, page by page, found by what one knows, and taken away as a table."""

import ast
import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hotline.staff.actions import audit_export
from hotline.staff.actions.audit import record
from hotline.staff.actions.audit_chain import erase_before, find_fault, link_lines
from hotline.staff.actions.audit_export import export
from hotline.staff.admin import audit_entry
from hotline.staff.audit_words import ACTIONS, THINGS, thing
from hotline.staff.models import AuditEntry, User
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = [
    pytest.mark.django_db,
    # The house answers in an event loop, the tests' client does not.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = "/admin/staff/auditentry/"
EXPORT = "/admin/staff/auditentry/export/"


def shown(client, **asked):
    return [line.subject for line, _words in client.get(LIST, asked).context["lines"]]


# Words


def recorded():
    """{action: a file that records it}, of all calls of `record`; an action that is not written there in full is "?"."""
    found = {}
    for room in ("hotline", "chat", "coordinators"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record":
                    place = 0 if isinstance(node.func, ast.Attribute) and node.func.attr == "record" else 1
                    texts = [one.value for one in ast.walk(node.args[place]) if isinstance(one, ast.Constant)]
                    found |= dict.fromkeys(
                        [text for text in texts if "." in text] or ["?"], str(path.relative_to(ROOT))
                    )
    return found


def test_every_action_that_is_recorded_has_words():
    actions = recorded()
    assert len(actions) > 50
    # Where the action is put together or handed on, it is one of these; each is in the table.
    assert actions.pop("?") and {"coverage.changed", "endpoint.changed"} <= ACTIONS.keys()
    assert {
        action: path for action, path in actions.items() if action not in ACTIONS and not action.startswith(".")
    } == {}


def test_every_action_is_about_something():
    assert {thing(action) for action in ACTIONS} == THINGS.keys()


def test_a_line_is_read_in_the_reader_s_words_and_an_unknown_one_as_it_stands(cast, as_person):
    record(cast.vera, "help_request.cancelled", "K7QX2M", reason="called twice")
    entry = record(None, "older.version")
    html = as_person(cast.ada).get(LIST).content.decode()
    assert "Help request cancelled" in html and "called twice" in html and "the house" in html
    assert "older.version" in html
    page = as_person(cast.ada).get(reverse("admin:staff_auditentry_change", args=[entry.pk])).content.decode()
    assert "not yet" in page
    link_lines()
    page = as_person(cast.ada).get(reverse("admin:staff_auditentry_change", args=[entry.pk])).content.decode()
    assert "position in the chain" in page.lower() and "not yet" not in page


# Finding


def test_lines_are_found_by_code_alias_action_and_day(cast, as_person):
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=5), tick=False):
        record(cast.vera, "help_request.cancelled", "OLD")
    record(cast.viktor, "help_request.taken", "NEW")
    record(cast.ada, "account.created", "Vera")
    client = as_person(cast.ada)
    assert shown(client) == ["Vera", "NEW", "OLD"]
    assert shown(client, q="old") == ["OLD"]
    assert shown(client, q="vera") == ["Vera", "OLD"]  # what was done to her, and what she did
    assert shown(client, q="Ver") == []
    assert shown(client, action="help_request.taken") == ["NEW"]
    assert shown(client, action="help_request.") == ["NEW", "OLD"]
    day = timezone.localdate(now)
    assert shown(client, since=day) == ["Vera", "NEW"]
    assert shown(client, until=day - timedelta(days=1)) == ["OLD"]
    assert shown(client, since=day - timedelta(days=5), until=day - timedelta(days=5)) == ["OLD"]


@pytest.mark.parametrize(
    "asked",
    [{"action": "no.such"}, {"since": "yesterday"}, {"until": "31.02.2026"}, {"q": "x" * 61}, {"q": "\x00"}],
)
def test_what_is_asked_wrongly_shows_nothing_and_says_why(cast, as_person, asked):
    record(cast.vera, "help_request.taken", "CODE")
    answer = as_person(cast.ada).get(LIST, asked)
    assert answer.status_code == 200 and answer.context["form"].errors and not answer.context["lines"]
    assert as_person(cast.ada).post(EXPORT, asked).status_code == 400
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("before", ["x", "-1", "9" * 50, "1.5", "٣"])
def test_a_page_that_is_none_is_the_first_or_the_last(cast, as_person, before):
    record(cast.vera, "help_request.taken", "CODE")
    assert shown(as_person(cast.ada), before=before) in (["CODE"], [])


@pytest.mark.parametrize(
    "lookup", ["actor__username", "actor__email_hash", "actor__password__startswith", "reason__regex"]
)
def test_nobody_asks_the_database_by_the_address_bar(cast, as_person, lookup):
    record(cast.vera, "help_request.taken", "CODE")
    assert shown(as_person(cast.ada), **{lookup: "nothing has this"}) == ["CODE"]


def test_pages_stay_where_they_are_while_lines_are_written(cast, as_person, monkeypatch):
    monkeypatch.setattr(audit_entry, "SHOWN", 4)
    for number in range(10):
        record(cast.vera, "help_request.taken", f"CODE{number}")
    client = as_person(cast.ada)
    first = client.get(LIST)
    record(cast.vera, "help_request.taken", "WHILE READING")
    second = shown(client, before=first.context["older"])
    assert second == ["CODE5", "CODE4", "CODE3", "CODE2"]
    last = client.get(LIST, {"before": client.get(LIST, {"before": first.context["older"]}).context["older"]})
    assert [line.subject for line, _words in last.context["lines"]] == ["CODE1", "CODE0"]
    assert last.context["older"] is None and "Newest" in last.content.decode()


def test_the_list_counts_nothing(cast, as_person):
    record(cast.vera, "help_request.taken", "CODE")
    client = as_person(cast.ada)
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert not [query["sql"] for query in queries if "COUNT(" in query["sql"] and "auditentry" in query["sql"]]


# Taking away


def taken(answer):
    return list(csv.DictReader(StringIO(b"".join(answer).decode())))


def test_lines_are_taken_away_as_they_were_asked_for_and_that_is_audited(cast, as_person):
    record(cast.vera, "help_request.cancelled", "K7QX2M", reason="=HYPERLINK(1)", wave=2)
    record(cast.viktor, "help_request.taken", "OTHER")
    link_lines()
    answer = as_person(cast.ada).post(EXPORT, {"q": "k7qx2m"})
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    (row,) = taken(answer)
    assert (row["position"], row["who"], row["what"], row["code"]) == ("1", "Vera", "Help request cancelled", "K7QX2M")
    assert (row["details"], row["reason"]) == ('{"wave": 2}', "'=HYPERLINK(1)")
    line = AuditEntry.objects.first()
    assert (line.actor, line.action, line.details) == (cast.ada, "audit.exported", {"q": "k7qx2m"})


def test_all_lines_come_in_batches_and_no_line_twice(cast, as_person, monkeypatch, query_count):
    monkeypatch.setattr(audit_export, "AT_ONCE", 7)
    for number in range(30):
        record(cast.vera, "help_request.taken", f"CODE{number}")
    rows = taken(as_person(cast.ada).post(EXPORT))
    assert [row["code"] for row in rows] == ["", *(f"CODE{number}" for number in reversed(range(30)))]


def test_lines_that_go_by_age_meanwhile_are_left_out(cast, monkeypatch):
    monkeypatch.setattr(audit_export, "AT_ONCE", 5)
    now = timezone.now()
    for number in range(20):
        record(cast.vera, "help_request.taken", f"CODE{number}")
    link_lines()
    batches = export(cast.ada, AuditEntry.objects.order_by("-pk"), {})
    began = next(batches) + next(batches)
    assert erase_before(now + timedelta(days=1)) == 20
    rest = "".join(batches)
    assert "CODE16" in began and "CODE0" not in rest and find_fault() is None


def test_it_ends_when_the_right_goes_meanwhile(cast, monkeypatch):
    monkeypatch.setattr(audit_export, "AT_ONCE", 5)
    for number in range(20):
        record(cast.vera, "help_request.taken", f"CODE{number}")
    batches = export(cast.ada, AuditEntry.objects.order_by("-pk"), {})
    next(batches), next(batches)
    User.objects.filter(pk=cast.ada.pk).update(is_active=False)
    assert list(batches) == []


def test_nobody_else_takes_it_away(cast, people, as_person):
    for name, status in (("nobody", 302), ("roleless", 302), ("representative", 403), ("vera", 403), ("cora", 403)):
        assert as_person(people[name]).post(EXPORT).status_code == status
        assert as_person(people[name]).get(LIST).status_code == status
    assert as_person(cast.ada).get(EXPORT).status_code == 405
    for who, refusal in ((cast.cora, NotAllowed), (people["roleless"], NotFound)):
        with pytest.raises(refusal):
            export(who, AuditEntry.objects.all(), {})
    assert not AuditEntry.objects.exists()


def test_an_administrator_made_at_the_command_line_is_in_the_audit():
    User.objects.create_superuser("root", password="a word of many letters")
    line = AuditEntry.objects.get()
    assert (line.action, line.subject, line.is_stamped()) == ("account.made_administrator", "root", True)
