"""The admin's first page: what waits, today's figures and the lists, to each what they may see; numbers that stay fresh."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, ConversationFact, Line
from coordinators.models import LocalCoordinator
from hotline.dispatch.actions import offers
from hotline.dispatch.models import HelpRequest
from hotline.live import topics
from hotline.staff.actions.alarms import raise_alarm
from tests.chat.conftest import visitor_comes
from tests.support.registry import Registry, offer_of, voice_of

pytestmark = pytest.mark.django_db

FRONT, COUNTS = "/admin/", "/admin/counts/"


@pytest.fixture
def registry(db):
    return Registry()


def figures(client):
    """{label: value} of today's figures."""
    return {one["label"]: one["value"] for row in client.get(FRONT).context["figures"] for one in row}


def shelves(client):
    """{shelf: names of what stands there}."""
    return {
        str(one["name"]): [str(row["name"]) for row in one["models"]] for one in client.get(FRONT).context["app_list"]
    }


def waiting(page, key):
    """Whether a number stands beside the list, and which, in the HTML of a page; None without one."""
    _before, _mark, after = page.partition(f'id="waits-{key}"')
    cell = after.partition("</td>")[0].partition('id="waits-')[0]
    digits = [word for word in cell.replace("<", " ").replace(">", " ").split() if word.isdigit()]
    return int(digits[0]) if digits else None


# ---- the lists ----


def test_lists_stand_by_what_one_comes_for(cast, as_person):
    seen = shelves(as_person(cast.alice))
    assert "Alarms" in seen["What is going on"] and "Help requests" in seen["What is going on"]
    assert "Local coordinators" in seen["Who helps, with what, where"]
    assert seen["People and teams"].count("People") == 1
    assert "More" not in seen, "every list says on which shelf it stands"


def test_each_sees_the_lists_and_pages_that_are_theirs(cast, as_person, registry):
    helpers = registry.coordinator((registry.food, registry.kharkiv))
    representative = shelves(as_person(cast.person("representative", represents=[helpers])))
    assert representative == {
        "What is going on": ["Offers"],
        "Who helps, with what, where": ["Endpoints", "Local coordinators"],
    }
    everything = [name for names in shelves(as_person(cast.cora)).values() for name in names]
    assert "Alarms" in everything and "People" not in everything and "Audit" not in everything
    assert "Where would a request go?" not in everything
    assert "Where would a request go?" in shelves(as_person(cast.ada))["Who helps, with what, where"]


# ---- today's figures ----


def test_figures_of_requests(cast, as_person, registry):
    helpers = registry.coordinator((registry.food, registry.kharkiv))
    accepted, open_one = (registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv) for _number in range(2))
    nobody = registry.take(cast.vera, cast.phone, registry.medicine, registry.lviv)
    registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, practice=True)
    HelpRequest.objects.update(created_at=timezone.now())
    offers.accept(voice_of(helpers), offer_of(accepted, helpers))
    assert nobody.state == HelpRequest.State.UNANSWERED and open_one.state == HelpRequest.State.OFFERING
    assert figures(as_person(cast.cora)) == {
        "Requests taken": 3,
        "of these accepted": 1,
        "Usual time to acceptance": "0 min",
        "Nobody found": 1,
    } | dict.fromkeys(["Conversations", "in conversation now", "waiting now", "Gave up waiting"], 0) | {
        "Average wait": "–"
    }


def test_the_usual_time_is_the_middle_one_and_yesterday_is_over(cast, as_person, registry):
    helpers = registry.coordinator((registry.food, registry.kharkiv), capacity=10)
    for minutes in (2, 4, 90):
        one = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
        offers.accept(voice_of(helpers), offer_of(one, helpers))
        offer = one.offers.get()
        one.offers.update(answered_at=offer.answered_at + timedelta(minutes=minutes))
        HelpRequest.objects.filter(pk=one.pk).update(created_at=offer.answered_at)
    assert figures(as_person(cast.cora))["Usual time to acceptance"] == "4 min"
    HelpRequest.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert figures(as_person(cast.cora))["Requests taken"] == 0


