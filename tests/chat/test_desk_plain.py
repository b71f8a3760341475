"""The desk's buttons without a script: pressed before the scripts have come, they are forms that lead back to the desk."""

import re

import pytest
from django.test import Client

from chat.actions import duties
from chat.models import Conversation, Duty
from tests.chat.conftest import visitor_comes

pytestmark = pytest.mark.django_db
DESK = "/desk/chat/"


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


def press(client, button, html=None):
    """Send the form as a browser without scripts does when the button with this word is pressed; the page it leads to."""
    html = html or client.get(DESK).content.decode()
    for form in re.findall(r'<form class="stack tight" method="post".*?</form>', html, re.DOTALL):
        for attributes in re.findall(r"<button ([^>]*)>(?:(?!</button>).)*?" + button, form, re.DOTALL):
            told = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
            if "name" in told:
                fields[told["name"]] = told["value"]
            assert told["type"] == "submit" and "disabled" not in attributes.split()
            address = told.get("formaction") or re.search(r' action="([^"]+)"', form)[1]
            return client.post(address, fields, follow=True)
    raise AssertionError(f"no button {button}")


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_every_button_of_the_column_is_one_of_a_form(vera, line):
    visitor_comes(line)
    html = vera.get(DESK).content.decode()
    buttons = [button for button in re.findall(r"<button [^>]*>", html) if "hx-post" in button]
    assert len(buttons) >= 7
    for button in buttons:
        address = re.search(r' hx-post="([^"]+)"', button)[1]
        assert f' type="submit" formaction="{address}"' in button
    assert "csrfmiddlewaretoken" in re.search(r'data-line="youth"><form [^>]*>(.*?)<div', html, re.DOTALL)[1]


@pytest.mark.parametrize(
    ("button", "word", "of"),
    [
        ("Pause the queue", "paused", lambda line: line.mode),
        ("Close the line", "closed", lambda line: line.mode),
        ("I am away", True, lambda line: Duty.objects.get(line=line).away),
        ("−", 3, lambda line: Duty.objects.get(line=line).maximum),
    ],
)
def test_a_button_does_its_work_and_leads_back(cast, vera, line, button, word, of):
    duties.set_maximum(cast.vera, line, 4)
    page = press(vera, button)
    assert page.redirect_chain == [(DESK, 302)]
    line.refresh_from_db()
    assert of(line) == word
    assert said(page) == []


@pytest.mark.parametrize("button", ["Take next", "Take$"])
def test_a_visitor_is_taken(cast, vera, line, button):
    _visitor, started = visitor_comes(line)
    page = press(vera, button.replace("$", "(?=</button>)"))
    assert page.redirect_chain == [(DESK, 302)]
    assert Conversation.objects.get().volunteer == cast.vera
    assert f'data-conversation="{started.conversation}"' in page.content.decode()


def test_who_is_away_comes_back(cast, vera, line):
    duties.set_away(cast.vera, line, True)
    press(vera, "I am back")
    assert not Duty.objects.get(line=line).away


def test_a_refusal_is_said_on_the_page(cast, as_person, vera, line):
    visitor_comes(line)
    html = vera.get(DESK).content.decode()
    press(as_person(cast.alice), "Take next")
    page = press(vera, "Take next", html)
    assert page.redirect_chain == [(DESK, 302)]
    assert said(page) == ["Nobody is waiting for you at the moment."]
    assert said(page)[0] in page.content.decode()


def test_what_is_not_understood_is_said_on_the_page(vera, line):
    page = vera.post(f"{DESK}lines/youth/number/", {"number": "many"}, follow=True)
    assert said(page) == ["That was not understood. Load the page again."]


def test_a_practice_visitors_code_is_on_the_page(vera, line):
    page = press(vera, "Practice visitor")
    assert page.status_code == 200
    assert 'class="secret"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_stranger_is_refused_all_the_same(cast, as_person, line):
    viktor = as_person(cast.viktor)
    assert viktor.post(f"{DESK}lines/youth/mode/", {"mode": "closed"}).status_code == 404
    line.refresh_from_db()
    assert line.mode == "open"


def test_a_forged_form_is_refused(cast, line):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.vera)
    assert client.post(f"{DESK}lines/youth/mode/", {"mode": "closed"}).status_code == 403
