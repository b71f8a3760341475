"""The second factor: set up, asked for, used once; kept so that a thief of the database has nothing of it."""

import datetime
import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from hotline.outbox.models import Message
from hotline.staff.actions import factors
from hotline.staff.actions.factors import WrongCode
from hotline.staff.models import AuditEntry, OneTimeCode
from tests.support.factors import SECRET, code_of, give_app, secret_on

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 4, 12, 0, tzinfo=datetime.UTC)
LOG_IN, STEP, CODES = "/accounts/login/", "/accounts/second-step/", "/accounts/set-up/codes/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def no_address_in_the_library():
    """After every flow: e-mail addresses live sealed in our own table, never in that of the library."""
    yield
    assert not EmailAddress.objects.exists()


def begin(person, cast, **more):
    """A client that has typed user name and password."""
    client = Client()
    answer = client.post(LOG_IN, {"username": person.username, "password": cast.password, **more})
    return client, answer


def is_in(client):
    return client.get("/").status_code == 200


def test_without_a_second_factor_the_password_is_enough_where_none_is_asked_for(cast):
    cast.vera.save()
    client, answer = begin(cast.vera, cast)
    assert answer.url == "/" and is_in(client)


def test_the_app_is_set_up_on_one_s_own_account_and_asked_for_from_then_on(cast, as_person):
    client = as_person(cast.vera)
    secret = secret_on(client.get("/accounts/set-up/app/"))
    assert client.get("/accounts/set-up/app/").content.count(secret[:4].encode()), "a reload shows the same one"
    done = client.post("/accounts/set-up/app/", {"code": code_of(secret)})
    assert done.url == CODES
    codes = client.get(CODES).context["codes"]
    assert len(codes) == len(set(codes)) == 10
    assert client.post(CODES).url == "/accounts/"
    assert client.get(CODES).url == "/accounts/", "they are shown once"
    other, answer = begin(cast.vera, cast, next="/alarms/")
    assert answer.url == STEP and not is_in(other)
    assert other.post(STEP, {"code": code_of(secret, 1)}).url == "/alarms/"
    assert is_in(other)


def test_a_code_that_does_not_fit_sets_nothing_up(cast, as_person):
    client = as_person(cast.vera)
    secret = secret_on(client.get("/accounts/set-up/app/"))
    for wrong in ("000000", "", "12", "١٢٣٤٥٦", code_of(secret, -5)):
        answer = client.post("/accounts/set-up/app/", {"code": wrong})
        assert answer.status_code == 200 and secret_on(answer) == secret
    assert not Authenticator.objects.exists()


def test_a_code_works_once(cast, clock):
    """ASVS 6.5.1: also where it is sent twice, and for nobody who looked over the shoulder."""
    give_app(cast.vera)
    code = code_of()
    client, _answer = begin(cast.vera, cast)
    assert client.post(STEP, {"code": code}).status_code == 302
    thief, _answer = begin(cast.vera, cast)
    assert thief.post(STEP, {"code": code}).status_code == 200
    assert thief.post(STEP, {"code": code_of(periods=-1)}).status_code == 200, "nor an older one"
    assert not is_in(thief)
    clock.shift(datetime.timedelta(seconds=30))
    assert thief.post(STEP, {"code": code_of()}).status_code == 302


@pytest.mark.parametrize(("periods", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(cast, clock, periods, good):
    """ASVS 6.5.5."""
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    assert (client.post(STEP, {"code": code_of(periods=periods)}).status_code == 302) is good


@pytest.mark.parametrize("gap", ["", " ", "-"])
def test_a_code_may_be_typed_with_gaps(cast, clock, gap):
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    code = code_of()
    assert client.post(STEP, {"code": f" {code[:3]}{gap}{code[3:]} "}).status_code == 302


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("0", "O")]
)
def test_a_recovery_code_works_once(cast, typed):
    """ASVS 6.5.2."""
    give_app(cast.vera)
    code = factors.new_recovery_codes(cast.vera)[3]
    client, _answer = begin(cast.vera, cast)
    assert client.post(STEP, {"code": typed(code)}).status_code == 302 and is_in(client)
    other, _answer = begin(cast.vera, cast)
    assert other.post(STEP, {"code": code}).status_code == 200
    assert factors.factors_of(cast.vera).codes_left == 9
    assert AuditEntry.objects.filter(action="account.recovery_code_used", subject="Vera").exists()