def test_figures_of_conversations(cast, as_person):
    line = Line.objects.create(slug="youth", team=cast.phone, mode=Line.Mode.OPEN, titles={"en": "Youth"})
    _visitor, started = visitor_comes(line)
    Conversation.objects.filter(code=started.conversation).update(practice=True)
    visitor_comes(line)
    fact = {"line": line, "hour": timezone.now(), "language": "en", "end": "visitor", "talk_minutes": 5, "messages": 3}
    for taken, minutes in ((True, 2), (True, 6), (False, 30)):
        ConversationFact.objects.create(**fact, taken=taken, wait_minutes=minutes)
    ConversationFact.objects.create(**fact | {"hour": timezone.now() - timedelta(days=2)}, taken=True, wait_minutes=1)
    seen = figures(as_person(cast.cora))
    assert (seen["Conversations"], seen["waiting now"], seen["in conversation now"]) == (4, 1, 0)
    assert (seen["Average wait"], seen["Gave up waiting"]) == ("4 min", 1)


def test_nobody_sees_figures_of_another_team_or_without_supervising(cast, as_person, registry):
    registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv)
    line = Line.objects.create(slug="family", team=cast.crawl, mode=Line.Mode.OPEN, titles={"en": "Family"})
    visitor_comes(line)
    seen = figures(as_person(cast.cora))
    assert (seen["Requests taken"], seen["Nobody found"], seen["Conversations"], seen["waiting now"]) == (0, 0, 0, 0)
    assert figures(as_person(cast.vera)) == figures(as_person(cast.ada)) == {}


# ---- the numbers beside the lists ----


def test_a_number_stands_beside_what_waits(cast, as_person):
    assert cast.cora
    client = as_person(cast.cora)
    assert waiting(client.get(FRONT).content.decode(), "staffalarm") is None
    for number in range(3):
        raise_alarm(cast.phone, "nobody_took", f"CODE{number}")
    raise_alarm(cast.crawl, "nobody_took", "FOREIGN")
    in_the_bar = client.get(reverse("admin:dispatch_helprequest_changelist")).content.decode()
    assert waiting(client.get(FRONT).content.decode(), "staffalarm") == waiting(in_the_bar, "staffalarm") == 3


def test_the_numbers_come_alone_when_it_rings(cast, as_person):
    assert cast.cora
    raise_alarm(cast.phone, "nobody_took", "CODE")
    page = as_person(cast.cora).get(COUNTS).content.decode()
    assert waiting(page, "staffalarm") == 1 and 'hx-swap-oob="true"' in page
    assert "staffuser" not in page, "a list that one may not see is not counted"


@pytest.mark.parametrize(("who", "status"), [(None, 302), ("nobody", 403), ("vera", 200), ("cora", 200)])
def test_who_gets_the_numbers(cast, as_person, who, status):
    person = cast.person("nobody") if who == "nobody" else who and getattr(cast, who)
    assert as_person(person).get(COUNTS, follow=person is not None).status_code == status


def test_a_page_hears_the_topics_of_what_it_shows(cast, as_person, registry):
    heard = as_person(cast.cora).get(FRONT).context["counts_topics"].split()
    assert topics.alarms(cast.phone.pk) in heard and topics.team_requests(cast.phone.pk) in heard
    assert topics.alarms(None) not in heard and topics.team_requests(cast.crawl.pk) not in heard


def test_the_front_page_asks_as_often_with_30_rows_as_with_1(cast, as_person, registry, same_queries):
    helpers = registry.coordinator((registry.food, registry.kharkiv), capacity=100, contact_limit=100)
    person = cast.person(
        "everything", roles=["coordinator", "administrator"], supervises=[cast.phone], represents=[helpers]
    )
    line = Line.objects.create(slug="youth", team=cast.phone, mode="open", titles={"en": "A"}, maximum_waiting=100)

    def add(number):
        one = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
        if number % 2 == 0:
            offers.accept(voice_of(helpers), offer_of(one, helpers))
        visitor_comes(line)
        LocalCoordinator.objects.create(name=f"New {number}")
        raise_alarm(cast.phone, "nobody_took", f"CODE{number}")

    client = as_person(person)
    same_queries(add, lambda: client.get(FRONT))
