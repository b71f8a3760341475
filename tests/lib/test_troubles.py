"""What does not work is told in words, in the reader's language, with a code that stands in the log's line too."""

import logging

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils.translation import override
from django.views.decorators.http import require_POST

from hotline.lib.throttle import TooOften, limited
from hotline.lib.troubles import HEADER, TROUBLES, told
from hotline.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

LANGUAGES = ["en", "de", "nb", "uk", "ru"]
# Django's own, whatever we answer.
STATUS_IN_DEVELOPMENT = {"too_large": 400, "away": 500}
SECRET = "a secret of the program"
RAISED = {
    "bad_request": BadRequest(SECRET),
    "suspicious": SuspiciousOperation(SECRET),
    "too_large": RequestDataTooBig(SECRET),
    "forbidden": PermissionDenied(SECRET),
    "not_found": Http404(SECRET),
    "too_many": TooOften(60),
    "failed": IntegrityError(SECRET),
    "away": OperationalError(SECRET),
}


def fails(request, name):
    local_variable = SECRET
    raise RAISED[local_variable and name]


@limited("one")
def wish(request):
    return HttpResponse(f"Wished for {', '.join(request.POST.getlist('what'))}")


urlpatterns = [
    path("fails/<str:name>/", fails),
    path("chat/api/fails/<str:name>/", fails),
    path("button/", require_POST(wish)),
    path("wish/", wish),
    path("", include("hotline.urls")),
]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = __name__
    settings.LIMITS = settings.LIMITS | {"one": [(1, 60)]}


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("development", [False, True])
@pytest.mark.parametrize("name", RAISED)
def test_whatever_is_raised_is_told_in_words_and_nothing_else(client, settings, caplog, name, development):
    settings.DEBUG = development
    answer = client.get(f"/fails/{name}/")
    trouble = TROUBLES["bad_request" if name == "suspicious" else name]
    status = STATUS_IN_DEVELOPMENT.get(name) if development else None
    assert answer.status_code == (status or trouble.status)
    assert str(trouble.title) in answer.text and str(trouble.more) in answer.text
    assert "/static/css/base.css" in answer.text
    code = answer.headers.get(HEADER) or answer.wsgi_request.trouble
    assert code in answer.text
    assert code in {getattr(getattr(record, "request", None), "trouble", "") for record in caplog.records}
    for secret in (SECRET, "Traceback", "local_variable", "SECRET_KEY", "hotline.urls", "DEBUG"):
        assert secret not in answer.text


@pytest.mark.parametrize("development", [False, True])
def test_an_address_that_there_is_not_is_told_alike(client, settings, development):
    settings.DEBUG = development
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert str(TROUBLES["not_found"].title) in answer.text and "urlpatterns" not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_the_language_of_the_browser(client, language):
    answer = client.get("/fails/failed/", headers={"accept-language": language})
    assert f'<html lang="{language}"' in answer.text
    with override(language):
        assert str(TROUBLES["failed"].title) in answer.text


def test_a_part_of_a_page_is_told_as_a_part(client):
    answer = client.get("/fails/failed/", headers={"hx-request": "true"})
    assert answer.text.startswith("<section") and str(TROUBLES["failed"].title) in answer.text
    assert answer[HEADER] in answer.text


@pytest.mark.parametrize(
    ("address", "headers"), [("/chat/api/fails/", {"accept": "*/*"}), ("/fails/", {"accept": "application/json"})]
)
def test_a_program_is_told_in_json(client, address, headers):
    answer = client.get(f"{address}away/", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json() == {"code": "away", "detail": str(TROUBLES["away"].words), "trouble": answer[HEADER]}


def test_two_troubles_have_two_codes(client):
    assert client.get("/fails/failed/")[HEADER] != client.get("/fails/failed/")[HEADER]


def test_without_a_database_it_is_told_all_the_same(client, django_assert_num_queries, db, as_person, cast):
    vera = as_person(cast.vera, raise_request_exception=False)
    with django_assert_num_queries(0):
        assert client.get("/fails/away/").status_code == 503
    with pytest.MonkeyPatch.context() as patch:

        def gone(*_given, **_more):
            raise OperationalError(SECRET)

        patch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
        answer = vera.get("/")
    assert answer.status_code == 503
    assert str(TROUBLES["away"].title) in answer.text and SECRET not in answer.text


def test_without_its_files_it_is_told_without_style(client, settings):
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    answer = client.get("/fails/failed/")
    assert answer.status_code == 500
    assert str(TROUBLES["failed"].title) in answer.text and answer[HEADER] in answer.text
    assert "/static/" not in answer.text


def test_an_address_of_a_button_says_so(client):
    answer = client.get("/button/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert str(TROUBLES["button_only"].title) in answer.text


def test_a_form_from_elsewhere_is_told_what_to_do(caplog):
    answer = Client(enforce_csrf_checks=True).post("/wish/", {"what": "a lamp"})
    assert answer.status_code == 403
    assert str(TROUBLES["stale_form"].title) in answer.text and answer[HEADER] in answer.text


def test_whoever_has_to_wait_loses_nothing_that_was_typed(client, cache_in_memory, settings):
    client.post("/wish/", {"what": "a lamp"})
    answer = client.post("/wish/?from=here", {"what": ['"two" <lamps>', "oil"]})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "Please wait" in answer.text and 'action="/wish/?from=here"' in answer.text
    assert answer.text.count('name="what"') == 2 and "&quot;two&quot; &lt;lamps&gt;" in answer.text
    settings.LIMITS = settings.LIMITS | {"one": [(9, 60)]}
    assert client.post("/wish/", {"what": "oil"}).text == "Wished for oil"


def test_a_password_is_not_repeated_in_a_page(client, cache_in_memory):
    client.post("/wish/", {})
    answer = client.post("/wish/", {"password1": SECRET, "what": "a lamp"})
    assert answer.status_code == 429 and "a lamp" not in answer.text and SECRET not in answer.text


def test_a_page_that_breaks_while_it_tells_of_trouble_is_noted(rf, caplog, monkeypatch):
    def broken(template, *_given):
        if template == "trouble.html":
            raise ValueError(SECRET)
        return "plain"

    monkeypatch.setattr("hotline.lib.troubles.render_to_string", broken)
    with caplog.at_level(logging.ERROR):
        assert told(rf.get("/"), "failed").text == "plain"
    assert "ValueError" in caplog.text and SECRET not in caplog.text