def test_new_recovery_codes_end_the_old_ones(cast, as_person):
    give_app(cast.vera)
    (old, *_others) = factors.new_recovery_codes(cast.vera)
    client = as_person(cast.vera)
    client.post(CODES, {"again": "1"})
    new = client.get(CODES).context["codes"][0]
    assert factors.use_code(cast.vera, old) is None
    assert factors.use_code(cast.vera, new) == "recovery"


def test_codes_of_others_open_nothing(cast):
    give_app(cast.vera)
    give_app(cast.viktor, secret=SECRET[::-1])
    (code, *_others) = factors.new_recovery_codes(cast.viktor)
    client, _answer = begin(cast.vera, cast)
    for foreign in (code, code_of(SECRET[::-1])):
        assert client.post(STEP, {"code": foreign}).status_code == 200
    assert factors.factors_of(cast.viktor).codes_left == 10


def test_the_second_step_is_nothing_without_the_first(client, cast):
    give_app(cast.vera)
    assert client.get(STEP).url == LOG_IN
    assert client.post(STEP, {"code": code_of()}).url == LOG_IN


def test_a_log_in_that_is_half_done_runs_out(cast, clock):
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    clock.shift(datetime.timedelta(minutes=16))
    assert client.post(STEP, {"code": code_of()}).url == LOG_IN
    assert not is_in(client)


def test_somebody_else_can_begin_anew(cast):
    give_app(cast.vera)
    cast.viktor.save()
    client, _answer = begin(cast.vera, cast)
    assert client.get(LOG_IN).url == STEP
    client.post("/accounts/logout/")
    assert client.get(LOG_IN).status_code == 200


def test_an_account_that_was_disabled_meanwhile_gets_no_further(cast):
    give_app(cast.vera)
    client, _answer = begin(cast.vera, cast)
    cast.vera.is_active = False
    cast.vera.save()
    client.post(STEP, {"code": code_of()})
    assert not is_in(client)


def test_the_secret_is_sealed_for_its_account(cast, as_person):
    """ASVS 14.2: what stands in the table opens nothing, and nothing of another account."""
    app = give_app(cast.vera)
    assert SECRET not in str(app.data)
    client = as_person(cast.viktor)
    client.get("/accounts/set-up/app/")
    Authenticator.objects.create(user=cast.viktor, type="totp", data=app.data)
    assert factors.use_code(cast.viktor, code_of()) is None
    assert factors.use_code(cast.vera, code_of()) == "totp"


def test_recovery_codes_are_kept_as_hashes(cast, marked):
    (code, *_others) = factors.new_recovery_codes(cast.vera)
    rows = OneTimeCode.objects.values_list("code_hash", flat=True)
    assert len(rows) == 10 and all(code.replace("-", "").encode() not in bytes(row) for row in rows)


def test_each_change_is_audited_and_told_to_the_owner(cast, as_person):
    client = as_person(cast.vera)
    secret = secret_on(client.get("/accounts/set-up/app/"))
    client.post("/accounts/set-up/app/", {"code": code_of(secret)})
    client.post(f"/accounts/factors/{Authenticator.objects.get().pk}/remove/")
    told = set(AuditEntry.objects.filter(actor=cast.vera, subject="Vera").values_list("action", flat=True))
    assert told == {"account.factor_added", "account.recovery_codes_made", "account.factor_removed"}
    assert Message.objects.filter(purpose="account", channel="email").count() == 2
    assert not OneTimeCode.objects.exists(), "codes alone are no second factor"


