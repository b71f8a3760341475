import pytest
from django.core.exceptions import ImproperlyConfigured

from hotline.lib import environment as env


@pytest.fixture
def given(monkeypatch):
    def set_variable(value):
        monkeypatch.setenv("HOUSE_NUMBER", value)

    monkeypatch.delenv("HOUSE_NUMBER", raising=False)
    return set_variable


READERS = {
    "text": lambda **more: env.text("HOUSE_NUMBER", holds="the number of the house", **more),
    "flag": lambda **more: env.flag("HOUSE_NUMBER", holds="the number of the house", **more),
    "number": lambda **more: env.number("HOUSE_NUMBER", holds="the number of the house", **more),
    "choice": lambda **more: env.choice("HOUSE_NUMBER", ["4", "5"], holds="the number of the house", **more),
    "items": lambda **more: env.items("HOUSE_NUMBER", holds="the number of the house", **more),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_variable_is_named_with_what_it_should_hold_in_one_line(given, reader, value):
    if value is not None:
        given(value)
    with pytest.raises(ImproperlyConfigured) as error:
        reader()
    assert str(error.value) == "HOUSE_NUMBER is not set: it should hold the number of the house."


@pytest.mark.parametrize("reader", ["flag", "number", "choice"])
def test_a_wrong_value_is_refused_and_not_repeated(given, reader):
    given("s3cret")
    with pytest.raises(ImproperlyConfigured) as error:
        READERS[reader]()
    assert "HOUSE_NUMBER" in str(error.value)
    assert "the number of the house" in str(error.value)
    assert "s3cret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "reader, default", [("text", "a"), ("flag", True), ("number", 7), ("choice", "5"), ("items", ["a"])]
)
def test_the_default_stands_in(given, reader, default):
    assert READERS[reader](default=default) == default
    given("")
    assert READERS[reader](default=default) == default


@pytest.mark.parametrize(
    "value, meant",
    [("1", True), ("true", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False), ("no", False)],
)
def test_flags_are_read_as_people_write_them(given, value, meant):
    given(value)
    assert READERS["flag"]() is meant


def test_text_is_trimmed(given):
    given("  here ")
    assert READERS["text"]() == "here"


def test_items_are_trimmed_and_empty_ones_dropped(given):
    given("a.example , b.example,,")
    assert READERS["items"]() == ["a.example", "b.example"]


@pytest.mark.parametrize("value, fits", [("0", False), ("1", True), ("72", True), ("73", False), ("-1", False)])
def test_numbers_keep_their_bounds(given, value, fits):
    given(value)
    if fits:
        assert env.number("HOUSE_NUMBER", minimum=1, maximum=72) == int(value)
    else:
        with pytest.raises(ImproperlyConfigured, match="a whole number from 1 up to 72"):
            env.number("HOUSE_NUMBER", minimum=1, maximum=72)


def test_numbers_are_not_negative_unless_said(given):
    given("-5")
    with pytest.raises(ImproperlyConfigured):
        env.number("HOUSE_NUMBER")
    assert env.number("HOUSE_NUMBER", minimum=None) == -5


def test_the_mail_server_comes_out_of_one_address():
    mail = env.email("smtp://cora%40example.org:p%3Aw@mail.example.org")
    assert mail["EMAIL_HOST"] == "mail.example.org"
    assert mail["EMAIL_PORT"] == 587
    assert mail["EMAIL_HOST_USER"] == "cora@example.org"
    assert mail["EMAIL_HOST_PASSWORD"] == "p:w"
    assert (mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (True, False)


def test_smtps_is_encrypted_from_the_start():
    mail = env.email("smtps://mail.example.org")
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (465, False, True)


def test_only_this_machine_is_spoken_to_in_the_clear():
    assert env.email("smtp://127.0.0.1:1025")["EMAIL_USE_TLS"] is False
    assert env.email("smtp://10.0.0.1:1025")["EMAIL_USE_TLS"] is True


def test_console_prints():
    assert env.email("console://")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["", "mail.example.org", "smtp://", "http://mail.example.org", "smtp://mail:99999"])
def test_a_wrong_mail_address_is_refused_by_name(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env.email(url)


def test_what_a_number_could_have_been_is_known_afterwards(given, monkeypatch):
    monkeypatch.setattr(env, "BOUNDS", {})
    given("5")
    env.number("HOUSE_NUMBER", default=7, maximum=14)
    assert env.BOUNDS["HOUSE_NUMBER"] == env.Bounds(default=7, minimum=0, maximum=14)


TABLE = {"log-in": [(5, 60), (30, 900)], "offer-link": [(30, 300)]}


def test_a_table_of_limits_takes_what_is_named_and_keeps_the_rest(monkeypatch):
    monkeypatch.setenv("LIMITS", "log-in=10/60+100/900, offer-link=1/1")
    assert env.limits("LIMITS", TABLE) == {"log-in": [(10, 60), (100, 900)], "offer-link": [(1, 1)]}
    monkeypatch.delenv("LIMITS")
    assert env.limits("LIMITS", TABLE) == TABLE


@pytest.mark.parametrize(
    "value", ["log-in", "log-in=5", "log-in=0/60", "log-in=5/0", "log-in=5/60+", "log-in=-1/2", "x=1/2"]
)
def test_a_limit_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("LIMITS", value)
    with pytest.raises(ImproperlyConfigured, match="LIMITS has a value that does not fit: .*log-in, offer-link"):
        env.limits("LIMITS", TABLE)
