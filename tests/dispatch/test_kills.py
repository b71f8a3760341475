"""`kill -9` of the worker between send and record, and of the web server during an accept, at several moments.

Nothing is lost, and nothing comes twice but after an uncertain answer: then at most one visible twin, with the same
reference, which is recognised when it is pressed.
"""

import threading

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from hotline.dispatch.actions import links, offers
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import Voice
from hotline.outbox.actions import delivery
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.telegram.models import TelegramUpdate
from tests.support.crowd import Crowd, token_of
from tests.support.registry import offer_of, voice_of
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "f" * 32
TAKEN = "is being handled"


@pytest.fixture
def phones(telegram, registry):
    """[(person, coordinator)]: three coordinators for food in Kharkiv, each with a phone."""
    people = [telegram.phone(f"Phone {number}") for number in range(3)]
    return [(person, registry.coordinator((registry.food, registry.kharkiv), chat=person)) for person in people]


@pytest.fixture
def take_over(telegram):
    """take_over(): the next worker finds the leases of the dead one run out, and goes on."""

    def go_on():
        Message.objects.filter(state="leased").update(lease_until=timezone.now())
        delivery.recover_lost(timezone.now())
        telegram.run()
        assert not Message.objects.filter(state__in=["queued", "leased", "dead"]).exists()

    return go_on


def versions(telegram, person):
    """The texts of each of the bot's messages on a phone, oldest first: [[text, …], …]."""
    own = int(telegram.client.token.partition(":")[0])
    return [
        [version["text"] for version in message["versions"]]
        for message in telegram.client.messages(person)
        if message["from"] == own
    ]


# What the worker is held at, and whether afterwards anybody can know that the message arrived.
SENDING = {
    "leased and not sent": ({"hold": "hotline.outbox.drivers.telegram._arguments"}, None, True),
    "not applied by Telegram": ({}, "hang_before", True),
    "applied and not answered": ({}, "hang_after", True),
    "answered and not recorded": ({"hold": "hotline.outbox.actions.delivery.record_all"}, None, True),
    "recorded": ({"hold": "hotline.outbox.actions.delivery.record_all", "when": "after"}, None, False),
}
ARRIVED = {"applied and not answered", "answered and not recorded", "recorded"}


@pytest.mark.parametrize("moment", SENDING)
def test_an_offer_outlives_the_worker_that_sends_it(nursery, telegram, phones, vera_takes, registry, take_over, moment):
    person, coordinator = phones[0]
    for _other, away in phones[1:]:
        away.endpoints.update(state="off")
    help_request = vera_takes(registry.food, registry.kharkiv)
    hold, fault, is_uncertain = SENDING[moment]
    if fault:
        telegram.client.fault(fault, method="sendMessage", count=1, seconds=60)
    worker = nursery.worker(**hold)
    reached = (
        worker.held if hold else lambda: any(call["fault"] == fault for call in telegram.client.calls("sendMessage"))
    )
    assert wait_for(reached)
    if moment in ARRIVED:
        assert wait_for(lambda: versions(telegram, person))
    worker.kill()
    before = len(versions(telegram, person))
    assert before == (moment in ARRIVED)

    take_over()
    message = Message.objects.get(purpose="offer")
    assert (message.state, message.uncertain) == ("sent", is_uncertain)
    copies = versions(telegram, person)
    assert len(copies) == before + is_uncertain
    reference = offer_of(help_request, coordinator).reference
    assert all(len(texts) == 1 and reference in texts[0] for texts in copies)

    # Whichever copy is pressed: it is known, and every copy shows what came of it.
    oldest = telegram.client.messages(person)[0]["id"]
    assert "Yours" in telegram.press(person, "Accept", message=oldest)
    assert all("Yours" in texts[-1] for texts in versions(telegram, person))
    assert offer_of(help_request, coordinator).state == Offer.State.ACCEPTED


