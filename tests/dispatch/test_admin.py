"""The admin: representatives see theirs, supervisors their team's, administrators the registry, nobody a contact."""

import pytest
from django.urls import reverse

from hotline.dispatch.actions import offers
from hotline.dispatch.models import HelpRequest, Offer
from tests.support.registry import CONTACT, offer_of, voice_of

OFFERS = "/admin/dispatch/offer/"
REQUESTS = "/admin/dispatch/helprequest/"


@pytest.fixture
def two(registry):
    """Two coordinators for food in Kharkiv."""
    return [registry.coordinator((registry.food, registry.kharkiv), name=f"Helpers {n}") for n in (1, 2)]


@pytest.fixture
def offered(registry, vera_takes, two):
    return vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.")


@pytest.fixture
def representative(cast, two, as_person):
    """A Client of somebody who may act for the first coordinator, and for nobody else."""
    return as_person(cast.person("representative", represents=[two[0]]))


def do(client, offer, name, **data):
    return client.post(reverse("admin:dispatch_offer_button", args=[offer.pk, name]), data)


def test_a_representative_sees_their_offers_and_no_other(representative, offered, two):
    mine, theirs = (offer_of(offered, one) for one in two)
    page = representative.get(OFFERS).content.decode()
    assert mine.reference in page and theirs.reference not in page
    assert representative.get(f"{OFFERS}{mine.pk}/change/").status_code == 200
    assert representative.get(f"{OFFERS}{theirs.pk}/change/").status_code == 404
    assert do(representative, theirs, "accept").status_code == 404
    assert offer_of(offered, two[1]).state == Offer.State.OFFERED


def test_a_representative_accepts_opens_and_finishes(representative, offered, two):
    mine = offer_of(offered, two[0])
    answer = do(representative, mine, "accept")
    assert answer.status_code == 302 and "/o/" in answer.url
    offered.refresh_from_db()
    assert offered.state == HelpRequest.State.ACCEPTED
    again = do(representative, mine, "open_contact")
    opened = representative.post(again.url.replace("http://localhost:8000", "") + "contact/")
    assert CONTACT["phone"] in opened.content.decode()
    do(representative, mine, "finish", outcome="helped")
    offered.refresh_from_db()
    assert (offered.state, offered.outcome) == ("done", "helped")


def test_a_representative_declines_asks_and_hands_back(representative, offered, two):
    mine = offer_of(offered, two[0])
    do(representative, mine, "ask", ready="how_many", text="")
    assert mine.questions.count() == 1
    do(representative, mine, "decline", reason="unsafe")
    assert offer_of(offered, two[0]).decline_reason == "unsafe"
    do(representative, mine, "accept")
    do(representative, mine, "hand_back")
    offered.refresh_from_db()
    assert (offered.state, offered.round) == ("offering", 2)


def test_accepting_what_is_taken_is_said_in_words(representative, offered, two):
    mine = offer_of(offered, two[0])
    offers.accept(voice_of(two[1]), offer_of(offered, two[1]))
    answer = representative.post(reverse("admin:dispatch_offer_button", args=[mine.pk, "accept"]), follow=True)
    assert "already being handled" in answer.content.decode()


def test_what_is_over_is_emptied(representative, offered, two):
    mine = offer_of(offered, two[0])
    Offer.objects.filter(pk=mine.pk).update(state=Offer.State.TAKEN)
    page = representative.get(f"{OFFERS}{mine.pk}/change/").content.decode()
    assert "Food" not in page and "Харків" not in page


@pytest.mark.parametrize("name", ["vera", "viktor", "cora", "ada", "alice"])
def test_without_the_permission_on_the_coordinator_there_are_no_offers(name, cast, as_person, offered, two):
    client = as_person(getattr(cast, name))
    assert client.get(OFFERS).status_code in (403, 404)
    mine = offer_of(offered, two[0])
    assert client.get(f"{OFFERS}{mine.pk}/change/").status_code in (403, 404)
    assert do(client, mine, "accept").status_code in (403, 404)


def test_supervisors_see_waves_and_nobody_asked(cast, as_person, offered, two):
    client = as_person(cast.cora)
    pages = client.get(REQUESTS).content.decode() + client.get(f"{REQUESTS}{offered.pk}/change/").content.decode()
    assert offered.code in pages
    for hidden in (two[0].name, two[0].code, CONTACT["phone"], "Ground floor"):
        assert hidden not in pages


@pytest.mark.parametrize("name", ["vera", "viktor", "ada"])
def test_who_does_not_supervise_the_team_sees_no_request(name, cast, as_person, offered):
    client = as_person(getattr(cast, name))
    assert client.get(f"{REQUESTS}{offered.pk}/change/").status_code in (403, 404)
    assert offered.code not in client.get(REQUESTS).content.decode()


def test_states_are_read_only(cast, as_person, offered):
    client = as_person(cast.cora)
    client.post(f"{REQUESTS}{offered.pk}/change/", {"state": "done"})
    offered.refresh_from_db()
    assert offered.state == HelpRequest.State.OFFERING


def test_a_dry_run_shows_the_order_and_the_reasons_and_takes_nothing(cast, as_person, registry, two):
    registry.coordinator((registry.food, registry.kharkiv), capacity=1, open_requests=1)
    query = {"category": registry.food.pk, "place": registry.kharkiv.pk, "urgency": "today"}
    page = as_person(cast.ada).get(f"{REQUESTS}where-to/", query).content.decode()
    assert two[0].name in page and two[1].name in page
    assert "no capacity left: 1" in page
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize("name", ["vera", "viktor", "cora"])
def test_a_dry_run_is_for_the_registrys_keepers_alone(name, cast, as_person, registry):
    assert as_person(getattr(cast, name)).get(f"{REQUESTS}where-to/").status_code in (403, 404)


def test_a_dry_run_without_kind_or_place_says_what_is_missing(cast, as_person, registry):
    page = as_person(cast.ada).get(f"{REQUESTS}where-to/", {"urgency": "today"}).content.decode()
    assert "Choose a kind of help from the list" in page and "Choose a place from the list" in page


def test_lists_ask_as_many_queries_for_one_row_as_for_thirty(cast, as_person, registry, two, same_queries):
    client = as_person(cast.person("rep", represents=[two[0]]))
    same_queries(
        lambda number: registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv),
        lambda: client.get(OFFERS),
    )


def test_the_supervisors_list_asks_as_many_queries_for_one_row_as_for_thirty(
    cast, as_person, registry, two, same_queries
):
    client = as_person(cast.cora)
    same_queries(
        lambda number: registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv),
        lambda: client.get(REQUESTS),
    )
