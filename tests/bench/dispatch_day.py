"""
A published day of a regional call centre, replayed through the real desk form, worker and simulator.

The day has 600 requests, 319 of them evacuations (data/day.csv). It is replayed as fast as it goes with 1,000 local
coordinators, ten times that day with 5,000, and a part of it with Telegram's limits on. DAY_AT_ONCE operators send at the
same time; each has the next call's form filled in when the last one is answered. DAY_SECONDS is how long forms of the ten days
are sent at the most; what was replayed stands beside the figures.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Channel, Message
from hotline.telegram.models import TelegramUpdate
from tests.bench import Result, measures, percentile
from tests.support.call_centre import CallCentre
from tests.support.nursery import PATIENCE, ROOT, Brood, Nursery, environment
from tests.support.phones import Phones
from tests.support.simulator import SimulatorClient, SimulatorServer

# 300 operators who each take a call in five minutes send one form a second; so many at once are an hour that nobody wants.
AT_ONCE = int(os.environ.get("DAY_AT_ONCE", 24))
SECONDS = int(os.environ.get("DAY_SECONDS", 300))
OPERATORS = 48
# Calls to Telegram a second while nothing limits them, and calls at once of the bare run: as many as the sender has.
UNLIMITED, CALLS_AT_ONCE = 500, 40
# Forms of the run with limits: sent before the worker starts, so that all wait at once, and while it works.
WAITING, COMING = 120, 80
LIMIT = 30
# Seconds that may pass between choosing what goes next and its call: what was written in the meantime was not passed over.
CHOSEN_AHEAD = 2.0
# More bare calls than these tell nothing new; the time of more is reckoned from theirs.
MOST_BARE_CALLS = 10_000
FIGURES = ("requests_per_second", "submit_to_offer_p50", "submit_to_offer_p95", "accept_to_taken_p95")


@measures(*(f"dispatch.day.{name}" for name in (*FIGURES, "refused", "lost")))
def day():
    """The day, with a thousand coordinators."""
    with house(coordinators=1000) as replay:
        yield from replay.measure("dispatch.day", replay.centre.forms())


@measures(*(f"dispatch.tenfold.{name}" for name in (*FIGURES, "refused", "lost")))
def tenfold():
    """Ten times the day, with five thousand coordinators."""
    with house(coordinators=5000) as replay:
        yield from replay.measure("dispatch.tenfold", replay.centre.forms(10), seconds=SECONDS)


@measures("dispatch.day.limited_rate", "dispatch.day.limits_exceeded", "dispatch.day.overtaken")
def limited():
    """A part of the day with Telegram's limits on: new offers come while the changes of taken ones wait."""
    with house(coordinators=1000, limits=True) as replay:
        forms = replay.centre.forms()
        sent = replay.send(forms[:WAITING])
        replay.work()
        replay.wait_for(lambda: replay.phones.changed())
        sent += replay.send(forms[WAITING : WAITING + COMING])
        replay.settle()
        yield from replay.judge_limits(len(sent))


