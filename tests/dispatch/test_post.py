"""The box for posts: taken apart into the form's boxes; nothing typed is lost, and nothing of it is kept unsealed."""

import pytest
from django.urls import reverse

from coordinators.search.places import places_called
from hotline.dispatch.actions.intake import take
from hotline.dispatch.actions.requests import Written
from hotline.dispatch.errors import TakesCallsOnly
from hotline.dispatch.models import DuplicateMark, HelpRequest
from hotline.dispatch.recognition import LONGEST_POST
from hotline.dispatch.recognition.places import named_place
from hotline.lib.phones import house_region
from hotline.staff.models import AuditEntry
from tests.support.desk import intake, press, send
from tests.support.registry import CONTACT, Registry

POST = """Харків! Потрібен інсулін, бабуся 82 роки.
вул. Сумська, 25, кв. 14
Тел. 067 000 00 21, 050 000 00 22, тг @vera_lyky"""
LINK = "https://t.me/kharkiv_help/4711"


@pytest.fixture
def viktor(as_person, cast):
    """Viktor's browser."""
    return as_person(cast.viktor)


def read(client, **fields):
    """The answer to "Read the post"."""
    return client.post(reverse("dispatch:read-post"), intake(**({"phone": None, "spoken_to": None} | fields)))


def value(answer, name):
    """What stands in a box of the form that came back."""
    return answer.context["intake"].data.get(name, "")


def test_a_post_is_taken_apart_into_the_boxes(viktor, registry):
    answer = read(viktor, post=POST, source="telegram", link=LINK, **{"n0-place": None, "n0-place_text": ""})
    assert answer.status_code == 200
    assert value(answer, "phone") == "+380 67 000 0021"
    assert value(answer, "other") == "+380 50 000 0022, @vera_lyky"
    assert value(answer, "address") == "вул. Сумська, 25, кв. 14"
    assert value(answer, "n0-note") == "Харків! Потрібен інсулін, бабуся 82 роки.\n…\nТел. …, тг"
    assert value(answer, "n0-place") == str(registry.kharkiv.pk)
    assert value(answer, "post") == ""
    assert (value(answer, "source"), value(answer, "link")) == ("telegram", LINK)
    for text in ("phone number", "+380 50 000 0022", "address", "Look at it before you send it."):
        assert text in answer.text
    assert HelpRequest.objects.count() == 0 and not AuditEntry.objects.filter(action__startswith="help").exists()


def test_what_somebody_typed_is_never_replaced_and_what_found_no_place_stays(viktor, registry):
    answer = read(viktor, post=POST, source="x", phone="12 34", note="My own words", address="here")
    assert (value(answer, "phone"), value(answer, "n0-note")) == ("12 34", "My own words")
    assert value(answer, "post") == POST
    assert "These boxes held something already" in answer.text


def test_a_post_without_a_contact_says_so(viktor, registry):
    answer = read(viktor, post="Потрібна допомога", source="forum")
    assert "No number, e-mail address, profile or street was found" in answer.text
    assert value(answer, "n0-note") == "Потрібна допомога"


def test_a_post_of_100_kilobytes_is_refused_in_words_and_stays(viktor, registry):
    long = ("Потрібна вода. " * 7000).strip()
    for answer in (
        read(viktor, post=long, source="x", note="Kept note"),
        send(viktor, registry.food, registry.kharkiv, post=long, source="x", note="Kept note"),
    ):
        assert answer.status_code == 422
        assert f"This has {len(long)} characters; at most {LONGEST_POST} fit." in answer.text
        assert long in answer.text and "Kept note" in answer.text
    assert HelpRequest.objects.count() == 0


def test_a_rest_that_is_too_long_for_its_box_is_said_there_and_stays(viktor, registry):
    rest = "Потрібна вода. " * 200
    answer = read(viktor, post=rest, source="x")
    assert value(answer, "n0-note") == rest.strip()
    sent = send(viktor, registry.food, registry.kharkiv, source="x", note=rest.strip())
    assert sent.status_code == 422 and "at most 2000 fit" in sent.text and rest.strip() in sent.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"link": LINK, "source": ""}, "Say where it was found."),
        ({"post": "Water!", "source": "x"}, "This is not read yet"),
        ({"source": "carrier pigeon"}, "not one of the available choices"),
        ({"source": "x", "link": "l" * 501}, "This has 501 characters; at most 500 fit."),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_lost(viktor, registry, fields, words):
    answer = send(viktor, registry.food, registry.kharkiv, note="Kept note", **fields)
    assert answer.status_code == 422 and words in answer.text and "Kept note" in answer.text
    assert all(text in answer.text for name, text in fields.items() if name != "source")


