"""Every list of the admin, as the site has them: found by typing, filtered, in words, with a bounded number of queries."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation, Line
from coordinators.models import LocalCoordinator
from hotline.dispatch.models import HelpRequest, Offer
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.shelves import MORE
from hotline.staff.models import Alarm, AuditEntry, User
from tests.admin.conftest import address, lists
from tests.chat.conftest import visitor_comes

pytestmark = pytest.mark.django_db

# The audit's list is its own, with tests of its own.
LISTS = sorted(lists().keys() - {"staff.AuditEntry"})
# No more than these for a page, whoever asks and whatever is searched for; each list that counts what waits asks twice.
MOST_QUERIES = 35


def found(client, model, **query):
    return list(client.get(address(model), query).context["cl"].result_list)


# ---- all of them ----


@pytest.mark.parametrize("query", [{}, {"q": "food"}], ids=["all", "searched"])
@pytest.mark.parametrize("label", LISTS)
def test_a_list_asks_as_often_with_30_rows_as_with_1(rows, as_person, query_count, label, query):
    client, page = as_person(rows.everything), address(lists()[label].model)

    def asked():
        client.get(page, query)  # what is read anew once after a change of the trees is no query of the list
        return query_count(lambda: client.get(page, query))

    rows(label, 0)
    with_one = asked()
    for number in range(1, 30):
        rows(label, number)
    assert asked() == with_one <= MOST_QUERIES


@pytest.mark.parametrize("label", LISTS)
def test_a_list_is_made_of_the_house_s_own_parts(label):
    one = lists()[label]
    assert isinstance(one, HouseModelAdmin)
    assert one.shelf is not MORE, "say where it stands on the first page: hotline/staff/admin/shelves.py"
    assert bool(one.add_right) == bool(one.adding), "say in a whole sentence what its button makes"
    assert one.search_fields and one.search_help_text, "say what one can type"
    assert one.list_filter or len(one.list_display) < 5 or label in {"staff.CallPlan"}


@pytest.mark.parametrize("label", LISTS)
def test_a_list_of_nothing_says_so(cast, as_person, label):
    """Those that are never empty, or whose reader is in them, say so to a search that finds nothing."""
    model = lists()[label].model
    page = as_person(cast.alice).get(address(model), {"q": "no-such-thing-anywhere"})
    if page.status_code == 403:  # she represents nobody here
        page = as_person(cast.person("rep", represents=[LocalCoordinator.objects.create(name="A")])).get(
            address(model), {"q": "no-such-thing-anywhere"}
        )
    assert page.status_code == 200 and page.context["cl"].result_count == 0
    assert "Nothing fits" in page.content.decode()


@pytest.mark.parametrize("label", LISTS)
def test_a_hostile_search_is_only_a_search(rows, as_person, label):
    client, page = as_person(rows.everything), address(lists()[label].model)
    for words in (
        "' OR 1=1 --",
        "%",
        "\\",
        "x" * 2000,
        "<script>alert(1)</script>",
        "\u202e\u0000",
        " ".join("abcdefgh"),
    ):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page, {"q": words})
        assert answer.status_code == 200 and len(asked) <= MOST_QUERIES, words
        assert "<script>alert(1)" not in answer.content.decode()


def test_an_empty_list_says_what_will_stand_there(cast, as_person):
    assert "All quiet." in as_person(cast.cora).get(address(Alarm)).content.decode()


# ---- what a person would type ----


def test_a_request_is_found_by_code_kind_and_place_in_any_language(rows, as_person):
    client, registry = as_person(rows.everything), rows.registry
    registry.food.names = {"en": "Food", "uk": "Їжа"}
    registry.food.save()
    food = rows("dispatch.HelpRequest", 0)
    medicine = registry.take(rows.alice, rows.cast.phone, registry.medicine, registry.lviv)
    assert found(client, HelpRequest, q=food.code[2:6].lower()) == [food]
    assert found(client, HelpRequest, q="food") == found(client, HelpRequest, q="їжа") == [food]
    assert found(client, HelpRequest, q="Kharkiv") == [food], "typed in Latin letters, stored in Cyrillic ones"
    assert found(client, HelpRequest, q="medicine lviv") == [medicine]
    assert found(client, HelpRequest, q="medicine kharkiv") == []
    assert set(found(client, HelpRequest, q="")) == {food, medicine}


def test_a_place_that_an_offer_does_not_show_is_not_found_out_by_searching(rows, as_person):
    """Of a hamlet an offer names what it lies in alone; searching must not tell more."""
    registry = rows.registry
    helpers = registry.coordinator((registry.food, registry.hamlet), name="Near the hamlet")
    client = as_person(rows.cast.person("rep", represents=[helpers]))
    registry.take(rows.alice, rows.cast.phone, registry.food, registry.hamlet)
    assert len(found(client, Offer, q="food")) == 1
    assert found(client, Offer, q="Гракове") == found(client, Offer, q="Hrakove") == []


def test_an_alarm_is_found_by_what_it_says(cast, as_person):
    assert cast.cora
    alarm = raise_alarm(cast.phone, "nobody_took", "K7QX2M", text="Nobody took the help request %(subject)s.")
    client = as_person(cast.cora)
    assert found(client, Alarm, q="nobody k7qx") == found(client, Alarm, q="phone") == [alarm]
    assert found(client, Alarm, q="crawl") == []


def test_a_conversation_is_found_by_the_name_of_its_line(rows, as_person):
    visitor_comes(rows.line)
    client = as_person(rows.everything)
    [one] = found(client, Conversation, q="line rows")
    assert found(client, Conversation, q=one.code[:5]) == [one]
    assert found(client, Conversation, q="another") == []


def test_a_sealed_name_is_found_in_another_script(cast, as_person):
    helpers = LocalCoordinator.objects.create(name="Допомога Харків")
    LocalCoordinator.objects.create(name="Lviv station")
    client = as_person(cast.ada)
    assert found(client, LocalCoordinator, q="kharkiv") == found(client, LocalCoordinator, q=helpers.code) == [helpers]


def test_a_sealed_address_is_found_as_a_whole_alone(cast, as_person):
    assert cast.vera and cast.viktor
    client = as_person(cast.ada)
    assert found(client, User, q="vera@example.org") == [cast.vera]
    assert found(client, User, q="@example.org") == []


# ---- filters ----


@pytest.mark.parametrize("label", ["dispatch.HelpRequest", "dispatch.Tally"])
def test_a_filter_names_no_team_of_others(cast, as_person, label):
    assert cast.crawl
    page = as_person(cast.cora).get(address(lists()[label].model)).content.decode()
    assert "Crawl" not in page and "Phone" in page


def test_a_filter_by_team_shows_its_rows_alone(rows, as_person):
    mine, crawl = rows("dispatch.HelpRequest", 0), rows.cast.crawl
    both = rows.cast.person("both", roles=["coordinator"], supervises=[rows.cast.phone, crawl])
    other = rows.registry.take(rows.cast.viktor, crawl, rows.registry.food, rows.registry.kharkiv)
    client = as_person(both)
    assert found(client, HelpRequest, team="phone") == [mine] and found(client, HelpRequest, team="crawl") == [other]
    assert found(as_person(rows.cast.cora), HelpRequest, team="crawl") == []


# ---- several at once ----


def press(client, model, name, objects, **more):
    chosen = {"action": name, "_selected_action": [one.pk for one in objects]}
    return client.post(address(model), chosen | more)


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_several_alarms_are_seen_to_after_a_look_at_which(cast, as_person):
    assert cast.cora
    alarms = [raise_alarm(cast.phone, "nobody_took", f"CODE{number}") for number in range(3)]
    client = as_person(cast.cora)
    asked = press(client, Alarm, "acknowledge", alarms[:2])
    assert asked.status_code == 200 and Alarm.objects.open().count() == 3
    assert all(code in asked.content.decode() for code in ("CODE0", "CODE1"))
    assert "CODE2" not in asked.content.decode().partition('id="content"')[2]
    done = press(client, Alarm, "acknowledge", alarms[:2], sure="yes")
    assert done.status_code == 302 and told(done) == ["I see to it: done for 2."]
    assert list(Alarm.objects.open()) == [alarms[2]]
    assert AuditEntry.objects.filter(action="alarm.acknowledged", actor=cast.cora).count() == 2


def test_rows_of_others_are_never_among_them(cast, as_person):
    foreign = raise_alarm(cast.crawl, "nobody_took", "FOREIGN")
    press(as_person(cast.cora), Alarm, "acknowledge", [foreign], sure="yes")
    assert foreign in Alarm.objects.open()


def test_whoever_lacks_the_right_is_offered_no_such_thing(rows, as_person):
    """A representative sees their coordinator and pauses it; suspending is for administrators."""
    client = as_person(rows.cast.person("rep", represents=[rows.helpers]))
    page = client.get(address(LocalCoordinator)).content.decode()
    assert 'value="pause"' in page and 'value="suspend"' not in page
    press(client, LocalCoordinator, "suspend", [rows.helpers], sure="yes", reason="No.")
    assert LocalCoordinator.objects.get(pk=rows.helpers.pk).state == "active"


def test_what_needs_a_reason_asks_for_it_and_keeps_what_was_typed(rows, as_person):
    client = as_person(rows.everything)
    asked = press(client, LocalCoordinator, "suspend", [rows.helpers], sure="yes", reason="")
    assert asked.status_code == 200 and asked.context["form"].errors
    assert LocalCoordinator.objects.get(pk=rows.helpers.pk).state == "active"
    done = press(client, LocalCoordinator, "suspend", [rows.helpers], sure="yes", reason="Complaints.")
    assert done.status_code == 302
    assert AuditEntry.objects.get(action="local_coordinator.suspended").reason == "Complaints."


def test_what_is_refused_is_said_row_by_row(rows, as_person, monkeypatch):
    """The second falls out between the page and the press, as when a colleague was quicker."""
    from hotline.staff.actions.alarms import AlreadySeenTo
    from hotline.staff.admin import alarm as page

    alarms = [raise_alarm(rows.cast.phone, "nobody_took", f"CODE{number}") for number in range(2)]
    real = page.acknowledge

    def quicker(actor, alarm):
        if alarm.subject == "CODE1":
            raise AlreadySeenTo(alias="Alice")
        real(actor, alarm)

    monkeypatch.setattr(page, "acknowledge", quicker)
    said = told(press(as_person(rows.everything), Alarm, "acknowledge", alarms, sure="yes"))
    assert said[0] == "I see to it: done for 1." and "CODE1" in said[1] and "Alice" in said[1]


def test_more_than_a_person_can_look_at_is_refused(cast, as_person, monkeypatch):
    assert cast.cora
    monkeypatch.setattr("hotline.staff.admin.bulk.MOST", 1)
    alarms = [raise_alarm(cast.phone, "nobody_took", f"CODE{number}") for number in range(2)]
    said = told(press(as_person(cast.cora), Alarm, "acknowledge", alarms, sure="yes"))
    assert said == ["At most 1 at a time. Choose fewer, or filter the list first."]
    assert Alarm.objects.open().count() == 2


def test_where_nothing_fits_nothing_is_asked(rows, as_person):
    line = Line.objects.get(slug="line-rows")
    said = told(press(as_person(rows.everything), Line, "open_line", [line]))
    assert said == ["Nothing to do: this fits none of the rows you chose."]


@pytest.mark.parametrize("label", LISTS)
def test_nothing_is_deleted_from_a_list(rows, as_person, label):
    model = lists()[label].model
    rows(label, 0)
    before = model.objects.count()
    chosen = list(model.objects.values_list("pk", flat=True))
    client = as_person(rows.everything)
    client.post(address(model), {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert model.objects.count() == before
