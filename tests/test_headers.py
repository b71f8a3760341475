"""Every answer of the house, whatever its status and whoever gives it, tells the browser how little it may do with it."""

import pytest
from asgiref.testing import ApplicationCommunicator
from django.utils.datastructures import CaseInsensitiveMapping

from chat.models import Line
from hotline import asgi
from tests.support.addresses import addresses

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "'none'"
# The whole policy of a page that says nothing for itself.
POLICY = {
    "default-src": {NOBODY},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {NOBODY},
    "frame-ancestors": {NOBODY},
    "require-trusted-types-for": {"'script'"},
    "trusted-types": {"default"},
}
# What a page may say in place of it, by its route; a page that is not here says nothing for itself.
OWN_POLICY = {
    "chat/<slug:slug>/": {"trusted-types": {NOBODY}},
    "chat/<slug:slug>/frame/": {"trusted-types": {NOBODY}, "frame-ancestors": {"'self'", "https://school.example"}},
    "demo/host/": {"frame-src": {"'self'"}},
}
# Files of the house, so to speak: anybody may load and keep them, they say nothing about anybody.
PUBLIC = {"chat/<slug:slug>/colour/<str:colour>.css"}
FRAME = "chat/<slug:slug>/frame/"
SECURE = {"secure": True, "HTTP_HOST": "localhost"}


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def policy_of(answer):
    directives = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in filter(None, directives)}


def assert_strict(answer, where, *, own=None, public=False, framed=False):
    """`answer` (HttpResponse, or a dict of its headers) has all that it must have; `where` names it in the failure."""
    assert policy_of(answer) == POLICY | (own or {}), where
    assert answer["X-Content-Type-Options"] == "nosniff", where
    assert answer["Referrer-Policy"] == "same-origin", where
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", where
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert answer["Cross-Origin-Embedder-Policy"] == "require-corp", where
    assert answer["Cross-Origin-Resource-Policy"] == ("cross-origin" if framed or public else "same-origin"), where
    assert answer.get("X-Frame-Options") == (None if framed else "DENY"), where
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(answer["Permissions-Policy"].split(", ")), where
    assert public or "no-store" in answer["Cache-Control"], where
    assert public or "Access-Control-Allow-Origin" not in answer, where
    assert "Server" not in answer and "X-Powered-By" not in answer, where


@pytest.fixture
def line(cast):
    return Line.objects.create(
        slug="youth",
        team=cast.phone,
        mode=Line.Mode.OPEN,
        titles={"en": "Youth line"},
        hosts=["https://school.example", "https://school.example/not an origin"],
    )


def check(answer, where, route):
    """`answer` to a request for this route; only a page that is really shown may say something for itself."""
    shown = answer.status_code == 200
    own = OWN_POLICY.get(route) if shown else None
    assert_strict(answer, where, own=own, public=shown and route in PUBLIC, framed=shown and route == FRAME)


def test_every_address_answers_strictly_whatever_it_says(cast, as_person, line):
    """Nobody and somebody who may everything, by every method, with and without a CSRF token, what there is and is not."""
    seen = set()
    people = [(as_person(who), ("GET", "POST", "DELETE")) for who in (None, cast.alice)]
    people.append((as_person(cast.alice, enforce_csrf_checks=True), ("POST",)))
    there = {"slug": line.slug, "colour": "0b6b66", "object_id": cast.alice.pk}
    for address in addresses():
        for path in {address.path(), address.path(**there)}:
            for client, methods in people:
                for method in methods:
                    answer = client.generic(method, path, **SECURE)
                    check(answer, (method, path, answer.status_code), address.route)
                    seen.add(answer.status_code)
    assert {200, 302, 400, 401, 403, 404, 405} <= seen


def test_a_frame_is_for_the_websites_of_its_line(client, cast, line):
    Line.objects.create(slug="family", team=cast.crawl, mode=Line.Mode.OPEN, titles={"en": "Family line"})
    shown = policy_of(client.get("/chat/youth/frame/"))["frame-ancestors"]
    other = policy_of(client.get("/chat/family/frame/"))["frame-ancestors"]
    assert (shown, other) == ({"'self'", "https://school.example"}, {"'self'"})


@pytest.mark.parametrize("development", [False, True])
def test_what_breaks_answers_as_strictly(settings, client, monkeypatch, development):
    settings.DEBUG = development

    def fail(*_arguments, **_more):
        raise RuntimeError

    monkeypatch.setattr("chat.views.page.state_of", fail)
    monkeypatch.setattr("chat.models.Line.objects", type("Lines", (), {"filter": fail}))
    client.raise_request_exception = False
    answer = client.get("/chat/youth/", **SECURE)
    assert answer.status_code == 500
    assert_strict(answer, "500")
    answer = client.get("/no/such/page/", **SECURE)
    assert answer.status_code == 404
    assert_strict(answer, "404")


def test_a_request_for_another_host_is_answered_strictly(client):
    answer = client.get("/", secure=True, headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert_strict(answer, "another host")


def test_plain_http_is_sent_away(settings, client):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/", headers={"host": "localhost"})
    assert (answer.status_code, answer["Location"]) == (301, "https://localhost/")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["widget.js", "js/app.js", "css/base.css", "img/hotline.svg"])
def test_a_file_answers_as_strictly_and_may_be_loaded_by_the_widget_s_websites(client, path):
    answer = client.get(f"/static/{path}", **SECURE)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert_strict(answer, path, public=True)


def test_a_file_that_a_browser_has_already_keeps_what_was_said_with_it(client):
    first = client.get("/static/widget.js", **SECURE)
    again = client.get("/static/widget.js", headers={"If-None-Match": first["ETag"]}, **SECURE)
    assert again.status_code == 304
    assert "Cross-Origin-Resource-Policy" not in again and "Content-Security-Policy" not in again


@pytest.mark.parametrize(("method", "status"), [("GET", 401), ("POST", 401), ("PUT", 401)])
async def test_a_long_poll_answers_strictly(method, status):
    scope = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": "/chat/api/rooms/nothing/events/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"authorization", b"Bearer nothing")],
    }
    caller = ApplicationCommunicator(asgi.application, scope)
    await caller.send_input({"type": "http.request", "body": b""})
    start = await caller.receive_output(timeout=60)
    assert start["status"] == status
    assert_strict(CaseInsensitiveMapping({name.decode(): value.decode() for name, value in start["headers"]}), method)