def test_several_requests_come_out_of_one_post(viktor, registry):
    second = {"n1-category": registry.medicine.pk, "n1-place": registry.izium.pk, "n1-urgency": "urgent"}
    answer = send(
        viktor, registry.food, registry.kharkiv, need=["0", "1"], source="telegram", link=LINK, note="Post.", **second
    )
    assert answer.status_code == 200
    one, other = HelpRequest.objects.order_by("pk")
    assert one.contact() == other.contact() and one.bundle == other.bundle
    assert [taken.details()["note"] for taken in (one, other)] == ["Post.", "Post."]
    assert {taken.source for taken in (one, other)} == {"telegram"}


@pytest.mark.parametrize(("spoken_to", "status"), [(None, 200), ("on", 422)])
def test_what_a_post_does_not_say_may_stay_open_unless_somebody_was_asked(viktor, registry, asked, spoken_to, status):
    answer = send(viktor, asked, registry.kharkiv, source="telegram", spoken_to=spoken_to)
    assert answer.status_code == status
    assert ("Please answer this." in answer.text) is (status == 422)
    assert HelpRequest.objects.exists() is (status == 200)


def test_the_link_is_kept_as_a_hash_alone(viktor, registry, cast):
    sent = send(viktor, registry.food, registry.kharkiv, source="telegram", link=LINK)
    everything = sent.text + viktor.get(reverse("dispatch:desk")).text
    everything += str(list(HelpRequest.objects.values())) + str(list(AuditEntry.objects.values()))
    help_request = HelpRequest.objects.get()
    everything += str(help_request.contact()) + str(help_request.details())
    assert "kharkiv_help" not in everything and "4711" not in everything
    assert DuplicateMark.objects.filter(kind="link").count() == 1


def test_a_team_that_answers_the_phone_has_no_box_for_posts(vera, viktor, registry):
    assert "data-post" not in vera.get(reverse("dispatch:desk")).text
    assert "data-post" in viktor.get(reverse("dispatch:desk")).text
    assert read(vera, post=POST).status_code == 403
    for found in ({"source": "telegram"}, {"link": LINK}, {"source": "forum", "post": "Help!"}):
        answer = send(vera, registry.food, registry.kharkiv, note="Kept words", **found)
        assert answer.status_code == 422 and "Kept words" in answer.text and HelpRequest.objects.count() == 0
    answer = send(vera, registry.food, registry.kharkiv, source="telegram", link=LINK)
    assert "Phone takes calls, and nothing that was found in writing." in answer.text and LINK in answer.text
    assert 'id="read-post"' not in answer.text
    send(vera, registry.food, registry.kharkiv)
    assert HelpRequest.objects.get().source == ""


def test_who_reads_posts_has_spoken_to_nobody_yet(vera, viktor, registry):
    def ticked(client):
        box = client.get(reverse("dispatch:desk")).text.split('name="spoken_to"')[1].split(">")[0]
        return "checked" in box

    assert ticked(vera) and not ticked(viktor)


def test_a_found_call_waits_on_the_desk_with_its_buttons(viktor, as_person, cast, registry):
    registry.any.ring_back = True
    registry.any.save()
    second = as_person(cast.person("alice", roles=["volunteer"], works_in=[cast.crawl]))
    answer = send(viktor, registry.food, registry.kharkiv, source="telegram", spoken_to=None)
    assert "It goes out when somebody has rung the person back" in answer.text
    found = HelpRequest.objects.get()
    own, other = (client.get(reverse("dispatch:desk")).text for client in (viktor, second))
    assert "I have spoken to them" in own and "Read it, may go out" not in own
    assert "Read it, may go out" in other
    assert "Open it and read it first." in press(second, "looked-at", found).text
    assert press(viktor, "looked-at", found).status_code == 409
    assert found.contact()["phone"] in press(second, "ring-back", found, text="to look at it").text
    assert press(second, "looked-at", found).status_code == 200
    assert HelpRequest.objects.get().state == "unanswered"


