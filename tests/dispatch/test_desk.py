"""The desk's page: who comes in, what stands there, how little it asks, and what it never shows."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators.models import DirectoryEntry
from hotline.dispatch.actions import offers, questions
from hotline.dispatch.actions.tallies import fold
from hotline.dispatch.cards import MOST_CARDS
from hotline.dispatch.models import HelpRequest, OfferQuestion, Tally
from hotline.staff.models import Team
from tests.support.desk import press
from tests.support.leaks import Text
from tests.support.registry import offer_of, voice_of

DESK = "/desk/requests/"
# Every address of the desk but those of single cards, and how it is asked.
ADDRESSES = [
    ("get", "desk"),
    ("get", "cards"),
    ("get", "another"),
    ("get", "categories"),
    ("get", "places"),
    ("get", "directory"),
    ("post", "find"),
    ("post", "kind"),
    ("post", "draft"),
    ("post", "coverage"),
    ("post", "phone"),
    ("post", "moment"),
    ("post", "send"),
    ("post", "tally"),
]
CARD_ADDRESSES = ["cancel", "again", "keep", "note", "ring-back", "correct"]


@pytest.fixture
def people(cast, registry, as_person):
    """{name: Client} of everybody in the cast, of a representative and of nobody."""
    local_coordinator = registry.coordinator((registry.food, registry.kharkiv))
    representative = cast.person("speaker", represents=[local_coordinator])
    members = {name: getattr(cast, name) for name in ("vera", "viktor", "cora", "ada", "alice")}
    return {name: as_person(one) for name, one in {**members, "speaker": representative, "nobody": None}.items()}


@pytest.mark.parametrize(("method", "name"), ADDRESSES)
def test_the_desk_is_for_those_who_take_requests(people, method, name):
    address = reverse(f"dispatch:{name}")
    answers = {who: getattr(client, method)(address) for who, client in people.items()}
    for who in ("vera", "viktor", "cora", "alice"):
        assert answers[who].status_code in (200, 422), who
        assert "no-store" in answers[who]["Cache-Control"]
    assert answers["ada"].status_code == 403
    assert answers["speaker"].status_code == 403
    assert answers["nobody"].url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("name", CARD_ADDRESSES)
def test_a_card_belongs_to_its_team(people, vera_takes, registry, name):
    help_request = vera_takes(registry.food, registry.kharkiv)
    before = HelpRequest.objects.values().get()
    answers = {who: press(people[who], name, help_request) for who in ("viktor", "ada", "speaker", "nobody")}
    assert answers["viktor"].status_code == 404
    assert answers["ada"].status_code == answers["speaker"].status_code == 403
    assert answers["nobody"].url.startswith(reverse("account_login"))
    assert HelpRequest.objects.values().get() == before


def test_an_answer_belongs_to_its_team_and_its_request(people, vera_takes, registry, cast):
    help_request, other = (vera_takes(registry.food, registry.kharkiv) for _call in range(2))
    offer = help_request.offers.get()
    question = questions.ask(voice_of(offer.local_coordinator), offer, OfferQuestion.Ready.HOW_MANY)
    for who, code in (("viktor", 404), ("ada", 403)):
        assert press(people[who], "answer", help_request, question.pk, text="Three.").status_code == code
    assert press(people["vera"], "answer", other, question.pk, text="Three.").status_code == 404
    assert OfferQuestion.objects.get().answered_at is None


def test_buttons_are_never_pressed_by_a_link(people, vera_takes, registry):
    help_request = vera_takes(registry.food, registry.kharkiv)
    for name in CARD_ADDRESSES[:-1]:
        assert people["vera"].get(reverse(f"dispatch:{name}", args=[help_request.code])).status_code == 405
    assert people["vera"].get(reverse("dispatch:send")).status_code == 405


def test_another_site_presses_no_button(cast, as_person, vera_takes, registry):
    help_request = vera_takes(registry.food, registry.kharkiv)
    strict = as_person(cast.vera, enforce_csrf_checks=True)
    assert press(strict, "cancel", help_request).status_code == 403
    assert strict.post(reverse("dispatch:send"), {}).status_code == 403


def test_a_team_that_takes_no_requests_has_no_desk(cast, as_person):
    talkers = Team.objects.create(code="talk", name="Talk", takes_requests=False)
    person = cast.person("both", roles=["volunteer"], works_in=[talkers])
    assert as_person(person).get(DESK).status_code == 403


def test_a_colleague_sees_what_the_shift_before_took(people, vera_takes, registry):
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert help_request.code in people["alice"].get(DESK).text
    assert help_request.code in people["cora"].get(DESK).text
    assert help_request.code not in people["viktor"].get(DESK).text


def test_the_page_asks_as_little_with_thirty_cards_as_with_one(
    cast, as_person, vera_takes, registry, same_queries, django_assert_max_num_queries
):
    client = as_person(cast.vera)
    asking, _other = (registry.coordinator((registry.food, registry.kharkiv), capacity=99) for _one in range(2))

    def add(number):
        offer = offer_of(vera_takes(registry.food, registry.kharkiv), asking)
        questions.ask(voice_of(asking), offer, OfferQuestion.Ready.OTHER, "Are there dogs?")

    same_queries(add, lambda: client.get(DESK))
    with django_assert_max_num_queries(20):
        client.get(reverse("dispatch:cards"))


def test_the_cards_show_nobody_who_was_asked_and_no_contact(cast, as_person, registry, marked):
    """The mark is in the name, the code, the address and every text; it would be found, as the control shows."""
    name, phone, note, answer = (marked() for _kind in range(4))
    vera = as_person(cast.vera)
    first = registry.coordinator((registry.food, registry.kharkiv), name=name.text)
    second = registry.coordinator((registry.food, registry.kharkiv), name=name.text)
    contact = {"phone": phone.text, "name": phone.text, "address": phone.text, "consent": True}
    taken = {"contact": contact, "note": note.text, "answers": {"household": note.text}}
    open_one = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, **taken)
    offers.decline(voice_of(first), offer_of(open_one, first), "no_capacity")
    asked = questions.ask(voice_of(second), offer_of(open_one, second), OfferQuestion.Ready.HOW_MANY)
    press(vera, "answer", open_one, asked.pk, text=answer.text)
    in_hands = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, **taken)
    offers.accept(voice_of(first), offer_of(in_hands, first))
    seen = "".join(vera.get(reverse(f"dispatch:{page}")).text for page in ("desk", "cards"))
    assert open_one.code in seen and in_hands.code in seen
    endpoints = [one.address for one in (first.endpoints.get(), second.endpoints.get())]
    references = [offer.reference for one in (open_one, in_hands) for offer in one.offers.all()]
    for mark in (name, phone, note, answer):
        mark.assert_absent(Text(seen))
    for text in [first.code, second.code, str(first.pk), str(second.pk), *endpoints, *references]:
        marked(text).assert_absent(Text(seen))


def test_what_needs_somebody_stands_first_and_is_counted_in_the_title(cast, as_person, registry, vera_takes):
    registry.coordinator((registry.food, registry.kharkiv))
    alone = vera_takes(registry.medicine, registry.lviv)
    offered = vera_takes(registry.food, registry.kharkiv)
    page = as_person(cast.vera).get(DESK).text
    assert alone.state == "unanswered"
    assert page.index(alone.code) < page.index(offered.code)
    assert "<title>(1) Requests" in page
    part = as_person(cast.vera).get(reverse("dispatch:cards")).text
    assert part.startswith("<title>(1) Requests")


def test_more_than_the_desk_shows_are_counted_and_found_by_their_words(cast, as_person, registry, vera_takes):
    registry.coordinator((registry.food, registry.kharkiv), capacity=500)
    oldest = vera_takes(registry.food, registry.kharkiv)
    template = {field.attname: getattr(oldest, field.attname) for field in HelpRequest._meta.concrete_fields}
    rows = []
    for number in range(MOST_CARDS):
        own = {
            "id": None,
            "code": f"C{number:09}",
            "spoken_code_hash": None,
            "wrapped_key": None,
            "sealed_details": None,
        }
        rows.append(HelpRequest(**(template | own | {"created_at": timezone.now()})))
    HelpRequest.objects.bulk_create(rows)
    client = as_person(cast.vera)
    page = client.get(DESK).text
    assert f"{MOST_CARDS + 1} open" in page and "One more is open" in page
    assert oldest.code not in page
    words = oldest.details()["spoken_code"].replace("-", " ").upper()
    found = client.post(reverse("dispatch:find"), {"words": f" {words} "}).text
    assert found.index(oldest.code) < found.index("C0000")
    assert f"?first={oldest.code}" in found
    again = client.get(reverse("dispatch:cards"), {"first": oldest.code}).text
    assert oldest.code in again


@pytest.mark.parametrize("words", ["", "no such words", "x" * 5000])
def test_words_of_no_request_are_said_to_be_so(cast, as_person, vera_takes, registry, words):
    vera_takes(registry.food, registry.kharkiv)
    found = as_person(cast.vera).post(reverse("dispatch:find"), {"words": words})
    assert found.status_code == 200 and "No request has these words." in found.text


def test_words_of_another_team_open_no_card(cast, as_person, registry, vera_takes):
    help_request = vera_takes(registry.food, registry.kharkiv)
    words = help_request.details()["spoken_code"]
    found = as_person(cast.viktor).post(reverse("dispatch:find"), {"words": words}).text
    assert "Another team has it." in found and help_request.code not in found
    assert (
        help_request.code
        not in as_person(cast.viktor).get(reverse("dispatch:cards"), {"first": help_request.code}).text
    )


def test_an_empty_desk_says_what_comes_there(cast, as_person):
    assert "What you send stands here and changes by itself." in as_person(cast.vera).get(DESK).text


def test_the_key_of_drafts_lives_as_long_as_the_session(cast, as_person):
    def key(client):
        return client.get(DESK).text.split('data-draft-key="')[1].split('"')[0]

    client = as_person(cast.vera)
    first = key(client)
    assert key(client) == first
    assert key(as_person(cast.vera)) != first
    client.post(reverse("account_logout"))
    client.force_login(cast.vera)
    assert key(client) != first


# ---- calls that were no request ----


def test_a_call_that_was_none_is_counted_by_kind_and_hour(cast, as_person):
    client = as_person(cast.vera)
    for kind in ("hoax", "hoax", "silent"):
        answer = client.post(reverse("dispatch:tally"), {"kind": kind})
        assert "Counted:" in answer.text
    fold(timezone.now())
    assert dict(Tally.objects.values_list("kind", "count")) == {"hoax": 2, "silent": 1}
    assert set(Tally.objects.values_list("team", flat=True)) == {cast.phone.pk}


@pytest.mark.parametrize("fields", [{}, {"kind": "nonsense"}, {"kind": "hoax", "team": "not-mine"}])
def test_what_is_no_kind_or_no_own_team_is_not_counted(cast, as_person, fields):
    answer = as_person(cast.vera).post(reverse("dispatch:tally"), fields)
    assert answer.status_code == 422 and "That was not counted." in answer.text
    assert Tally.objects.count() == 0


def test_a_call_counts_for_the_team_that_is_chosen(cast, as_person):
    both = cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl])
    as_person(both).post(reverse("dispatch:tally"), {"kind": "talk", "team": cast.crawl.pk})
    assert Tally.objects.get().team == cast.crawl


def test_where_else_to_turn_follows_what_is_chosen(cast, as_person, registry):
    def entry(slug, **fields):
        DirectoryEntry.objects.create(slug=slug, title={"en": slug.capitalize()}, phone="112", **fields)

    entry("everywhere")
    entry("pharmacies", category=registry.medicine)
    entry("kharkiv-kitchen", category=registry.food, place=registry.kharkiv)
    client = as_person(cast.vera)

    def listed(**chosen):
        page = client.get(reverse("dispatch:directory"), chosen).text
        return [slug for slug in ("everywhere", "pharmacies", "kharkiv-kitchen") if slug.capitalize() in page]

    assert listed() == ["everywhere"]
    assert listed(category=registry.medicine.pk) == ["everywhere", "pharmacies"]
    assert listed(category=registry.food.pk, place=registry.kharkiv.pk) == ["everywhere", "kharkiv-kitchen"]
    assert listed(category=registry.food.pk, place=registry.lviv.pk) == ["everywhere"]
    assert listed(category="x", place="9" * 50) == ["everywhere"]