def test_a_losers_twin_that_is_pressed_late_is_told_as_the_other_was(
    nursery, telegram, phones, vera_takes, registry, take_over
):
    vera_takes(registry.food, registry.kharkiv)
    loser = phones[1][0]
    telegram.client.fault("hang_after", method="sendMessage", chat=loser, count=1, seconds=60)
    worker = nursery.worker()
    assert wait_for(lambda: versions(telegram, loser) and Message.objects.filter(state="sent").count() == 2)
    worker.kill()
    take_over()
    telegram.press(phones[0][0], "Accept")
    first, second = versions(telegram, loser)
    assert sorted([len(first), len(second)]) == [1, 2]
    unknown = telegram.client.messages(loser)[0 if len(first) == 1 else 1]["id"]
    assert "already being handled" in telegram.press(loser, "Accept", message=unknown)
    for texts in versions(telegram, loser):
        assert [TAKEN in text for text in texts] == [False, True]
    assert [TAKEN in text for text in versions(telegram, phones[2][0])[0]] == [False, True]


@pytest.mark.parametrize("fault", ["hang_before", "hang_after"])
def test_losers_are_told_once_though_the_worker_that_tells_them_dies(
    nursery, telegram, phones, vera_takes, registry, take_over, fault
):
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    offers.accept(voice_of(phones[0][1]), offer_of(help_request, phones[0][1]))
    telegram.client.fault(fault, method="editMessageText", chat=phones[1][0], count=1, seconds=60)
    worker = nursery.worker()
    assert wait_for(lambda: any(call["fault"] for call in telegram.client.calls("editMessageText")))
    worker.kill()
    take_over()
    for person, _loser in phones[1:]:
        (texts,) = versions(telegram, person)
        assert [TAKEN in text for text in texts] == [False, True]


HANDLING = {
    "hotline.dispatch.actions.offers.close_others": "after",
    "hotline.telegram.actions.updates.finish": "before",
}


@pytest.mark.parametrize("hold", HANDLING)
def test_a_press_outlives_the_worker_that_handles_it(nursery, telegram, phones, vera_takes, registry, take_over, hold):
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    worker = nursery.worker(hold=hold, when=HANDLING[hold])
    telegram.client.press(phones[0][0], "Accept")
    assert wait_for(worker.held)
    worker.kill()
    is_committed = hold.endswith("finish")
    help_request.refresh_from_db()
    assert help_request.state == (HelpRequest.State.ACCEPTED if is_committed else HelpRequest.State.OFFERING)
    assert not TelegramUpdate.objects.get().handled_at
    TelegramUpdate.objects.update(not_before=timezone.now())
    telegram.receive()
    take_over()
    assert_won_once(telegram, help_request, phones)


def assert_won_once(telegram, help_request, phones):
    """The first of the phones has it, and each other was told so once."""
    (winner, coordinator), *others = phones
    assert offer_of(help_request, coordinator).state == Offer.State.ACCEPTED
    assert "Yours" in telegram.last(winner)["text"] and "Open the contact" in telegram.buttons(winner)
    for person, loser in others:
        assert offer_of(help_request, loser).state == Offer.State.TAKEN
        assert [TAKEN in text for text in versions(telegram, person)[-1]] == [False, True]
    assert AuditEntry.objects.filter(action="offer.accepted", subject=help_request.code).count() == 1
    coordinator.refresh_from_db()
    assert coordinator.open_requests == 1


def press(web, token):
    """Accept on the page of a link: the answer, or None when the server died over it."""
    cookies = {"csrftoken": TOKEN}
    try:
        with httpx.Client(base_url=web.url, cookies=cookies, trust_env=False, verify=False, timeout=60) as browser:
            return browser.post(f"/o/{token}/accept/", data={"csrfmiddlewaretoken": TOKEN})
    except httpx.TransportError:
        return None


def link_to(offer):
    voice = Voice(Offer.Way.LINK, endpoint=offer.local_coordinator.endpoints.get())
    return token_of(links.issue(offer, voice))