def test_the_card_asks_whether_it_is_still_needed(viktor, registry):
    send(viktor, registry.food, registry.kharkiv, source="telegram")
    found = HelpRequest.objects.get()
    HelpRequest.objects.update(needed_asked_at=found.created_at)
    assert "Is it still needed?" in viktor.get(reverse("dispatch:desk")).text
    answer = press(viktor, "still-needed", found)
    assert answer.status_code == 200 and "Is it still needed?" not in answer.text
    assert press(viktor, "still-needed", found).status_code == 409


# ---- a place that exists five times ----


@pytest.fixture
def five(registry: Registry):
    """Five villages of one name."""
    regions = [registry.oblast, registry.lviv_oblast]
    regions += [registry.place(name, registry.ukraine, kind="region") for name in ("Сумська", "Одеська", "Полтавська")]
    return [registry.place("Іванівка", region, population=100 * at) for at, region in enumerate(regions, 1)]


@pytest.mark.parametrize("typed", ["Іванівка", "ivanivka", "с. Іванівка", "Iwaniwka"])
def test_places_of_one_name_are_all_found_the_biggest_first(five, typed):
    assert places_called(typed) == five[::-1]
    assert places_called("Іваніво") == []


def test_the_operator_is_asked_which_place_is_meant(vera, registry, five):
    answer = send(vera, registry.food, None, place_text="Іванівка")
    assert answer.status_code == 422 and "There are several places of this name." in answer.text
    for place in five:
        assert f'data-place="{place.pk}"' in answer.text
    assert "Полтавська" in answer.text or "Poltavska" in answer.text


def test_a_post_that_names_one_of_five_asks_which(viktor, registry, five):
    answer = read(viktor, post="Допоможіть! Бабуся в с. Іванівка без води", source="telegram")
    assert value(answer, "n0-place") == "" and value(answer, "n0-place_text") == "Іванівка"
    assert answer.text.count("data-place=") == 5


@pytest.mark.parametrize(
    ("post", "name"),
    [
        ("Потрібна вода в Харкові", "kharkiv"),
        ("Ищем жильё в Харькове на 2 недели", "kharkiv"),
        ("Brauchen Hilfe in Charkiw, bitte", "kharkiv"),
        ("Trenger hjelp i Izium", "izium"),
        ("Ізюм, немає світла", "izium"),
        ("шукаю житло у Львові з 25.11", "lviv"),
    ],
)
def test_the_place_of_a_post_is_found_in_its_case(registry, post, name):
    assert named_place(post)[1] == [getattr(registry, name)]


def test_a_post_that_names_no_known_place_names_none(registry):
    assert named_place("Потрібна вода. Віктор, Ада і Вера чекають у Атлантиді") == ("", [])


def test_the_houses_number_tells_its_country(settings):
    for number, region in (("+49 800 1234567", "DE"), ("", ""), ("0800", ""), ("+380 44 000 00 00", "UA")):
        settings.HOTLINE_NUMBER = number
        assert house_region() == region


def test_whoever_works_in_two_teams_chooses_the_one_that_reads_channels(as_person, cast, registry):
    both = as_person(cast.person("both", roles=["volunteer"], works_in=[cast.phone, cast.crawl]))
    post = {"source": "telegram", "note": "Kept words"}
    refused = send(both, registry.food, registry.kharkiv, team=str(cast.phone.pk), **post)
    assert refused.status_code == 422 and "Phone takes calls" in refused.text and "Kept words" in refused.text
    assert send(both, registry.food, registry.kharkiv, team=str(cast.crawl.pk), **post).status_code == 200
    assert HelpRequest.objects.get().team == cast.crawl


@pytest.mark.parametrize("found", [{"source": "telegram"}, {"link": LINK}])
def test_no_other_way_takes_it_for_a_team_of_the_phone(cast, registry, found):
    with pytest.raises(TakesCallsOnly):
        registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, **found)
    written = [Written(registry.food, registry.kharkiv, "today")]
    with pytest.raises(TakesCallsOnly):
        take(cast.vera, cast.phone, written, CONTACT, [None], **found)
    assert not HelpRequest.objects.exists()
