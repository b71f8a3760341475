"""
The matrix: every address × everybody × what is theirs and what is not × GET and POST.

Denied unless an entry written by hand (pages.py, admin.py) lets somebody in and says what they find there. A refusal changes
nothing, and tells a stranger nothing: it is the answer to an address of something that does not exist.
"""

import pytest
from django.conf import settings as house
from django.db import transaction
from django.test import override_settings
from django.utils.html import escape

from tests.attacks.matrix.admin import doors_of
from tests.attacks.matrix.doors import ALIASES, KEEPERS, KNOWS, colleagues
from tests.attacks.matrix.knocking import knock
from tests.attacks.matrix.pages import PAGES
from tests.attacks.matrix.parameters import all_addresses, parameters
from tests.attacks.matrix.world import MARKED, SECRET, World

pytestmark = pytest.mark.django_db

ADDRESSES = {one.route: one for one in all_addresses()}
# What is no way in: not logged in, not known, not allowed, not there, not by this method, too often.
REFUSALS = {401, 403, 404, 405}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all of them, gone afterwards; nobody is slowed down, or asked again because the machine is slow."""
    open_house = {
        "LIMITS": {name: [(10**6, 60)] for name in house.LIMITS},
        "REAUTHENTICATION_MINUTES": 24 * 60,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "FREEZE_SECRET": SECRET,
    }
    with django_db_blocker.unblock(), override_settings(**open_house), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def is_refusal(answer):
    return answer.status in REFUSALS or answer.leads_to.startswith(("/accounts/login/", "/admin/login/"))


def doors_at(route):
    found = PAGES.get(route) or doors_of(route)
    file = "admin" if route.startswith("admin/") else "pages"
    assert found is not None, (
        f"No entry says who may open /{route}. Write one in tests/attacks/matrix/{file}.py: "
        "who is let in, by GET and by POST, and what the page says to them."
    )
    return found


def leaks(who, answer, side, door):
    """What `who` read there that is not theirs to know."""
    found = []
    for name, one in side_marks(answer):
        known = KNOWS.get(who, {}).get(name, set())
        if one not in known and not (door and side and side.name == name and one in door.shows):
            found.append(f"{one} of {name}")
    return found + [f"the alias {alias}" for alias in foreign_names(who, answer)]


def side_marks(answer):
    """(side's name, what) of every mark that stands in the answer."""
    for name in ("phone", "crawl"):
        for what in MARKED:
            if f"{what.capitalize()}{name.capitalize()}Mark" in answer.text:
                yield name, what


def first_difference(one, other):
    """Where two answers part, in a few words of each."""
    one, other = map(str, (one, other))
    place = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"…{one[max(0, place - 40) : place + 60]!r} for what is not, …{other[max(0, place - 40) : place + 60]!r} for what is"


def foreign_names(who, answer):
    mine = ALIASES.get(who, set())
    for one in ("vera", "viktor", "cora", "alice"):
        if one not in mine and one.capitalize() in answer.text:
            yield one.capitalize()
        if who not in KEEPERS.split() and who != one and f"{one}@example.org" in answer.text:
            yield f"{one}@example.org"


@pytest.mark.parametrize("route", ADDRESSES)
def test_a_door_opens_for_those_it_is_for_and_for_nobody_else(world, route):
    doors, address = doors_at(route), ADDRESSES[route]
    names_something = "<" in route.replace("(?P<app_label>", "")
    wrong = []
    for side in world.sides.values() if names_something else [None]:
        values = parameters(route, side, world.house) if side else {}
        assert not names_something or values, f"tests/attacks/matrix/parameters.py does not know what /{route} names."
        for method, open_doors in doors.items():
            for who in world.at(route):
                wrong += [
                    f"{method} {address.path(**values)} ({side.name if side else 'no object'}) by {who}: {fault}"
                    for fault in faults(world, who, address, method, side, values, open_doors)
                ]
    assert not wrong, "\n" + "\n".join(wrong)


def faults(world, who, address, method, side, values, open_doors):
    name = side.name if side else ""
    client = world.browsers[who]
    door = next((one for one in open_doors if one.lets_in(who, name)), None)
    # What is refused is sent the very thing that is taken from others.
    sent = door or next(iter(open_doors), None)
    data = sent.data(side) if sent and callable(sent.data) else sent and sent.data
    answer = knock(client, method, address.path(**values), data)
    if read := leaks(who, answer, side, door):
        yield f"reads {', '.join(read)}"
    if door is None:
        if not is_refusal(answer):
            yield f"is let in ({answer.status} {answer.leads_to})"
        if answer.wrote:
            yield f"is refused and yet writes {', '.join(sorted(answer.wrote))}"
        if side and who not in colleagues(address.route, name):
            nothing = world.nothing(who, method, address.path(), data)
            if nothing.bare != answer.bare:
                yield f"learns that it is there: {first_difference(nothing.bare, answer.bare)}"
        return
    says = door.says.format(side=side, escape=escape)
    if answer.status != door.status:
        yield f"is answered {answer.status} {answer.leads_to}, not {door.status}"
    elif not says and door.status != 204:
        yield "finds nothing that the entry names"
    elif says not in answer.text + answer.leads_to and escape(says) not in answer.text:
        yield f"does not find {says!r} in {answer.text[:200]!r}"


# Parts that stand on every page, and an answer without a word.
PARTS = {"alarms/", "admin/counts/", "telegram/webhook/"}
# Pages that everybody has who is somebody there.
EVERYWHERE = ("/", "/accounts/", "/admin/", "/no/such/page/", "/admin/no/such/page/")


def test_what_an_entry_names_stands_on_no_page_that_everybody_has(world):
    """Else an entry would be content with a wrong page, and with one that says that it is not there."""
    pages, vague = {}, set()
    for route in ADDRESSES.keys() - PARTS:
        for method, doors in doors_at(route).items():
            # a redirect's address is compared as a whole
            for door in (one for one in doors if one.status not in (204, 302)):
                for side in (one for one in world.sides.values() if door.names(one.name)):
                    who, says = door.names(side.name)[0], door.says.format(side=side, escape=escape)
                    for page in set(EVERYWHERE) - {f"/{route}"}:
                        if (who, page) not in pages:
                            pages[who, page] = knock(world.browsers[who], "GET", page).text
                        if says in pages[who, page]:
                            vague.add(f"{method} /{route}: {door.says!r} stands on {page}, too")
    assert not vague, "\n" + "\n".join(sorted(vague))
