"""Fifty coordinators accept one request at once, over and over: at the actions, and over real HTTP and the simulator.

RACE_ROUNDS and RACE_HTTP_ROUNDS say how often (1,000 and 100 unless told otherwise), RACE_SECONDS how long each of the
two may take at the most; what was run stands beside the figure.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from coordinators.models import LocalCoordinator
from hotline.dispatch.models import HelpRequest, Offer, OfferLink
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.bench import Result, measures
from tests.cast import Cast
from tests.support.crowd import Crowd, Pressers, Race
from tests.support.nursery import PATIENCE, ROOT, Brood, Nursery, environment
from tests.support.registry import Registry
from tests.support.simulator import SimulatorClient, SimulatorServer

ROUNDS = int(os.environ.get("RACE_ROUNDS", 1000))
HTTP_ROUNDS = int(os.environ.get("RACE_HTTP_ROUNDS", 100))
SECONDS = int(os.environ.get("RACE_SECONDS", 600))
PROCESSES = 5
# By the action there is no difference between the two pages of a link but who holds it.
VOICE = {"web": "link", "admin": "admin", "link": "link", "telegram": "telegram"}


@measures("dispatch.race_violations")
def race():
    """What should not have happened: not one winner, a loser not told once or in other words, a wrong count anywhere."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-race-"))
        server = SimulatorServer()
        server.start()
        stack.callback(server.end)
        simulator = SimulatorClient(server.url, server)
        simulator.settings(enabled=False)
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = simulator.url, simulator.token
        variables = environment(simulator, folder) | {"DATABASE_POOL": "12"}
        brood = stack.enter_context(closing(Brood(folder, variables)))
        nursery = stack.enter_context(closing(Nursery(brood, folder)))
        pressers = stack.enter_context(closing(Pressers()))
        nursery.worker(rate=500)
        crowd = Crowd(Registry(), Cast(), simulator)
        over_http = run(HTTP_ROUNDS, over_http_with(crowd, [nursery.web(), nursery.web()], pressers))
        by_actions = run(ROUNDS, stack.enter_context(closing(ByActions(crowd, variables))))
    violations = over_http.violations + by_actions.violations
    for line in violations[:20]:
        sys.stdout.write(f"{line}\n")
    yield Result("dispatch.race_violations", len(violations), "violations", setting=setting(over_http, by_actions))


class Tally:
    """What came of many rounds."""

    def __init__(self):
        self.rounds, self.violations, self.won_by = 0, [], Counter()


def run(rounds, play):
    """Call `play` (→ violations, way of the winner) so often, or as often as the time allows; a Tally."""
    tally, began = Tally(), time.monotonic()
    while tally.rounds < rounds and time.monotonic() - began < SECONDS:
        violations, way = play()
        tally.rounds += 1
        tally.violations += violations
        tally.won_by[way] += 1
    return tally


def over_http_with(crowd, webs, pressers):
    """A round over HTTP: two web servers and a worker, a process of clients for each way."""

    def play():
        one = Race(crowd, crowd.ask(), webs)
        way = one.run(pressers)
        return one.violations, way

    return play


class ByActions:
    """Rounds at the actions: processes of threads that all call accept() for the same request."""

    def __init__(self, crowd, variables):
        self.crowd, self.help_request = crowd, crowd.ask()
        offers = {offer.local_coordinator_id: offer for offer in self.help_request.offers.all()}
        self.offers = [offers[racer.coordinator.pk] for racer in crowd.racers]
        self.audited = AuditEntry.objects.count()
        rows = [
            [VOICE[racer.way], str(offer.pk), racer.account is None and str(racer.endpoint.pk) or None,
             racer.account and str(racer.account.pk)]
            for racer, offer in zip(crowd.racers, self.offers, strict=True)
        ]  # fmt: skip
        self.processes = []
        for number in range(PROCESSES):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.racers"],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._say(process, json.dumps(rows[number::PROCESSES]))
            self.processes.append(process)
        assert all(process.stdout.readline() == "ready\n" for process in self.processes)

    def __call__(self):
        self._as_offered()
        for process in self.processes:
            self._say(process, "go")
        outcomes = [""] * len(self.offers)
        for number, process in enumerate(self.processes):
            outcomes[number::PROCESSES] = json.loads(process.stdout.readline())
        return self._judge(outcomes)

    def close(self):
        for process in self.processes:
            process.stdin.close()
            process.wait(PATIENCE)
            process.stdout.close()

    def _say(self, process, line):
        process.stdin.write(f"{line}\n")
        process.stdin.flush()

    def _as_offered(self):
        """Everything as it was before anybody accepted."""
        mine = [offer.pk for offer in self.offers]
        with transaction.atomic():
            HelpRequest.objects.filter(pk=self.help_request.pk).update(state="offering")
            Offer.objects.filter(pk__in=mine).update(
                state="offered", answered_at=None, accepted_via="", accepted_endpoint=None, accepted_user=None
            )
            OfferLink.objects.filter(offer__in=mine).delete()
            Message.objects.exclude(edits=None).delete()
            Message.objects.filter(key__contains=":yours").delete()
            LocalCoordinator.objects.update(open_requests=0)

    def _judge(self, outcomes):
        found = []
        counts = Counter(outcomes)
        if counts != {"won": 1, "already_taken": len(self.offers) - 1}:
            found.append(f"the outcomes were {dict(counts)}")
        states = Counter(self.help_request.offers.values_list("state", flat=True))
        if states != {"accepted": 1, "taken": len(self.offers) - 1}:
            found.append(f"the offers stand at {dict(states)}")
        winner = outcomes.index("won") if "won" in outcomes else None
        holder = self.help_request.offers.filter(state="accepted").values_list("pk", flat=True).first()
        if winner is None or self.offers[winner].pk != holder:
            found.append("the database has another winner")
        told = Message.objects.exclude(edits=None).values("edits").annotate(times=Count("pk"))
        if sorted(told.values_list("times", flat=True)) != [1] * len(self.offers):
            found.append("not each was told once")
        if sum(LocalCoordinator.objects.values_list("open_requests", flat=True)) != 1:
            found.append("open requests were counted wrong")
        audited, self.audited = AuditEntry.objects.count() - self.audited, AuditEntry.objects.count()
        if audited != 1:
            found.append(f"{audited} lines in the audit")
        return found, "" if winner is None else self.crowd.racers[winner].way


def setting(over_http, by_actions):
    """In words: how much was run, on what, and who won how often."""

    def won(tally):
        return ", ".join(f"{way or 'nobody'} {number}" for way, number in sorted(tally.won_by.items()))

    return (
        f"{connection.vendor}; 50 at once; {by_actions.rounds} rounds at the actions by {PROCESSES} processes "
        f"(won by {won(by_actions)}); {over_http.rounds} rounds over HTTP and simulator, two web servers, a worker, four "
        f"processes of clients (won by {won(over_http)})"
    )
