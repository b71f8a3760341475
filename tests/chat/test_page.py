"""The visitor's page as it is served: in whose frame, how large, in which language, and what it says without a script."""

import re
from datetime import UTC, datetime

import pytest
from whitenoise.storage import CompressedManifestStaticFilesStorage

from chat.models import Line
from tests.chat.calls import ask
from tests.support.weight import file, needed, weight

pytestmark = pytest.mark.django_db

# What the whole page may weigh on the way, and the loader on somebody else's.
PAGE_GZIP, LOADER_GZIP = 40 * 1024, 5 * 1024


@pytest.fixture
def full(line):
    """`line` with everything that a line can have."""
    line.titles = {"en": "Youth chat", "de": "Jugendchat"}
    line.danger = {"en": "Ring 112 if you are in danger.", "de": "Ruf die 112 an, wenn du in Gefahr bist."}
    line.privacy = {"en": "It is deleted.\nSomebody may read along."}
    line.alternatives = [
        {"name": "Emergency", "address": "112"},
        {"name": "On the web", "address": "https://example.org/"},
        {"name": "Odd", "address": "javascript:alert(1)"},
    ]
    line.suggested_aliases = {"en": ["Robin", "Sky"]}
    line.colour = "#4c5fc4"
    line.questions = ask("before", ("age", "number", {"required": True}), ("more", "text", {}))
    line.survey = ask("after", ("good", "yesno", {}))
    line.save()
    return line


def policy(response):
    return dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))


def test_the_page_sets_no_cookie_and_is_not_kept(full, client):
    response = client.get("/chat/youth/")
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert client.get("/chat/nobody/").status_code == client.get("/chat/nobody/frame/").status_code == 404