@contextmanager
def house(coordinators, limits=False):
    """A Replay on a house of its own: a web server, a simulator with phones, operators; the worker too unless `limits`."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-day-"))
        server = SimulatorServer()
        server.start()
        stack.callback(server.end)
        simulator = SimulatorClient(server.url, server)
        simulator.settings(enabled=limits, leeway=0, callback_seconds=600)
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = simulator.url, simulator.token
        phones = Phones(server)
        centre = CallCentre(coordinators, OPERATORS, phones)
        variables = environment(simulator, folder) | {"DATABASE_POOL": "12", "SWEEP_SECONDS": "5"}
        brood = stack.enter_context(closing(Brood(folder, variables)))
        nursery = stack.enter_context(closing(Nursery(brood, folder)))
        replay = stack.enter_context(closing(Replay(centre, phones, simulator, nursery)))
        if not limits:
            replay.work(rate=UNLIMITED)
        yield replay


class Replay:
    """Sends forms as operators do, and works out of what came at the simulator how long things took."""

    def __init__(self, centre, phones, simulator, nursery):
        self.centre, self.phones, self.simulator, self.nursery = centre, phones, simulator, nursery
        self.web = nursery.web()
        self._operators = started("operators")

    def close(self):
        """End the operators' process."""
        ended(self._operators)

    def work(self, rate=None):
        """Start a worker."""
        self.worker = self.nursery.worker(rate=rate)

    def send(self, forms, seconds=3600):
        """Send the forms; [(submission, status, sent at, answered at)] of those that were sent in time."""
        given = {"url": self.web.url, "cookies": self.centre.cookies, "forms": forms, "at_once": AT_ONCE}
        answers = ask(self._operators, given | {"seconds": seconds})
        return [(form["submission"], *answer) for form, answer in zip(forms, answers, strict=False)]

    def settle(self):
        """Wait until everybody was told everything that there is to tell now."""
        self.wait_for(self._is_settled)

    def wait_for(self, condition):
        """Wait until it comes true; fails when nothing was called for a long time."""
        patience, calls, heard_at = threading.Event(), 0, time.monotonic()
        while not condition():
            if len(self.phones.calls) > calls:
                calls, heard_at = len(self.phones.calls), time.monotonic()
            assert time.monotonic() - heard_at < PATIENCE, f"it went no further:\n{self.nursery.printed[-4000:]}"
            patience.wait(0.25)

    def _is_settled(self):
        return (
            TelegramUpdate.objects.exclude(handled_at=None, failed_at=None).count() >= len(self.phones.pressed)
            and not Message.objects.filter(state__in=["queued", "leased"]).exists()
        )

    def measure(self, prefix, forms, seconds=3600):
        """Replay the forms and the bare calls; the Results whose names begin so."""
        sent = self.send(forms, seconds)
        submitted = max(answered for _submission, _status, _began, answered in sent)
        self.settle()
        # Later waves go out while the bare calls are made, to phones that no longer listen.
        calls, lost = list(self.phones.calls), self._lost(sent)
        self.phones.put_away()
        began = min(moment for _submission, _status, moment, _answered in sent)
        took = max(call.finished for call in calls) - began
        first, last = self._spans(sent)
        counts = Counter(call.method for call in calls)
        group = max(1, round(len(calls) / len(sent) / 2))
        bare = bare_calls(self.simulator, self.centre.chats, counts, group)
        say = self._setting(sent, len(forms), submitted - began, counts, first, last)
        rate, bare_rate = len(sent) / took, len(sent) / bare["seconds"]
        yield Result(f"{prefix}.requests_per_second", rate, "requests/s", bare_rate, rate / bare_rate, say)
        for name, values, share, base in (
            ("submit_to_offer_p50", first, 0.5, bare["sends"]),
            ("submit_to_offer_p95", first, 0.95, bare["sends"]),
            ("accept_to_taken_p95", last, 0.95, bare["changes"]),
        ):
            value, plain = percentile(values, share) * 1000, percentile(base, share) * 1000
            yield Result(f"{prefix}.{name}", value, "ms", plain, value / plain, say)
        refused = Counter(status for _submission, status, *_moments in sent if status != 200)
        yield Result(f"{prefix}.refused", refused.total(), "requests", setting=f"answered with {dict(refused)}; {say}")
        yield Result(f"{prefix}.lost", lost, "requests and messages", setting=say)

    def _spans(self, sent):
        """Seconds from submit to the first offer of each request, and from accept to the last change of the others'."""
        arrived, changed = self.phones.arrived(), self.phones.changed()
        offers = defaultdict(list)
        rows = Offer.objects.values_list("help_request__bundle", "help_request__round", "round", "reference", "state")
        for bundle, round_now, number, reference, state in rows:
            if number == round_now:
                offers[str(bundle)].append((reference, state))
        first, last = [], []
        for submission, _status, began, _answered in sent:
            own = offers[submission]
            came = [arrived[reference].at for reference, _state in own if reference in arrived]
            if came:
                first.append(min(came) - began)
            winner = next((reference for reference, state in own if state == "accepted"), None)
            told = [changed[one].at for one, state in own if state == "taken" and one in changed]
            if winner in self.phones.pressed and told:
                last.append(max(told) - self.phones.pressed[winner])
        return first, last

    def _lost(self, sent):
        """Requests that were taken and are not there, messages that did not arrive or of which the phones know nothing."""
        there = {str(bundle) for bundle in HelpRequest.objects.values_list("bundle", flat=True)}
        gone = sum(status == 200 and submission not in there for submission, status, *_moments in sent)
        offers = Message.objects.filter(channel=Channel.TELEGRAM, purpose="offer", edits=None)
        unseen = set(offers.filter(state="sent").values_list("subject", flat=True)) - self.phones.arrived().keys()
        return gone + len(unseen) + Message.objects.filter(state="dead").count()

    def _setting(self, sent, wanted, seconds, counts, first, last):
        slowest = percentile([answered - began for _submission, _status, began, answered in sent], 0.95)
        part = "" if len(sent) == wanted else f" of {wanted}, as many as were sent in {SECONDS} s"
        web, worker = (1000 * cpu_seconds(process.pid) / len(sent) for process in (self.web, self.worker))
        return (
            f"{connection.vendor}; {len(sent)} requests{part}, {len(self.centre.chats)} coordinators, one web server "
            f"({web:.0f} ms of a processor for a request) and one worker ({worker:.0f} ms), "
            f"{AT_ONCE} operators at once; submitting took {seconds:.0f} s (p95 of an answer {slowest * 1000:.0f} ms); "
            f"{counts['sendMessage']} offers, {counts['editMessageText']} changes, {len(self.phones.pressed)} presses; "
            f"{len(first)} first offers, {len(last)} acceptances measured; baseline: as many bare calls (above "
            f"{MOST_BARE_CALLS} reckoned from these), {CALLS_AT_ONCE} at once, a request being its share of them"
        )

    def judge_limits(self, sent):
        """The Results about limits, out of what was called while they were on."""
        calls = sorted(self.phones.calls, key=lambda call: call.at)
        passed = [call for call in calls if call.status == 200]
        # Two seconds before the end less waits than may go out.
        busy = passed[: -2 * LIMIT]
        rate = (len(busy) - 1) / (busy[-1].at - busy[0].at) / LIMIT
        counts = Counter(call.method for call in passed)
        say = (
            f"{connection.vendor}; {sent} requests, {len(self.centre.chats)} coordinators, {counts['sendMessage']} offers, "
            f"{counts['editMessageText']} changes in {passed[-1].at - passed[0].at:.0f} s"
        )
        yield Result("dispatch.day.limited_rate", rate, "of 30/s", 1, rate, say)
        refused = sum(call.status == 429 for call in calls)
        over = exceeded([call.at for call in passed], LIMIT, 1)
        for chat in {call.chat for call in passed}:
            over += exceeded([call.at for call in passed if call.chat == chat], 1, 1)
        yield Result(
            "dispatch.day.limits_exceeded", refused + over, "calls", setting=f"{refused} answered with 429; {say}"
        )
        passed_over = overtaken(passed)
        words = f"of {counts['editMessageText']} changes, while an offer waited for more than {CHOSEN_AHEAD} s; {say}"
        yield Result("dispatch.day.overtaken", passed_over, "calls", setting=words)


