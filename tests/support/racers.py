"""
Local coordinators who accept by the action itself: a process with a thread and a database connection for each of them.

The first line of its input is a JSON list of [way, offer, endpoint or null, account or null]; it answers "ready". At each
further line all accept in the same instant; it answers with what became of each, a JSON list in the same order: "won",
or the code of the refusal, or the name of an error.
"""

import json
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import django


class Racer:
    """One coordinator's voice and offer."""

    def __init__(self, way, offer, endpoint, account):
        from coordinators.models import Endpoint
        from hotline.dispatch.models import Offer
        from hotline.dispatch.voice import Voice
        from hotline.staff.models import User

        self.offer = offer
        self.voice = Voice(
            Offer.Way(way),
            endpoint=endpoint and Endpoint.objects.get(pk=endpoint),
            user=account and User.objects.get(pk=account),
        )

    def accept(self, together):
        """Accept the offer as it was when it was shown; `together`: a Barrier for all of this process."""
        from hotline.dispatch.actions import offers
        from hotline.dispatch.models import Offer
        from hotline.lib.errors import Refused

        try:
            offer = Offer.objects.select_related("help_request", "local_coordinator").get(pk=self.offer)
            together.wait()
            offers.accept(self.voice, offer)
        except Refused as refused:
            return refused.code
        except Exception as error:
            return type(error).__name__
        return "won"


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main():
    from django.conf import settings

    django.setup()
    settings.DEBUG = False
    racers = [Racer(*one) for one in json.loads(sys.stdin.readline())]
    say("ready")
    with ThreadPoolExecutor(len(racers)) as pool:
        while sys.stdin.readline():
            together = threading.Barrier(len(racers))
            # Whoever comes to the barrier last goes on first: not always the same one.
            running = {racer: pool.submit(racer.accept, together) for racer in random.sample(racers, len(racers))}
            say(json.dumps([running[racer].result() for racer in racers]))


if __name__ == "__main__":
    main()