def test_nobody_frames_the_page_itself(full, client):
    Line.objects.update(hosts=["https://example.org"])
    response = client.get("/chat/youth/")
    assert policy(response)["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_the_frame_is_for_the_lines_own_hosts(full, client):
    Line.objects.update(hosts=["https://example.org", "https://b.example:8443", "https://x.example; script-src *", "*"])
    response = client.get("/chat/youth/frame/")
    assert policy(response)["frame-ancestors"] == "'self' https://example.org https://b.example:8443"
    assert "X-Frame-Options" not in response


def test_the_policy_lets_nothing_in(full, client):
    found = policy(client.get("/chat/youth/frame/"))
    assert (found["default-src"], found["script-src"], found["style-src"], found["connect-src"]) == (
        "'none'",
        "'self'",
        "'self'",
        "'self'",
    )
    assert (found["trusted-types"], found["require-trusted-types-for"]) == ("'none'", "'script'")


@pytest.mark.parametrize(
    ("asked", "accepts", "language", "title"),
    [
        ("", "de-AT,en;q=0.5", "de", "Jugendchat"),
        ("?language=de", "en", "de", "Jugendchat"),
        ("?language=xx", "uk", "en", "Youth chat"),
        ("", "fr", "en", "Youth chat"),
    ],
)
def test_one_language_at_a_time(full, client, asked, accepts, language, title):
    Line.objects.update(languages=["en", "de"])
    html = client.get(f"/chat/youth/{asked}", headers={"Accept-Language": accepts}).content.decode()
    assert f'<html lang="{language}" dir="ltr">' in html
    assert f">{title}<" in html
    assert html.count('aria-current="true"') == 1


def test_a_language_from_right_to_left_turns_the_page(full, client, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    Line.objects.update(languages=["ar", "en"])
    assert '<html lang="ar" dir="rtl">' in client.get("/chat/youth/").content.decode()


def test_who_wants_to_talk_in_a_language_of_the_line_alone_reads_the_house_in_another(full, client):
    Line.objects.update(languages=["de", "pl"])
    html = client.get("/chat/youth/?language=pl").content.decode()
    assert '<html lang="de"' in html
    assert 'data-language="pl"' in html
    assert "Polski" in html


def test_when_it_opens_is_said_in_the_lines_own_time(full, client, time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 6, tzinfo=UTC), tick=False)
    Line.objects.update(mode="hours", hours={"mon": [["12:00", "14:00"]]}, time_zone="Europe/Kyiv")
    html = client.get("/chat/youth/").content.decode()
    assert '<time datetime="2026-03-02T12:00:00+02:00">Monday 12:00</time>' in html


def test_danger_comes_first_then_what_happens_then_language_name_and_questions(full, client):
    html = client.get("/chat/youth/").content.decode()
    order = [
        "Ring 112 if",
        "<h1",
        "What happens with what I write",
        'class="row languages"',
        'id="alias"',
        'name="age"',
    ]
    found = [html.index(part) for part in order]
    assert found == sorted(found)


@pytest.mark.parametrize("state", ["open", "paused", "closed", "full"])
def test_without_a_script_the_state_and_the_numbers_are_there(full, client, waiting, state):
    if state == "full":
        waiting()
        Line.objects.update(maximum_waiting=1)
    else:
        Line.objects.update(mode=state)
    html = client.get("/chat/youth/").content.decode()
    for other in ("paused", "closed", "full"):
        hidden = re.search(rf'data-when="{other}"( hidden)?>', html)[1]
        assert bool(hidden) == (other != state)
    assert '<form id="begin" class="stack" novalidate autocomplete="off" hidden>' in html
    assert '<a class="strong" href="tel:112" rel="noreferrer">112</a>' in html
    assert 'href="https://example.org/"' in html
    assert 'href="javascript' not in html
    assert "<noscript>" in html


def test_what_a_line_has_switched_off_is_not_shown(full, client):
    html = client.get("/chat/youth/").content.decode()
    there = [
        'id="alias"',
        'id="return"',
        'id="survey"',
        'id="transcript"',
        "data-typing>",
        " data-read",
        'id="code-card"',
    ]
    there = [part.replace("data-typing>", " data-typing") for part in there]
    assert [part for part in there if part not in html] == []
    Line.objects.update(
        alias="none", can_resume=False, survey=None, can_keep_transcript=False, shows_typing=False, shows_read=False
    )
    html = client.get("/chat/youth/").content.decode().replace("data-typing=", "").replace("data-read=", "")
    assert [part for part in there if part in html] == []


def test_every_box_forgets(full, client):
    html = client.get("/chat/youth/").content.decode()
    boxes = re.findall(r"<(?:input|textarea|select)\b[^>]*>", html)
    assert len(boxes) >= 5
    assert [box for box in boxes if 'autocomplete="off"' not in box and 'type="radio"' not in box] == []


def test_a_colour_is_a_style_sheet_of_its_own(full, client):
    html = client.get("/chat/youth/").content.decode()
    address = re.search(r'href="(/chat/youth/colour/[^"]+)"', html)[1]
    response = client.get(address)
    assert response["Content-Type"] == "text/css"
    assert "#4c5fc4" in response.content.decode()
    assert client.get("/chat/youth/colour/red;}.css").status_code == 404


@pytest.mark.parametrize("language", ["en", "de", "nb", "uk", "ru"])
def test_the_page_is_light(full, client, language):
    html = client.get(f"/chat/youth/?language={language}").content.decode()
    paths = needed(html)
    assert {"js/chat/connection.js", "js/chat/wire.js", "js/texts.js", "css/chat-visitor.css"} <= paths
    _raw, packed = weight([html.encode(), *map(file, paths)])
    assert packed <= PAGE_GZIP


def test_the_loader_is_light_and_keeps_nothing():
    _raw, packed = weight([file("widget.js")])
    assert packed <= LOADER_GZIP
    forbidden = r"cookie|Storage|indexedDB|fetch\(|XMLHttp|document\.referrer"
    assert not re.search(forbidden, file("widget.js").decode())


def test_the_loader_keeps_its_name_in_production(tmp_path):
    storage = CompressedManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    (tmp_path / "widget.js").write_bytes(file("widget.js"))
    list(storage.post_process({"widget.js": (storage, "widget.js")}))
    assert {"widget.js", "widget.js.gz"} <= {path.name for path in tmp_path.iterdir()}


def test_there_is_no_demo_outside_development(full, client, settings):
    assert client.get("/demo/host/").status_code == 404
    settings.DEBUG = True
    html = client.get("/demo/host/?line=youth").content.decode()
    assert '<script src="/static/widget.js" data-line="youth"' in html


def test_a_page_asks_the_database_a_bounded_number_of_times(full, client, query_count, waiting):
    before = query_count(lambda: client.get("/chat/youth/"))
    for _number in range(5):
        waiting()
    assert query_count(lambda: client.get("/chat/youth/")) == before <= 6
