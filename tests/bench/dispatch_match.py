"""Who is suitable for a request, and in which order, in networks of three sizes."""

from datetime import UTC, datetime
from functools import partial
from itertools import cycle

from coordinators.models import LocalCoordinator
from hotline.dispatch.matching import rank
from tests.bench import Result, compare, measures, milliseconds, percentile
from tests.support.network import COVERAGES, Network, need

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
# Requests in each of the five rounds; a 99th percentile of fewer is chance.
REQUESTS = 400
# A Tuesday morning, when offices are open.
NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


@measures(*(f"dispatch.match_p99_{size}" for size in SIZES))
def match():
    """p99 from the ids of kind and place to the ranked list with its reasons, reading the place included.

    Baseline: one coordinator read by its primary key.
    """
    network = Network()
    for name, size in SIZES.items():
        network.grow_to(size)
        needs = network.needs(REQUESTS * 6)
        found = [len(rank(need(*one), NOW).candidates) for one in needs[:REQUESTS]]
        keys = LocalCoordinator.objects.values_list("pk", flat=True)[:REQUESTS]
        matching, reading = partial(p99, cycle(needs[REQUESTS:]), match_one), partial(p99, cycle(keys), read_one)
        ours, plain, ratio = compare(matching, reading)
        yield Result(f"dispatch.match_p99_{name}", ours, "ms", plain, ratio, setting(network, found))


def match_one(wanted):
    rank(need(*wanted), NOW)


def read_one(pk):
    LocalCoordinator.objects.filter(pk=pk).values_list("state", "capacity", "open_requests").get()


def p99(rows, work):
    return percentile([milliseconds(partial(work, next(rows))) for _number in range(REQUESTS)], 0.99)


def setting(network, found):
    """In words, with what the requests found; a bigger network covers more ground."""
    quarter, half, most = (round(percentile(found, share)) for share in (0.25, 0.5, 0.95))
    return (
        f"{network.size} coordinators with {COVERAGES} coverages over {len(network.settlements)} settlements, in "
        f"{len(network.covered())} of {len(network.districts)} districts (a bigger network covers more ground); "
        f"candidates: a quarter of the requests has up to {quarter}, half of them {half} or more, 5 % {most} or more"
    )