def exceeded(moments, most, seconds):
    """How many of the calls (ascending moments) were more than `most` within so many seconds."""
    return sum(later - earlier < seconds for earlier, later in zip(moments, moments[most:], strict=False))


def overtaken(passed):
    """How many courtesy changes were called while an offer waited that could have gone out instead."""
    now = time.time() - time.monotonic()
    taken = set(Offer.objects.filter(state="taken").values_list("reference", flat=True))
    of_chat = defaultdict(list)
    for call in passed:
        of_chat[call.chat].append(call.at)
    written = dict(Message.objects.filter(purpose="offer", edits=None).values_list("subject", "created_at"))
    offers = [call for call in passed if call.method == "sendMessage" and call.reference]

    def waited(offer, moment):
        if not written[offer.reference].timestamp() - now + CHOSEN_AHEAD < moment < offer.at:
            return False
        before = of_chat[offer.chat][: bisect_right(of_chat[offer.chat], moment)]
        return not before or moment - before[-1] > 1 + CHOSEN_AHEAD

    changes = [call for call in passed if call.method == "editMessageText" and call.reference in taken]
    return sum(any(waited(offer, change.at) for offer in offers) for change in changes)


def bare_calls(simulator, chats, counts, group):
    """As many calls by the library alone: {seconds, sends, changes} of tests.support.bare."""
    process, share = started("bare"), min(1, MOST_BARE_CALLS / counts.total())
    sends, changes = (round(counts[method] * share) for method in ("sendMessage", "editMessageText"))
    try:
        given = {
            "url": simulator.url,
            "token": simulator.token,
            "chats": chats,
            "at_once": CALLS_AT_ONCE,
            "group": group,
        }
        bare = ask(process, given | {"sends": sends, "changes": changes})
        return bare | {"seconds": bare["seconds"] / share}
    finally:
        ended(process)


def cpu_seconds(pid):
    """What a process has used of the processors so far: a figure that tells little of whatever else the machine does."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def started(name):
    """A process of tests.support that takes and gives lines of JSON."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.support.{name}"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(process, given):
    """Its answer."""
    process.stdin.write(f"{json.dumps(given)}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def ended(process):
    """End it."""
    process.stdin.close()
    process.wait(PATIENCE)
    process.stdout.close()