# In the order in which an accept gets to them: (function, moment, whether it is certain by then).
ACCEPTING = [
    ("hotline.dispatch.actions.offers.take_place", "before", False),
    ("hotline.dispatch.actions.links.issue", "before", False),
    ("hotline.dispatch.actions.offers.close_others", "after", False),
    ("hotline.dispatch.views.offers.redirect", "before", True),
]


def test_an_accept_outlives_the_web_server_or_never_was(nursery, telegram, phones, vera_takes, registry, take_over):
    (_person, coordinator), *_others = phones
    for hold, when, is_certain in ACCEPTING:
        help_request = vera_takes(registry.food, registry.kharkiv)
        telegram.run()
        offer = offer_of(help_request, coordinator)
        token = link_to(offer)
        web = nursery.web(hold=hold, when=when)
        pressing = threading.Thread(target=press, args=[web, token])
        pressing.start()
        assert wait_for(web.held)
        web.kill()
        pressing.join()

        help_request.refresh_from_db()
        states = set(help_request.offers.values_list("state", flat=True))
        assert states == ({"accepted", "taken"} if is_certain else {"offered"}), hold
        changes = Message.objects.exclude(edits=None).filter(edits__subject__in=help_request.offers.values("reference"))
        assert changes.count() == (3 if is_certain else 0)
        # Whoever saw no answer presses again.
        again = press(nursery.web(), token)
        assert again.status_code == (409 if is_certain else 302)
        take_over()
        assert_won_once(telegram, help_request, phones)
        HelpRequest.objects.filter(pk=help_request.pk).update(state="done")
        Offer.objects.filter(state="accepted").update(state="finished")
        type(coordinator).objects.update(open_requests=0)


def test_no_acknowledged_accept_is_lost_and_none_counted_twice_in_a_crowd(nursery, telegram, registry, cast):
    """Eight accept at once, and the server dies while they do: as they arrive, or when some have their answers."""
    crowd = Crowd(registry, cast, telegram.client, {"link": 8})
    in_flight = 0
    for answered in (0, 1, 2, 4):
        help_request = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
        telegram.run()
        with transaction.atomic():
            tokens = {
                racer.coordinator.pk: link_to(offer_of(help_request, racer.coordinator)) for racer in crowd.racers
            }
        web, won, answers, some_came = nursery.web(), [], [], threading.Semaphore(0)

        def accept(who, token, web=web, won=won, answers=answers, some_came=some_came):
            answer = press(web, token)
            if answer is not None:
                answers.append(answer.status_code)
                if answer.status_code == 302:
                    won.append(who)
            some_came.release()

        people = [threading.Thread(target=accept, args=one) for one in tokens.items()]
        for person in people:
            person.start()
        for _answer in range(answered):
            some_came.acquire(timeout=60)
        web.kill()
        for person in people:
            person.join()
        in_flight += len(people) - len(answers)

        assert set(answers) <= {302, 409}
        holders = list(help_request.offers.filter(state="accepted").values_list("local_coordinator_id", flat=True))
        assert len(holders) <= 1 and set(won) <= set(holders)
        next_web = nursery.web()
        late = {who: press(next_web, token).status_code for who, token in tokens.items()}
        next_web.kill()
        winners = list(help_request.offers.filter(state="accepted").values_list("local_coordinator_id", flat=True))
        assert len(winners) == 1 and (not holders or winners == holders)
        assert [who for who, status in late.items() if status == 302] == ([] if holders else winners)
        telegram.run()
        assert AuditEntry.objects.filter(action="offer.accepted", subject=help_request.code).count() == 1
        for racer in crowd.racers:
            *_earlier, texts = versions(telegram, racer.chat)
            said = "Yours" if racer.coordinator.pk in winners else TAKEN
            assert [said in text for text in texts] == [False, True]
    assert in_flight, "no kill came in time"
