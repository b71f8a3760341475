"""A right that goes while somebody fills in a form: they are told, nothing is changed, and nothing they wrote is lost."""

import pytest
from django.urls import reverse

from hotline.staff.models import User

pytestmark = pytest.mark.django_db

WRITTEN = {"username": "vera", "alias": "Vera of the <long> nights", "language": "de", "spoken_languages": ["uk"]}


def test_what_was_written_stands_on_the_page_that_refuses_it(cast, as_person):
    client = as_person(cast.ada)
    page = reverse("admin:staff_user_change", args=[cast.vera.pk])
    assert client.get(page).status_code == 200
    cast.ada.groups.set(cast.cora.groups.all())
    answer = client.post(page, WRITTEN)
    shown = answer.content.decode()
    assert answer.status_code == 403 and "You may not do this" in shown
    assert "Vera of the &lt;long&gt; nights</textarea>" in shown
    assert User.objects.get(pk=cast.vera.pk).alias == "Vera"


def test_a_password_is_never_repeated(cast, as_person):
    client = as_person(cast.cora)
    page = reverse("admin:staff_user_change", args=[cast.vera.pk])
    shown = client.post(page, WRITTEN | {"password": "four calm words here"}).content.decode()
    assert "four calm words here" not in shown


def test_a_form_from_elsewhere_shows_nothing_of_what_it_brought(cast, as_person):
    client = as_person(cast.cora, enforce_csrf_checks=True)
    answer = client.post(reverse("admin:staff_user_change", args=[cast.vera.pk]), {"alias": "ring this number now"})
    assert answer.status_code == 403 and "ring this number now" not in answer.content.decode()


def test_the_desk_refuses_and_its_draft_can_still_be_opened(cast, as_person):
    client = as_person(cast.vera)
    client.get(reverse("dispatch:desk"))
    key = client.session["draft_key"]
    cast.vera.groups.clear()
    assert client.post("/desk/requests/send/", {"note": "a long story"}).status_code in (403, 404)
    assert client.session["draft_key"] == key


def test_a_right_that_goes_while_one_proves_who_one_is(cast, as_person, settings):
    """Between the question and the password: see also test_reauthentication."""
    client = as_person(cast.ada)
    settings.REAUTHENTICATION_MINUTES = 0
    asked = client.post(reverse("admin:staff_user_change", args=[cast.vera.pk]), WRITTEN)
    settings.REAUTHENTICATION_MINUTES = 5
    cast.ada.groups.set(cast.cora.groups.all())
    answer = client.post(asked.url, {"password": cast.password})
    assert answer.status_code == 403 and "Vera of the &lt;long&gt; nights" in answer.content.decode()
