"""Lines that say "Sie" to their visitors: in German, everywhere a visitor reads, and to nobody else."""

import re
import uuid
from functools import cache
from pathlib import Path

import httpx
import pytest
from babel.messages.pofile import read_po
from channels.db import database_sync_to_async as db
from django.utils import translation

from chat.consumers import seats
from chat.models import Line
from hotline.asgi import application
from tests.chat.calls import Device, ask, wish

ROOT = Path(__file__).resolve().parents[2]
# Where texts come from that a visitor may read.
READ_BY_VISITORS = [
    "templates/chat/visitor/*.html", "templates/questionnaires/**/*.html", "templates/includes/field.html",
    "templates/includes/errors.html", "chat/views/api.py", "chat/views/calls.py", "chat/views/page.py",
    "chat/forms/start.py", "chat/consumers/*.py", "hotline/live/frames.py", "hotline/lib/errors.py",
    "hotline/questionnaires/forms/fields.py", "hotline/questionnaires/forms/answers.py",
    *(f"chat/actions/{name}.py" for name in ("conversations", "messages", "exclusion", "erasure", "tokens", "lines")),
]  # fmt: skip
MARKED = re.compile(
    r"""\{% translate (?:"(?P<a>[^"]+)"|'(?P<b>[^']+)')"""
    r"""|\b(?:_|gettext|gettext_lazy|ngettext)\(\s*"(?P<c>[^"]+)"|\{% blocktranslate[^%]*%\}(?P<d>.*?)\{%"""
)
FAMILIAR = re.compile(
    r"\b(du|dich|dir|dein\w*|euch|euer|eure\w*|versuchs?|schreib|bleib|lade?|wähle?|sende?|sieh|sag|geh|komm|lies|warte?"
    r"|nimm|ruf|öffne|mach|gib|tippe?|drück)\b",
    re.IGNORECASE,
)
NOTHING = "In dieser Nachricht steht nichts. Bitte schreiben Sie erst etwas."


@cache
def entries(locale):
    """{msgid: (translation, …)} of one catalogue."""
    with (ROOT / "hotline" / "locale" / locale / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {_forms(one.id)[0]: _forms(one.string) for one in read_po(file) if one.id}


def _forms(text):
    return text if isinstance(text, tuple) else (text,)


def marked():
    """Every text that is marked for translation in what visitors read."""
    found = set()
    for pattern in READ_BY_VISITORS:
        paths = list(ROOT.glob(pattern))
        assert paths, pattern
        for path in paths:
            for match in MARKED.finditer(path.read_text(encoding="utf-8")):
                found.add(re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", match[match.lastgroup]))
    return found


@pytest.fixture
def formal(line):
    """`line`, saying "Sie"."""
    line.formal_address, line.languages = True, ["de", "en"]
    line.save()
    return line


def test_the_formal_catalogue_holds_nothing_else():
    formal, german = entries("de_Sie"), entries("de")
    assert [text for text in formal if text not in german] == []
    assert [text for text in formal if formal[text] == german[text]] == []


def test_no_text_of_a_formal_line_is_familiar():
    german = entries("de") | entries("de_Sie")
    read = marked()
    assert len(read) > 100
    assert "You are next." in read
    assert [german[text] for text in read if FAMILIAR.search(" ".join(german[text]))] == []


def test_the_language_behind_it_is_german():
    with translation.override("de-sie"):
        assert translation.gettext("Sent") == "Gesendet"
        assert translation.ngettext("%(count)d day", "%(count)d days", 2) % {"count": 2} == "2 Tage"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/chat/youth/", "/chat/youth/frame/"])
def test_the_page_says_sie_and_is_german_to_every_machine(formal, client, path):
    response = client.get(path, headers={"Accept-Language": "de"})
    html = response.content.decode()
    assert "Sie sind als Nächstes dran." in html
    assert "Wie dürfen wir Sie nennen?" in html
    assert '<html lang="de" dir="ltr">' in html
    assert 'data-language="de"' in html
    assert response["Content-Language"] == "de"
    english = client.get(path, headers={"Accept-Language": "en"})
    assert "You are next." in english.content.decode()
    assert english["Content-Language"] == "en"


@pytest.mark.django_db
def test_a_line_says_du_unless_it_is_told_otherwise(line, client):
    html = client.get("/chat/youth/", headers={"Accept-Language": "de"}).content.decode()
    assert "Du bist als Nächstes dran." in html
    assert "Wie dürfen wir Sie" not in html


@pytest.mark.django_db
def test_refusals_before_the_conversation_say_sie(formal):
    device = Device(language="de")
    formal.alias = Line.Alias.REQUIRED
    formal.save()
    refused = device.post("lines/youth/conversations/", wish(language="de")).json()
    assert refused["fields"]["alias"] == "Bitte wählen Sie einen Namen. Es muss nicht Ihr eigener sein."
    assert "Was Sie getippt haben" in refused["detail"]
    Line.objects.update(mode=Line.Mode.PAUSED)
    paused = device.post("lines/youth/conversations/", wish(language="de", alias="Robin")).json()
    assert paused["detail"].endswith("Bitte versuchen Sie es später noch einmal.")


@pytest.mark.django_db
def test_a_refusal_speaks_the_language_that_was_chosen(formal):
    Line.objects.update(mode=Line.Mode.PAUSED)
    said = Device(language="en").post("lines/youth/conversations/", wish(language="de")).json()["detail"]
    assert said.endswith("Bitte versuchen Sie es später noch einmal.")


@pytest.mark.django_db
def test_refusals_by_token_say_sie(formal, waiting):
    _visitor, started = waiting(language="de")
    device = Device(started.token, language="de")
    device.post(f"rooms/{started.room}/end/", {})
    formal.survey = ask("after", ("good", "yesno", {"required": True}))
    formal.save()
    refused = device.post(f"conversations/{started.conversation}/survey/", {}).json()
    assert refused["detail"] == "Etwas fehlt oder stimmt nicht. Was Sie getippt haben, ist noch da."


@pytest.mark.django_db(transaction=True)
async def test_the_socket_says_sie(formal, waiting, open_socket):
    _visitor, started = await db(waiting)(language="de")
    socket = await open_socket()
    await socket.connect()
    await socket.say(type="hello", token=started.token, rooms={})
    await socket.say(type="post", room=started.room, id=str(uuid.uuid4()), body=" ")
    while (frame := await socket.hear())["type"] != "error":
        pass
    assert frame["detail"] == NOTHING


@pytest.mark.django_db(transaction=True)
async def test_an_answer_over_http_says_sie(formal, waiting):
    _visitor, started = await db(waiting)(language="de")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://localhost:8000") as http:
        answer = await http.post(
            f"/chat/api/rooms/{started.room}/events/",
            json={"id": str(uuid.uuid4()), "body": " "},
            headers={"Authorization": f"Bearer {started.token}", "Accept-Language": "de"},
        )
    assert answer.json()["detail"] == NOTHING


@pytest.mark.django_db
def test_who_talks_in_a_language_of_the_line_alone_is_refused_in_one_of_the_house(formal, waiting):
    Line.objects.update(languages=["de", "pl"])
    _visitor, started = waiting(language="pl")
    assert seats.guest(started.token).language == "de-sie"
