"""The first page and the bar at the top: each sees what waits for them, and ways that are open to them."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(settings):
    """Only the cards of this test: a list to fill."""
    settings.HOME_CARDS = [f"{__name__}.some_cards"]
    SOME.clear()
    return SOME


SOME = []


def some_cards(request):
    return list(SOME)


def labels(response):
    return [str(entry["label"]) for entry in response.context["navigation"]()]


def test_home_asks_to_log_in_first(client):
    assert client.get("/").headers["Location"] == f"{reverse('account_login')}?next=/"


def test_nobody_gets_an_entry_without_log_in(client):
    assert labels(client.get(reverse("account_login"))) == []


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("vera", ["Requests"]),
        ("cora", ["Requests", "Administration"]),
        ("ada", ["Administration"]),
        ("alice", ["Requests", "Administration"]),
    ],
)
def test_the_bar_holds_what_one_may_use(cast, as_person, settings, name, entries):
    settings.SIMULATOR = False
    assert labels(as_person(getattr(cast, name)).get("/")) == entries


def test_somebody_without_role_and_grant_gets_no_entry(cast, as_person, settings):
    settings.SIMULATOR = False
    assert labels(as_person(cast.person("nobody")).get("/")) == []


def test_the_phones_of_the_demo_are_in_the_bar_of_the_demo(cast, as_person, settings):
    settings.SIMULATOR = True
    assert labels(as_person(cast.vera).get("/"))[-1] == "Demo phones"


def test_one_entry_at_most_is_the_current_one(cast, as_person):
    response = as_person(cast.ada).get("/admin/")
    current = [str(entry["label"]) for entry in response.context["navigation"]() if entry["current"]]
    assert current == ["Administration"]


def test_the_most_pressing_card_comes_first(cast, as_person, cards):
    cards += [
        {"title": "Calm"},
        {"title": "Waits", "tone": "waiting"},
        None,
        {"title": "Burns", "tone": "urgent", "topics": ["b", "a"]},
    ]
    response = as_person(cast.vera).get("/")
    assert [card["title"] for card in response.context["cards"]] == ["Burns", "Waits", "Calm"]
    assert 'data-ring="a b"' in response.content.decode()


def test_home_says_so_when_nothing_waits(cast, as_person, cards):
    assert "Nothing waits for you" in as_person(cast.vera).get("/").content.decode()


def test_what_a_card_says_is_text(cast, as_person, cards):
    cards += [{"title": "<img src=x onerror=alert(1)>", "rows": [{"text": "<script>alert(1)</script>"}]}]
    page = as_person(cast.vera).get("/").content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
