"""A scanner of links in mail or messenger opens every link that the house ever sends, and nothing has happened.

ASVS 4.1.4, 6.4.1. What it opens is all that a page leads to as well; the buttons on the pages do their work afterwards.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.conf import settings as house_settings
from django.test import Client
from django.urls import resolve

from coordinators.actions import checking, ways
from coordinators.models import Endpoint
from hotline.dispatch.actions import offers
from hotline.dispatch.models import Offer
from hotline.outbox.models import Message
from hotline.staff.actions import invitations
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.models import Alarm, User
from tests.coordinators.joining import register
from tests.support.leaks import Rows
from tests.support.live import PATIENCE
from tests.support.registry import offer_of, voice_of

WORDS = "a river under seven moons"
# Every link that goes out, by its route, and the code that makes it; what is not here is sent to nobody.
SENT = {
    "o/<str:token>/": "hotline/dispatch/models/offer_link.py",
    "invitation/<str:code>/": "hotline/staff/actions/invitations.py",
    "accounts/new-password/<str:code>/": "hotline/staff/actions/invitations.py",
    "alarms/call/<str:token>/": "hotline/staff/actions/calls.py",
    "mailbox/<str:code>/": "coordinators/actions/ways.py",
    "join/state/": "coordinators/actions/checking.py",
    # Pages that the bot names to whoever asks it.
    "join/": "coordinators/telegram/commands.py",
    "guides/coordinator/": "coordinators/telegram/commands.py",
}
NOT_SENT = {
    "chat/actions/debriefs.py",  # a list of the admin, behind the log-in
    "chat/admin/line.py",  # what an administrator copies into a website
    "coordinators/demo.py",  # printed by the demo
    "hotline/dispatch/admin/tallies.py",  # what supervisors read, and hand on themselves
    "hotline/dispatch/shapes.py",  # for programs, which sign what they post
    "hotline/live/origin.py",
    "hotline/management/commands/serve.py",
    "hotline/staff/adapters.py",
    "hotline/telegram/poller.py",  # where Telegram brings updates
    "hotline/telegram/simulator/page.py",
}


def test_every_place_that_makes_a_link_is_known_here():
    found = {
        str(path.relative_to(house_settings.BASE_DIR))
        for room in ("hotline", "chat", "coordinators")
        for path in Path(house_settings.BASE_DIR, room).rglob("*.py")
        if re.search(r"settings\.BASE_URL|build_absolute_uri", path.read_text())
    }
    assert found == {*SENT.values(), *NOT_SENT}, "Have the scanner below open what is sent from there."


@pytest.fixture
def sent(live, cast, registry):
    """{route: [link]} of every message that waits to go out, after a day on which every kind was sent."""
    newcomer = cast.person("nina")
    newcomer.set_unusable_password()
    newcomer.save()
    invitations.invite(cast.ada, newcomer)
    invitations.ask_forgotten(cast.vera.username)
    invitations.send_forgotten()
    assert cast.cora
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    checking.approve(cast.ada, register(registry)[0], words="By telephone.")
    helpers = [registry.coordinator((registry.food, registry.kharkiv)) for _number in range(2)]
    ways.add_mailbox(cast.ada, helpers[0], "kitchen@example.org")
    registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    won = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    offers.accept(voice_of(helpers[0]), offer_of(won, helpers[0]))
    found = {route: [f"{live}/{route}"] for route in ("join/", "guides/coordinator/")}
    for message in Message.objects.filter(state="queued"):
        for link in links_in(message.content()):
            found.setdefault(resolve(urlsplit(link).path).route, []).append(link)
    return found


def links_in(content):
    """Every address of ours in the content of a message, in its text and under its buttons."""
    buttons = [button.get("url", "") for row in content.get("buttons", ()) for button in row]
    return [link for link in [*re.findall(r"https?://[^\s\"<>]+", content["text"]), *buttons] if link]


def leads_to(page):
    """Everything that stands on a page as an address, forms included, as a scanner would try it."""
    found = {
        urljoin(str(page.url), unescape(one)) for one in re.findall(r"(?:href|action|src)=\"([^\"]+)\"", page.text)
    }
    return {one for one in found if urlsplit(one).netloc == urlsplit(str(page.url)).netloc and "/static/" not in one}


def test_whoever_opens_every_link_and_all_it_leads_to_changes_nothing(live, sent, settings):
    settings.LIMITS = {name: [(100_000, 60)] for name in settings.LIMITS}
    assert sent.keys() == SENT.keys(), "this is no day on which every kind was sent"
    before, seen = list(Rows().pieces()), set()
    with httpx.Client(trust_env=False, timeout=PATIENCE, follow_redirects=True) as scanner:
        for link in [one for of_route in sent.values() for one in of_route]:
            page = scanner.get(link, headers={"User-Agent": "LinkPreview/1.0", "Purpose": "prefetch"})
            assert page.status_code == 200, f"{link} has no page"
            seen |= {link, *leads_to(page)}
        for address in sorted(seen):
            for method in ("GET", "HEAD", "OPTIONS"):
                scanner.request(method, address)
                # as a scanner that comes anew each time
                httpx.request(method, address, trust_env=False, timeout=PATIENCE)
    assert len(seen) > 2 * sum(map(len, sent.values())), "the pages lead nowhere"
    assert list(Rows().pieces()) == before

    def press(link, button="", **fields):
        return Client().post(f"{urlsplit(link).path}{button}", fields)

    open_offer, *_others = [link for link in sent["o/<str:token>/"] if press(link, "accept/").status_code == 302]
    assert open_offer and Offer.objects.filter(state="accepted").count() == 2
    assert press(*sent["invitation/<str:code>/"], password=WORDS, again=WORDS).url == "/"
    assert press(*sent["accounts/new-password/<str:code>/"], password=WORDS, again=WORDS).status_code == 302
    assert {user.username for user in User.objects.all() if user.check_password(WORDS)} == {"nina", "vera"}
    press(*sent["mailbox/<str:code>/"])
    assert Endpoint.objects.get(channel="email").state == Endpoint.State.ACTIVE
    press(sent["alarms/call/<str:token>/"][0])
    assert Alarm.objects.filter(kind="nobody_took", acknowledged_at=None).count() == 0
