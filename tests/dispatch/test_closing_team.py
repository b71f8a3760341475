"""A team that takes no more requests: its people finish what is open, and take nothing new."""

import pytest
from django.urls import reverse

from hotline.dispatch.actions import requests
from hotline.dispatch.models import HelpRequest
from hotline.staff.models import Team
from hotline.staff.team_work import work_of
from tests.support.desk import press, send

DESK = reverse("dispatch:desk")


@pytest.fixture
def closing(registry, vera_takes, cast):
    """An open request of Vera's team, which takes none any more."""
    help_request = vera_takes(registry.food, registry.kharkiv)
    Team.objects.filter(pk=cast.phone.pk).update(takes_requests=False)
    return help_request


def test_the_desk_stays_for_what_is_open_and_offers_no_new_one(vera, closing):
    page = vera.get(DESK)
    assert page.status_code == 200 and closing.code in page.text and "takes no new requests" in page.text
    assert 'id="intake"' not in page.text and 'id="no-request"' not in page.text
    assert 'href="/desk/requests/"' in vera.get("/").text


def test_what_is_open_is_finished(vera, closing):
    assert press(vera, "note", closing, text="They rang once more.").status_code == 200
    assert press(vera, "cancel", closing, text="They need nothing more.").status_code == 200
    closing.refresh_from_db()
    assert closing.state == "cancelled"
    # What ended lately still stands there, so that the list comes anew and the next shift sees it.
    assert vera.get(reverse("dispatch:cards")).status_code == 200


def test_nothing_new_is_taken_nor_counted(vera, closing, registry):
    answer = send(vera, registry.medicine, registry.kharkiv, note="Kept words")
    assert answer.status_code == 422 and "Nothing was sent" in answer.text and "Kept words" in answer.text
    assert vera.post(reverse("dispatch:tally"), {"kind": "question"}).status_code == 422
    assert HelpRequest.objects.count() == 1


def test_with_nothing_left_the_desk_is_gone(vera, closing, cast):
    requests.cancel(cast.vera, closing, seen_since=closing.state_since, reason="over")
    HelpRequest.objects.update(state_since=closing.created_at.replace(year=2020))
    assert vera.get(DESK).status_code == 403
    assert 'href="/desk/requests/"' not in vera.get("/").text


def test_a_second_team_goes_on_as_before(closing, cast, as_person, registry):
    night = cast.team("night")
    both = as_person(cast.person("both", roles=["volunteer"], works_in=[cast.phone, night]))
    page = both.get(DESK)
    assert closing.code in page.text and 'id="intake"' in page.text
    assert send(both, registry.medicine, registry.kharkiv, team=str(cast.phone.pk)).status_code == 422
    assert send(both, registry.medicine, registry.kharkiv).status_code == 200
    assert set(HelpRequest.objects.values_list("team__code", flat=True)) == {"phone", "night"}


@pytest.fixture
def ada_saves(as_person, cast):
    """ada_saves(team, **boxes) -> the page after an administrator saved the team with these boxes ticked."""
    ada = as_person(cast.ada)

    def save(team, **ticked):
        page = reverse("admin:staff_team_change", args=[team.pk])
        return ada.post(page, {"name": team.name, "code": team.code} | ticked, follow=True)

    return save


def test_who_switches_a_team_off_is_told_how_many_are_open(ada_saves, cast, vera_takes, registry):
    for _number in range(2):
        vera_takes(registry.food, registry.kharkiv)
    saved = ada_saves(cast.phone)
    assert "2 help requests of this team are open" in saved.text
    assert work_of([Team.objects.get(pk=cast.phone.pk)]) == {cast.phone.pk: "2 help requests to finish"}
    # Said once, and not where nothing was switched off or nothing is open.
    assert "are open" not in ada_saves(cast.phone).text
    assert "open" not in ada_saves(cast.crawl, crawls="on").text.partition("messagelist")[2][:600]


def test_who_takes_the_box_for_posts_away_is_told_what_was_found_and_is_open(ada_saves, cast, registry):
    registry.take(cast.viktor, cast.crawl, registry.food, registry.kharkiv, source="telegram", spoken_to=False)
    registry.take(cast.viktor, cast.crawl, registry.food, registry.lviv)
    saved = ada_saves(cast.crawl, takes_requests="on")
    assert "1 help request that this team found in writing is open" in saved.text
