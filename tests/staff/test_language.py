"""Everybody reads their own language: the account's, else the browser's."""

import pytest
from django.test import Client

from hotline.staff.models import User

pytestmark = pytest.mark.django_db


def test_a_page_speaks_the_language_of_the_account(cast, as_person):
    person = cast.person("somebody", language="uk")
    answer = as_person(person, HTTP_ACCEPT_LANGUAGE="de").get("/")
    assert answer["Content-Language"] == "uk"
    assert '<html lang="uk"' in answer.content.decode()


def test_whoever_has_no_account_gets_the_browser_s(client):
    assert client.get("/accounts/login/", headers={"accept-language": "nb"})["Content-Language"] == "nb"


def test_the_choice_is_kept_in_the_account(cast, as_person):
    client = as_person(cast.vera)
    answer = client.post("/i18n/setlang/", {"language": "de", "next": "/admin/"})
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert User.objects.get(pk=cast.vera.pk).language == "de"
    # On another machine, where no cookie knows of it:
    assert as_person(User.objects.get(pk=cast.vera.pk)).get("/")["Content-Language"] == "de"


def test_without_an_account_the_choice_is_kept_in_a_cookie(client):
    client.post("/i18n/setlang/", {"language": "ru", "next": "/accounts/login/"})
    assert client.get("/accounts/login/")["Content-Language"] == "ru"


@pytest.mark.parametrize("language", ["xx", "", "en' OR 1", "d" * 500])
def test_an_unknown_language_changes_nothing(cast, as_person, language):
    client = as_person(cast.vera)
    assert client.post("/i18n/setlang/", {"language": language}).status_code == 302
    assert User.objects.get(pk=cast.vera.pk).language == "en"


def test_it_goes_back_to_our_own_pages_only(cast, as_person):
    answer = as_person(cast.vera).post("/i18n/setlang/", {"language": "de", "next": "https://evil.example/"})
    assert answer.url == "/"


def test_a_link_changes_no_language(cast, as_person):
    assert as_person(cast.vera).get("/i18n/setlang/?language=de").status_code == 405


def test_a_form_from_elsewhere_changes_no_language(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.vera)
    assert client.post("/i18n/setlang/", {"language": "de"}).status_code == 403
