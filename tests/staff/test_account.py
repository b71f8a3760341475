"""One's own account: the password, where one is logged in, and nobody else's (ASVS 6.2.2, 6.2.3, 7.4.2, 7.4.3, 7.5.2)."""

import pytest
from allauth.account.models import EmailAddress

from hotline.outbox.models import Message
from hotline.staff.actions import one_time_codes
from hotline.staff.actions.people import disable
from hotline.staff.models import AuditEntry, Kind, OneTimeCode, Session, User

pytestmark = pytest.mark.django_db

WORDS = "a river under seven moons"
PASSWORD = "/accounts/password/"


@pytest.fixture(autouse=True)
def no_address_in_the_library():
    yield
    assert not EmailAddress.objects.exists()


def is_in(client):
    return client.get("/").status_code == 200


def change(client, present, password=WORDS, again=None):
    return client.post(PASSWORD, {"present": present, "password": password, "again": again or password})


def test_a_new_password_ends_the_others_and_keeps_this_one(cast, as_person):
    here, phone, other = as_person(cast.vera), as_person(cast.vera), as_person(cast.viktor)
    here.post("/accounts/device/", {"device": "desk by the window"})
    assert change(here, cast.password).url == "/accounts/"
    assert is_in(here) and not is_in(phone) and is_in(other)
    assert Session.objects.filter(user=cast.vera).count() == 1
    assert "desk by the window" in here.get("/accounts/").content.decode()
    assert AuditEntry.objects.filter(action="account.password_changed", subject="Vera").exists()
    assert Message.objects.get(purpose="account").address() == "vera@example.org"


def test_the_present_password_is_asked_for_however_fresh_the_log_in(cast, as_person, cache_in_memory):
    client = as_person(cast.vera)
    assert [change(client, "wrong").status_code for _try in range(6)] == [200] * 5 + [429]
    assert User.objects.get(pk=cast.vera.pk).check_password(cast.password)


@pytest.mark.parametrize("bad", ["short", "password1234", "volunteer-of-nights"])
def test_the_rules_stand_there_and_are_kept(cast, as_person, bad, settings):
    person = cast.person("volunteer-of-the-night", alias="Volker")
    client = as_person(person)
    assert f"At least {settings.PASSWORD_LENGTH} characters" in client.get(PASSWORD).content.decode()
    assert change(client, cast.password, bad).status_code == 200
    assert User.objects.get(pk=person.pk).check_password(cast.password)


def test_the_page_tells_whose_it_is_and_nothing_of_others(cast, as_person):
    as_person(cast.viktor)
    page = as_person(cast.vera).get("/accounts/").content.decode()
    assert "Vera" in page and "Viktor" not in page
    assert page.count("A device without a name") == 1
    assert "example.org" not in page


def test_one_device_is_logged_out_by_its_row(cast, as_person):
    here, phone = as_person(cast.vera), as_person(cast.vera)
    row = next(one.row for one in here.get("/accounts/").context["log_ins"] if not one.here)
    assert here.get(f"/accounts/sessions/{row.pk}/end/").status_code == 405
    here.post(f"/accounts/sessions/{row.pk}/end/")
    assert is_in(here) and not is_in(phone)
    assert AuditEntry.objects.filter(action="account.session_ended").count() == 1
    here.post(f"/accounts/sessions/{row.pk}/end/")
    assert AuditEntry.objects.filter(action="account.session_ended").count() == 1


def test_nobody_logs_out_somebody_else(cast, as_person):
    victim = as_person(cast.vera)
    row = Session.objects.get(user=cast.vera)
    for who in (cast.viktor, cast.ada):
        as_person(who).post(f"/accounts/sessions/{row.pk}/end/")
        as_person(who).post("/accounts/sessions/end/")
    assert is_in(victim)


def test_all_others_are_logged_out_at_once(cast, as_person):
    here, others = as_person(cast.vera), [as_person(cast.vera) for _one in range(3)]
    here.post("/accounts/sessions/end/")
    assert is_in(here) and not any(map(is_in, others))


def test_the_name_of_a_device_is_sealed(cast, as_person, marked):
    mark = marked()
    client = as_person(cast.vera)
    client.post("/accounts/device/", {"device": str(mark)})
    assert str(mark) in client.get("/accounts/").content.decode()
    assert str(mark).encode() not in bytes(Session.objects.get().sealed_data)


def test_disabling_ends_every_session_and_every_way_in(cast, as_person):
    client = as_person(cast.vera)
    one_time_codes.issue_link(Kind.PASSWORD, cast.vera, None)
    disable(cast.ada, cast.vera)
    assert not is_in(client)
    assert not Session.objects.filter(user=cast.vera).exists() and not OneTimeCode.objects.exists()


@pytest.mark.parametrize("page", ["", "password/", "set-up/app/", "set-up/passkey/", "set-up/codes/", "help/"])
def test_without_a_log_in_there_is_no_account(client, page):
    assert client.get(f"/accounts/{page}").url.startswith("/accounts/login/")


@pytest.mark.parametrize("page", ["signup/", "email/", "password/reset/", "password/set/", "inactive/", "login/code/"])
def test_the_library_s_other_pages_do_not_exist(client, page):
    assert client.get(f"/accounts/{page}").status_code == 404


def test_the_list_asks_as_often_for_many_devices_as_for_one(cast, as_person, same_queries):
    client = as_person(cast.vera)
    same_queries(lambda number: as_person(cast.vera), lambda: client.get("/accounts/"))


@pytest.mark.parametrize("language", ["de", "nb", "uk", "ru", "en"])
def test_the_language_is_chosen_before_the_log_in(client, language):
    client.post("/i18n/setlang/", {"language": language, "next": "/accounts/login/"})
    for page in ("/accounts/login/", "/accounts/forgotten/", "/invitation/"):
        assert client.get(page)["Content-Language"] == language
