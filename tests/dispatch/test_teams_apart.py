"""Nobody learns anything of another team: two worlds that differ only in the foreign team look the same, byte by byte.

What is looked at: every page that is reached by links, and what an insider types into the address bar, the search box and
the forms. Accounts have names and addresses that differ from the alias, so that each of them is found where it shows.
"""

import secrets
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from chat.actions import conversations, queue
from chat.models import Conversation, Line
from chat.topics import of_user as chat_topics
from hotline.dispatch.actions import requests
from hotline.dispatch.models import HelpRequest, Tally
from hotline.dispatch.topics import of_user as request_topics
from hotline.staff.actions.alarms import acknowledge, raise_alarm
from hotline.staff.models import Alarm
from hotline.staff.permissions import visible
from hotline.staff.topics import of_user as alarm_topics
from tests.support.crawl import as_sent, crawl

pytestmark = pytest.mark.django_db

STAFF = ["vera", "cora", "representative"]
FOREIGN = "Nightjar"


@pytest.fixture
def world(cast, registry, vera_takes):
    """What is Phone's: a request, an alarm, a call that was none, a line with a conversation and somebody who waits."""
    helper = registry.coordinator((registry.food, registry.kharkiv))
    people = {"vera": cast.vera, "cora": cast.cora}
    people["representative"] = cast.person("representative", represents=[helper])
    people["viktor"] = cast.viktor
    vera_takes(registry.food, registry.kharkiv)
    _fill(cast, cast.vera, cast.phone, "youth", "Youth line")
    return people


def _fill(cast, person, team, slug, title):
    line = Line.objects.create(slug=slug, team=team, mode=Line.Mode.OPEN, titles={"en": title})
    for _turn in range(2):
        started = conversations.start(line, secrets.token_bytes(16), language="en")
    queue.take(person, Conversation.objects.get(code=started.conversation), uuid.uuid4())
    raise_alarm(team, "nobody_took", f"{slug.upper()}1")
    Tally.objects.create(
        team=team, hour=timezone.now().replace(minute=0, second=0, microsecond=0), kind="silent", count=3
    )
    return line


def fill_foreign(cast, registry):
    """What is Crawl's, everything that Phone's people could notice. Returns the words and codes that must show nowhere."""
    cast.crawl.name = f"{FOREIGN} team"
    cast.crawl.save()
    far = registry.coordinator((registry.medicine, registry.lviv), name=f"{FOREIGN} relief")
    taken = registry.take(cast.viktor, cast.crawl, registry.medicine, registry.lviv)
    cancelled = registry.take(cast.viktor, cast.crawl, registry.medicine, registry.lviv)
    requests.cancel(cast.viktor, cancelled, seen_since=cancelled.state_since, reason="rang again")
    line = _fill(cast, cast.viktor, cast.crawl, "nightjar", f"{FOREIGN} line")
    boss = cast.person("boss", alias=f"{FOREIGN} boss", roles=["coordinator"], supervises=[cast.crawl])
    acknowledge(boss, Alarm.objects.get(team=cast.crawl, subject="NIGHTJAR1"))
    raise_alarm(cast.crawl, "nobody_took", "NIGHTJAR2")
    codes = [
        taken.code,
        cancelled.code,
        far.code,
        line.slug,
        str(cast.crawl.pk),
        cast.viktor.alias,
        str(cast.viktor.pk),
    ]
    return [FOREIGN, "NIGHTJAR", *codes, *Conversation.objects.filter(line=line).values_list("code", flat=True)]


def typed(client, cast):
    """What an insider types: searches, filters, orders and lookups that are on no page, in every list that opens for them."""
    crawl = cast.crawl.pk
    asked = ["q=Nightjar", "q=Viktor", "q=NIGHTJAR1", "o=-2.3", "all=", "team=crawl", f"team__id__exact={crawl}"]
    asked += ["team__name__startswith=N", "line=nightjar", "line__team__code=crawl", "volunteer__username=viktor"]
    asked += ["acknowledged_by__username__startswith=b", "help_request__team__code=crawl", "wave__number__gt=1"]
    asked += ["local_coordinator__name=x", "bundle__isnull=0", "pk__gt=0", "_popup=1", "_to_field=team"]
    for model in admin.site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        opens = client.get(page).status_code == 200
        yield from (f"{page}?{one}" for one in (asked if opens else asked[:1]))
    for words in ("Nightjar", "NIGHTJAR1"):
        yield f"/desk/requests/find/?q={words}"
        yield f"/admin/autocomplete/?term={words}&app_label=staff&model_name=team&field_name=team"
        yield f"/admin/autocomplete/?term={words}&app_label=coordinators&model_name=localcoordinator&field_name=base"


def look(world, cast, as_person, moment):
    """{(who, address): what came} of all that Phone's people see, and what rings for them."""
    seen = {}
    with time_machine.travel(moment, tick=False):
        for name in STAFF:
            client = as_person(world[name])
            found = crawl(client, "/", "/admin/", "/desk/requests/", "/desk/chat/", "/alarms/")
            found |= {address: as_sent(client.get(address)) for address in typed(client, cast)}
            found["rings"] = "\n".join(
                topic for of in (request_topics, chat_topics, alarm_topics) for topic in of(world[name])
            )
            seen |= {(name, address): text for address, text in found.items()}
    return seen


