"""Fifty local coordinators who all want the same request, each on one way: web, admin, link or Telegram.

`Crowd` makes and asks them, `Race` lets them accept in one instant from processes of their own and judges what came of it.
"""

import json
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.test import Client
from django.urls import reverse

from coordinators.models import LocalCoordinator
from hotline.dispatch.actions import links
from hotline.dispatch.models import Offer
from hotline.dispatch.voice import Voice
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.telegram.models import TelegramUpdate
from tests.support.nursery import PATIENCE, ROOT
from tests.support.running import wait_for

# On the web somebody with an account has their own page open; a link is that of a linked person without one.
WAYS = {"web": 13, "admin": 12, "link": 12, "telegram": 13}
TAKEN, TAKEN_NOW = "being handled by somebody else", "is being handled"


def token_of(url):
    """The token (str) in the address of a coordinator's own link."""
    return url.split("/o/")[1].strip("/")


@dataclass(frozen=True)
class Racer:
    """A coordinator with a phone (chat) and, on the ways that need one, an account with its cookies."""

    way: str
    coordinator: LocalCoordinator
    endpoint: object
    chat: int
    account: object
    cookies: dict


class Crowd:
    """Coordinators for food in Kharkiv, as many on each way as WAYS says; all of them are asked at once."""

    def __init__(self, registry, cast, simulator, ways=WAYS):
        self.registry, self.cast, self.simulator = registry, cast, simulator
        everybody = dict.fromkeys(("urgent", "today", "soon"), sum(ways.values()))
        type(registry.any).objects.filter(pk=registry.any.pk).update(wave_size=everybody)
        with transaction.atomic():
            self.racers = [self._racer(way, number) for way, count in ways.items() for number in range(count)]
        registry.food.refresh_from_db()
        self._heard = 0

    def _racer(self, way, number):
        chat = self.simulator.person(f"{way} {number}")
        coordinator = self.registry.coordinator(
            (self.registry.food, self.registry.kharkiv), chat=chat, capacity=30_000, contact_limit=30_000
        )
        account, cookies = None, {}
        if way in ("web", "admin"):
            account = self.cast.person(f"{way}{number}", represents=[coordinator])
            browser = Client()
            browser.force_login(account)
            cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        return Racer(way, coordinator, coordinator.endpoints.get(), chat, account, cookies)

    def ask(self):
        """A new request, offered to all of them; returns it when the worker has brought it to every phone."""
        help_request = self.registry.take(self.cast.vera, self.cast.phone, self.registry.food, self.registry.kharkiv)
        assert help_request.offers.count() == len(self.racers)
        assert wait_for(is_settled, PATIENCE), "the offers did not reach the phones"
        self.news()
        return help_request

    def news(self):
        """What was called at the simulator since this was asked last."""
        calls = self.simulator.calls("", self._heard)
        self._heard = calls[-1]["n"] if calls else self._heard
        return calls


def is_settled():
    """Whether everything that people did is handled, and everything that they are told is told."""
    return not (
        TelegramUpdate.objects.filter(handled_at=None, failed_at=None).exists()
        or Message.objects.filter(state__in=["queued", "leased"]).exists()
    )


