"""Lines in the admin: boxes for everything, refusals in words, buttons for those who run the line."""

import re

import pytest

from chat.admin.line import LineAdmin
from chat.forms.colour import contrast_with_white
from chat.models import Line
from hotline.lib.languages import LANGUAGES
from hotline.questionnaires.models import Questionnaire
from hotline.staff.models import AuditEntry
from tests.chat.conftest import visitor_comes

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/line/"
HOUSE = [("vera", 403), ("cora", 403), (None, 302)]


@pytest.fixture
def ada(cast, as_person):
    return as_person(cast.ada)


@pytest.fixture
def questions():
    made = Questionnaire.objects.create(slug="before", names={"en": "Before"})
    made.questions.create(key="danger", kind="yesno", label={"en": "In danger?"})
    made.questions.create(key="age", kind="number", label={"en": "Age?"})
    choices = [{"value": "home", "label": {"en": "At home"}}, {"value": "street", "label": {"en": "Outside"}}]
    made.questions.create(key="where", kind="choice", label={"en": "Where?"}, choices=choices)
    return made


@pytest.fixture
def youth(cast):
    return Line.objects.create(slug="youth", team=cast.phone, titles={"en": "Youth", "de": "Jugend"})


def typed(team, **fields):
    """What the page sends for a line; `fields` win, None leaves out. Titles in English alone."""
    sent = {
        "slug": "youth", "team": team.pk, "titles-en": "Youth", "languages": ["en", "de"], "colour": "",
        "exit_address": "https://www.wikipedia.org/", "time_zone": "Europe/Berlin", "maximum_waiting": 20,
        "least_conversations": 1, "most_conversations": 4, "retention_minutes": 600, "alias": "optional",
        "risk_minutes": 0, "rest_minutes": 30, "rest_conversations": 1, "questions": "", "survey": "", "wrap_up": "",
        "hosts": "", "alternatives": "", "risk_answers": "", "exceptions": "",
    }  # fmt: skip
    return {name: value for name, value in (sent | fields).items() if value is not None}


def refusal(answer):
    """The words of everything that is wrong on the page, one text."""
    return " ".join(str(words) for errors in answer.context["adminform"].form.errors.values() for words in errors)


def test_the_page_has_a_box_for_everything_and_no_json(ada, youth):
    page = ada.get(f"{LIST}{youth.pk}/change/").content.decode()
    assert 'name="titles-de" id="id_titles-de" value="Jugend"' in page
    assert all(f'name="danger-{code}"' in page for code, _own in LANGUAGES)
    assert 'name="hours-mon"' in page and 'name="shows_typing"' in page
    assert "{&quot;" not in page and "{&#x27;" not in page
    assert 'href="/chat/youth/"' in page and "data-line=&quot;youth&quot;" in page


def test_a_line_is_written_down_whole_and_audited(ada, cast, questions):
    words = {
        "danger-uk": "Дзвоніть 112", "hours-mon": "8-12, 14:30–18", "exceptions": "2026-12-24 10–14\n25.12.2026 closed",
        "alternatives": "Helpline | 116111\nAdvice | https://example.org/advice",
        "hosts": "https://Example.org/\nhttp://localhost:8001", "suggested_aliases-en": "Robin, Sky",
        "questions": questions.pk, "risk_answers": "danger = yes\nage = 9\nwhere = outside", "risk_minutes": 30,
        "colour": "#0B6B66", "shows_typing": "on",
    }  # fmt: skip
    answer = ada.post(f"{LIST}add/", typed(cast.phone, **words))
    assert answer.status_code == 302, refusal(answer)
    line = Line.objects.get()
    assert line.danger == {"uk": "Дзвоніть 112"}
    assert line.hours == {"mon": [["08:00", "12:00"], ["14:30", "18:00"]]}
    assert line.exceptions == {"2026-12-24": [["10:00", "14:00"]], "2026-12-25": []}
    assert line.alternatives[0] == {"name": "Helpline", "address": "116111"}
    assert line.hosts == ["https://example.org", "http://localhost:8001"]
    assert line.suggested_aliases == {"en": ["Robin", "Sky"]}
    assert line.risk_answers == {"danger": True, "age": 9, "where": "street"}
    assert (line.colour, line.shows_typing, line.shows_read, line.mode) == ("#0b6b66", True, False, "closed")
    assert AuditEntry.objects.filter(action="line.created", subject="youth").exists()