def test_nobody_removes_what_is_another_s(cast, as_person):
    app = give_app(cast.vera)
    assert as_person(cast.ada).post(f"/accounts/factors/{app.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_where_it_is_asked_for_the_last_one_stays(cast, as_person, settings):
    settings.STAFF_MFA_REQUIRED = True
    app = give_app(cast.vera)
    answer = as_person(cast.vera).post(f"/accounts/factors/{app.pk}/remove/", follow=True)
    assert "Add another one first" in answer.content.decode()
    assert Authenticator.objects.filter(pk=app.pk).exists()


@pytest.mark.parametrize("page", ["app", "passkey", "codes"])
def test_setting_up_asks_who_sits_there(cast, as_person, clock, page):
    client = as_person(cast.vera)
    clock.shift(datetime.timedelta(minutes=6))
    assert client.get(f"/accounts/set-up/{page}/").url.startswith("/accounts/again/")


def test_the_second_factor_proves_it_too(cast, as_person, clock):
    give_app(cast.vera)
    client = as_person(cast.vera)
    clock.shift(datetime.timedelta(minutes=6))
    asked = client.get("/accounts/set-up/passkey/").url
    other_way = "/accounts/again/code/?next=/accounts/set-up/passkey/"
    assert other_way.split("?")[0] in client.get(asked).content.decode()
    assert client.post(other_way, {"code": "000000"}).status_code == 200
    assert client.post(other_way, {"code": code_of()}).url == "/accounts/set-up/passkey/"
    assert client.get("/accounts/set-up/passkey/").status_code == 200


def test_what_one_person_began_to_set_up_another_does_not_see(cast):
    """At the same browser, in the same session before a log-in."""
    client = Client()
    client.force_login(cast.vera)
    secret = secret_on(client.get("/accounts/set-up/app/"))
    kept = {key: value for key, value in client.session.items() if key.startswith("new_")}
    client.logout()
    session = client.session
    session.update(kept)
    session.save()
    client.post(LOG_IN, {"username": cast.viktor.username, "password": cast.password})
    assert secret_on(client.get("/accounts/set-up/app/")) != secret


def race(*calls):
    start, results = threading.Barrier(len(calls)), []

    def run(call):
        try:
            start.wait(timeout=20)
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_of_many_who_use_one_code_at_once_one_gets_in(cast, kind):
    give_app(cast.vera)
    code = code_of() if kind == "totp" else factors.new_recovery_codes(cast.vera)[0]
    results = race(*[lambda: factors.use_code(cast.vera, code)] * 8)
    assert len(results) == 8 and results.count(kind) == 1, results


def test_the_wrong_first_code_is_refused_by_the_action_too(cast):
    with pytest.raises(WrongCode):
        factors.add_app(cast.vera, SECRET, "000000")


def guess(person, cast, times, network=0):
    """So many wrong codes, each from another network, by somebody who knows the password."""
    statuses = []
    for number in range(times):
        client = Client(REMOTE_ADDR=f"198.{network}.{number}.1")
        client.post(LOG_IN, {"username": person.username, "password": cast.password})
        statuses.append(client.post(STEP, {"code": "000000"}).status_code)
    return statuses


def test_whoever_s_second_step_is_guessed_is_told_once_in_a_while(cast, cache_in_memory, settings, clock):
    settings.LIMITS = {**settings.LIMITS, "second-step-anywhere": [(3, 3600)]}
    give_app(cast.vera)
    Message.objects.all().delete()
    assert guess(cast.vera, cast, 3) == [200] * 3 and not Message.objects.exists()
    assert guess(cast.vera, cast, 3, network=1) == [429] * 3
    letter = Message.objects.get()
    assert letter.address() == "vera@example.org" and "Choose a new password" in letter.content()["text"]
    line = AuditEntry.objects.get(action="account.second_step_guessed")
    assert (line.actor, line.subject) == (None, "Vera")
    clock.shift(datetime.timedelta(hours=1, seconds=1))
    guess(cast.vera, cast, 4, network=2)
    assert Message.objects.count() == 2


def test_whoever_has_no_address_or_gets_no_letter_is_guarded_as_well(cast, cache_in_memory, settings):
    settings.LIMITS = {**settings.LIMITS, "second-step-anywhere": [(1, 3600)]}
    silent = cast.person("silent", email="")
    for person in (cast.vera, silent):
        give_app(person)
        Message.objects.all().delete()
        guess(person, cast, 2)
        Message.objects.update(state="dead")
        assert guess(person, cast, 1, network=1) == [429]
    assert AuditEntry.objects.filter(action="account.second_step_guessed").count() == 2