class Pressers:
    """A client process for each way; see tests/support/pressers.py."""

    def __init__(self, ways=WAYS):
        self.of_way = {
            way: subprocess.Popen(
                [sys.executable, "-m", "tests.support.pressers"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for way in ways
        }

    def play(self, actors):
        """Let all press in one instant. actors: {way: [actor, …]}; what became of each: {way: [{status, to, text}]}."""
        for way, process in self.of_way.items():
            self._say(process, json.dumps(actors[way]))
        for process in self.of_way.values():
            assert process.stdout.readline() == "ready\n"
        for process in self.of_way.values():
            self._say(process, "go")
        return {way: json.loads(process.stdout.readline()) for way, process in self.of_way.items()}

    def close(self):
        """End the processes."""
        for process in self.of_way.values():
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(PATIENCE)
            process.stdout.close()

    def _say(self, process, line):
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


class Race:
    """One round: everybody accepts the same request at once. `violations` is what should not have happened."""

    def __init__(self, crowd, help_request, webs):
        self.crowd, self.help_request = crowd, help_request
        self.offers = {offer.local_coordinator_id: offer for offer in help_request.offers.all()}
        self.webs = [web.url for web in webs]
        self.simulator = crowd.simulator
        self.open_before = self._open_requests()
        # Presses on phones that no words over the chat answered.
        self.unanswered = 0
        # Tokens of the links that were pressed.
        self.tokens = []

    def run(self, pressers):
        """Press, wait until everybody was told, and judge. Returns the way on which it was won ("" if by nobody)."""
        by_way = {}
        with transaction.atomic():
            for number, racer in enumerate(self.crowd.racers):
                by_way.setdefault(racer.way, []).append(self._actor(racer, self.webs[number % len(self.webs)]))
        updates = TelegramUpdate.objects.count() + len(by_way.get("telegram", []))
        results = pressers.play(by_way)
        assert wait_for(lambda: TelegramUpdate.objects.count() >= updates and is_settled(), PATIENCE), (
            "not all was handled"
        )
        calls = self.crowd.news()
        self.violations = []
        results = [one for way in by_way for one in results[way]]
        winners = self._judge_answers(results, calls)
        self._judge_phones(calls, winners)
        self._judge_database(winners)
        return winners[0].way if winners else ""

    def _actor(self, racer, url):
        offer = self.offers[racer.coordinator.pk]
        if racer.way == "telegram":
            data = f"a.{offer.button_token(racer.chat)}"
            return {"press": f"{self.simulator.url}/control/press", "body": {"person": racer.chat, "data": data}}
        if racer.way == "admin":
            page = reverse("admin:dispatch_offer_change", args=[offer.pk])
            action = reverse("admin:dispatch_offer_button", args=[offer.pk, "accept"])
            return {"url": url, "cookies": racer.cookies, "page": page, "action": action, "refused_to": page}
        holder = {"user": racer.account} if racer.account else {"endpoint": racer.endpoint}
        self.tokens.append(token_of(links.issue(offer, Voice(Offer.Way.LINK, **holder))))
        page = f"/o/{self.tokens[-1]}/"
        return {"url": url, "cookies": racer.cookies, "page": page, "action": f"{page}accept/"}

    def _judge_answers(self, results, calls):
        """Who won, by what each was answered; a loser is refused, in words.

        A press on the phone is answered at most once: the words over the chat may be lost when Telegram is slow, and
        then the message alone says what came of it.
        """
        words = {}
        for call in calls:
            if call["method"].lower() == "answercallbackquery" and call["status"] == 200:
                words.setdefault(call["parameters"]["callback_query_id"], []).append(call["parameters"].get("text", ""))
            elif call["method"].lower() == "editmessagetext" and call["status"] == 200:
                words.setdefault(call["chat"], []).append(call["parameters"]["text"])
        winners = []
        for racer, result in zip(self.crowd.racers, results, strict=True):
            text = result["text"]
            if racer.way == "telegram":
                answers = words.get(result["query"], [])
                if len(answers) > 1:
                    self._say(racer, f"was answered {len(answers)} times")
                self.unanswered += not answers
                text = answers[0] if answers else "".join(words.get(racer.chat, []))
                won = "Yours" in text
            else:
                won = result["status"] == 302 and "/o/" in result["to"]
            if won:
                winners.append(racer)
            elif TAKEN not in text and not (racer.way == "telegram" and TAKEN_NOW in text):
                self._say(racer, f"was answered {result['status']} {text[:200]!r}")
        if len(winners) != 1:
            self.violations.append(f"{len(winners)} winners")
        return winners

    def _judge_phones(self, calls, winners):
        """The winner's message says so; each other's was changed to "taken" exactly once; nobody got another message."""
        changes, fresh = {}, Counter()
        for call in calls:
            if call["method"].lower() == "editmessagetext" and call["status"] == 200:
                changes.setdefault(call["chat"], []).append(call["parameters"]["text"])
            elif call["method"].lower() == "sendmessage":
                fresh[call["chat"]] += 1
        for racer in self.crowd.racers:
            texts = changes.get(racer.chat, [])
            told = "Yours" if racer in winners else TAKEN_NOW
            if len(texts) != 1 or told not in texts[0]:
                self._say(racer, f"was told {texts}")
            if fresh[racer.chat]:
                self._say(racer, f"got {fresh[racer.chat]} more messages")

    def _judge_database(self, winners):
        states = Counter(self.help_request.offers.values_list("state", flat=True))
        if states != {"accepted": 1, "taken": len(self.crowd.racers) - 1}:
            self.violations.append(f"the offers stand at {dict(states)}")
        accepted = self.help_request.offers.filter(state="accepted").values_list("local_coordinator_id", flat=True)
        if [one.coordinator.pk for one in winners] != list(accepted):
            self.violations.append("the database has another winner")
        audited = AuditEntry.objects.filter(action="offer.accepted", subject=self.help_request.code).count()
        if audited != 1:
            self.violations.append(f"{audited} lines in the audit")
        if self._open_requests() != self.open_before + 1:
            self.violations.append("open requests were counted wrong")

    def _open_requests(self):
        return sum(LocalCoordinator.objects.values_list("open_requests", flat=True))

    def _say(self, racer, what):
        self.violations.append(f"{racer.way} {racer.chat} {what}")