def test_another_team_changes_nothing_of_what_one_sees(cast, registry, world, as_person):
    assert cast.crawl
    # In both worlds it is the same moment, and everybody has been at the first page once before.
    moment = timezone.now() + timedelta(minutes=1)
    for who in STAFF:
        as_person(world[who]).get("/")
    before = look(world, cast, as_person, moment)
    secret = fill_foreign(cast, registry)
    after = look(world, cast, as_person, moment)
    assert len(before) > 200 and {len({who for who, _page in before})} == {3}
    # Vera and Cora see what is theirs: a comparison of empty pages would prove nothing.
    assert any("YOUTH1" in text for (who, _page), text in after.items() if who == "cora")
    assert after.keys() == before.keys()
    assert [place for place in before if before[place] != after[place]] == []
    for place, text in after.items():
        said = text.replace(place[1], "")
        shown = [word for word in secret if word in said and word not in before[place]]
        assert shown == [], place


def test_the_foreign_world_is_there_for_its_own_people(cast, registry, world, as_person):
    """The same search finds it all where it belongs, so that what is found nowhere above was looked for in earnest."""
    fill_foreign(cast, registry)
    boss = as_person(cast.person("second", roles=["coordinator"], supervises=[cast.crawl]))
    seen = "".join(crawl(boss, "/admin/").values()) + "".join(
        crawl(as_person(cast.viktor), "/", "/desk/requests/").values()
    )
    for word in (FOREIGN, "NIGHTJAR2", cast.viktor.alias, HelpRequest.objects.filter(team=cast.crawl).first().code):
        assert word in seen, word


def test_a_foreign_thing_answers_like_one_that_does_not_exist(cast, registry, world, as_person):
    fill_foreign(cast, registry)
    help_request = HelpRequest.objects.filter(team=cast.crawl).first()
    conversation = Conversation.objects.filter(line__team=cast.crawl).first()
    alarm = Alarm.objects.filter(team=cast.crawl).first()
    pairs = [
        (f"/desk/requests/{{}}/{name}/", help_request.code, "ZZZZZZ")
        for name in ("cancel", "again", "keep", "note", "ring-back", "correct")
    ]
    pairs += [
        (f"/desk/chat/{{}}/{name}", conversation.code, "ZZZZZZZZZZ") for name in ("", "take/", "end/", "put-away/")
    ]
    pairs += [
        (f"/desk/chat/lines/{{}}/{name}/", "nightjar", "nosuchline") for name in ("mode", "number", "next", "practice")
    ]
    pairs += [("/alarms/{}/see-to/", str(alarm.pk), str(uuid.uuid4()))]
    pairs += [
        (f"/admin/{label}/{{}}/{page}", str(pk), str(unknown))
        for label, pk, unknown in (
            ("dispatch/helprequest", help_request.pk, uuid.uuid4()),
            ("chat/conversation", conversation.pk, 999_999),
            ("staff/alarm", alarm.pk, uuid.uuid4()),
            ("staff/team", cast.crawl.pk, uuid.uuid4()),
            ("staff/user", cast.viktor.pk, uuid.uuid4()),
        )
        for page in ("change/", "delete/", "history/", "do/acknowledge/", "")
    ]
    # One moment for all answers, which say what time it is in the house.
    with time_machine.travel(timezone.now(), tick=False):
        _compare(pairs, world, as_person)
    assert HelpRequest.objects.get(pk=help_request.pk).state == help_request.state


def _compare(pairs, world, as_person):
    for who in STAFF:
        client = as_person(world[who])
        for method in (client.get, client.post):
            for address, foreign, unknown in pairs:
                got = as_sent(method(address.format(foreign))).replace(address.format(foreign), "THING")
                wanted = as_sent(method(address.format(unknown))).replace(address.format(unknown), "THING")
                knows_people = address.startswith(("/admin/staff/team", "/admin/staff/user"))
                if knows_people and got[:3] == "403" and wanted[:3] == "404":
                    pytest.fail(f"{who} learns from {address} that there is such a person or team")
                assert got == wanted, (who, method, address)


def test_names_and_addresses_of_accounts_show_to_administrators_alone(cast, registry, world, as_person):
    marks = []
    for person in [*world.values(), cast.ada, cast.alice]:
        person.username = f"account-{secrets.token_hex(6)}"
        person.email = f"mail-{secrets.token_hex(6)}@example.org"
        person.save()
        marks += [person.username, person.email]
    fill_foreign(cast, registry)
    for who in ("vera", "cora", "viktor", "representative"):
        client = as_person(world[who])
        seen = crawl(client, "/", "/admin/", "/desk/requests/", "/desk/chat/")
        seen |= {address: as_sent(client.get(address)) for address in typed(client, cast)}
        assert [(page, mark) for page, text in seen.items() for mark in marks if mark in text] == []
    assert cast.vera.username in "".join(crawl(as_person(cast.ada), "/admin/staff/user/").values())


def test_rows_that_one_sees_are_never_of_a_foreign_team(cast, registry, world):
    """Every model with a team, whatever page will show it some day."""
    fill_foreign(cast, registry)
    checked = 0
    for model in (HelpRequest, Conversation, Alarm, Tally, Line):
        for right in ("dispatch.take_request", "dispatch.supervise_requests", "chat.talk", "staff.acknowledge_alarm"):
            for who in ("vera", "cora"):
                path = getattr(model, "TEAM_PATH", "team")
                shown = visible(world[who], model.objects.all(), right)
                assert set(shown.values_list(path, flat=True)) <= {cast.phone.pk}
                checked += shown.count()
    assert checked > 5