def test_what_was_written_is_shown_so_that_it_can_be_sent_again(ada, cast, questions):
    words = {
        "risk_answers": "danger = yes", "questions": questions.pk, "exceptions": "2026-12-25 closed",
        "alternatives": "Helpline | 116111", "hours-fri": "20-2",
    }  # fmt: skip
    ada.post(f"{LIST}add/", typed(cast.phone, **words))
    line = Line.objects.get()
    form = ada.get(f"{LIST}{line.pk}/change/").context["adminform"].form
    shown = {name: form[name].value() for name in ("risk_answers", "exceptions", "alternatives", "hours")}
    assert shown["hours"] == {"fri": "20:00–02:00"}
    del shown["hours"]
    again = ada.post(
        f"{LIST}{line.pk}/change/", typed(cast.phone, **shown, questions=questions.pk, **{"hours-fri": "20-2"})
    )
    assert again.status_code == 302
    fresh = Line.objects.get()
    assert (fresh.risk_answers, fresh.exceptions, fresh.alternatives, fresh.hours) == (
        line.risk_answers, line.exceptions, line.alternatives, line.hours,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("slug", "api", "taken by the house itself"),
        ("titles-en", "", "one language at least"),
        ("languages", [], "required"),
        ("colour", "teal", "as #0b6e74"),
        ("colour", "#ffee88", "cannot be read well"),
        ("hosts", "example.org", "Line 1: a website's address begins with https://"),
        ("hosts", "https://example.org\nhttps://example.org/page", "Line 2: leave out"),
        ("hosts", "https://*.example.org", "no address of a website"),
        ("hosts", "https://me@example.org", "no address of a website"),
        ("hosts", "https://example.org:port", "no address of a website"),
        ("alternatives", "116111", "a name, a bar and an address"),
        ("alternatives", "Advice | javascript:alert(1)", "a number to ring, or a page"),
        ("alternatives", "\n".join(["Helpline | 116111"] * 51), "too many"),
        ("exceptions", "Christmas closed", "Line 1: write the day"),
        ("exceptions", "2026-12-24", "Line 1: write the day"),
        ("hours-tue", "all day", "Tuesday"),
        ("risk_answers", "danger", "as danger = yes"),
        ("risk_answers", "weather = bad", "none with the key"),
        ("risk_answers", "danger = perhaps", "no answer to “In danger?”"),
        ("suggested_aliases-en", "R" * 41, "at most 40"),
        ("most_conversations", 0, "greater than or equal to 1"),
        ("least_conversations", 5, "cannot lie below"),
        ("retention_minutes", 60 * 24 * 31, "less than or equal"),
        ("exit_address", "nowhere", "valid URL"),
        ("welcome-de", "W" * 601, "Deutsch: this has 601 characters"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_stays_in_its_box(ada, cast, questions, name, value, words):
    answer = ada.post(f"{LIST}add/", typed(cast.phone, questions=questions.pk, **{name: value}))
    assert answer.status_code == 200
    assert words in refusal(answer)
    assert Line.objects.count() == 0
    if isinstance(value, str) and value and "\n" not in value:
        assert value in answer.context["adminform"].form.data[name]


def test_short_name_and_team_stay_once_visitors_came(ada, cast, youth):
    Line.objects.update(mode="open")
    visitor_comes(youth)
    ada.post(f"{LIST}{youth.pk}/change/", typed(cast.crawl, slug="other"))
    youth.refresh_from_db()
    assert (youth.slug, youth.team) == ("youth", cast.phone)


@pytest.mark.parametrize(("who", "status"), HOUSE)
def test_lines_are_for_administrators(cast, as_person, youth, who, status):
    client = as_person(getattr(cast, who) if who else None)
    for address in (LIST, f"{LIST}add/", f"{LIST}{youth.pk}/change/"):
        assert client.get(address).status_code == status, address
    assert client.post(f"{LIST}{youth.pk}/change/", typed(cast.phone)).status_code == status
    assert client.post(f"{LIST}{youth.pk}/do/open_line/").status_code == status
    youth.refresh_from_db()
    assert youth.mode == "closed"


def test_nobody_deletes_a_line(ada, youth):
    assert ada.post(f"{LIST}{youth.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("button", "mode"),
    [("open_line", "open"), ("pause_line", "paused"), ("close_line", "closed"), ("by_hours", "hours")],
)
def test_buttons_open_pause_and_close(as_person, cast, youth, button, mode):
    Line.objects.update(mode="open" if mode != "open" else "closed")
    alice = as_person(cast.alice)
    assert f"/do/{button}/" in alice.get(f"{LIST}{youth.pk}/change/").content.decode()
    assert alice.post(f"{LIST}{youth.pk}/do/{button}/").status_code == 302
    youth.refresh_from_db()
    assert youth.mode == mode
    assert f"/do/{button}/" not in alice.get(f"{LIST}{youth.pk}/change/").content.decode()


def test_an_administrator_outside_the_team_runs_no_line(ada, youth):
    assert "/do/open_line/" not in ada.get(f"{LIST}{youth.pk}/change/").content.decode()
    assert ada.post(f"{LIST}{youth.pk}/do/open_line/").status_code == 403


def test_the_list_asks_no_more_with_many_lines(ada, cast, same_queries):
    def add(number):
        Line.objects.create(slug=f"line-{number}", team=cast.phone, titles={"en": f"Line {number}"}, mode="hours")

    same_queries(add, lambda: ada.get(LIST))
    found = ada.get(LIST, {"q": "line 29"}).content.decode()
    assert re.findall(r"line-\d+", found) == ["line-29"]


def test_every_field_of_a_line_is_on_the_page():
    shown = {name for _title, part in LineAdmin.get_fieldsets(None, None, Line()) for name in part["fields"]}
    kept = {field.name for field in Line._meta.get_fields() if field.concrete}
    assert kept - shown == {"id", "mode"}  # the mode is set by buttons


def test_contrast_is_that_of_the_formula():
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
