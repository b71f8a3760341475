"""
Operators at their desks, many at once: a process of its own that knows nothing of the house but HTTP.

Each line of its input is one replay: {url, cookies, forms, at_once, seconds}. As many operators as `at_once` says, each with
a session and connections of their own (cookies, in turn), take form after form and send it, until none is left or so many
seconds are over. The answer is a list with [status, sent at, answered at] (monotonic seconds) for each form that was sent.
"""

import asyncio
import json
import sys
import time

import httpx

from tests.support.pressers import FORM_TOKEN, say

PATIENCE = 120
DESK, SEND = "/desk/requests/", "/desk/requests/send/"


class Operator:
    """One person with a browser."""

    def __init__(self, url, cookies):
        # Servers hang up on connections that were idle for five seconds.
        limits = httpx.Limits(keepalive_expiry=3)
        self.client = httpx.AsyncClient(
            base_url=url, cookies=cookies, trust_env=False, verify=False, timeout=PATIENCE, limits=limits
        )

    async def sit_down(self):
        """Open the desk, once for the whole shift."""
        self.token = FORM_TOKEN.search((await self.client.get(DESK)).text).group(1)

    async def send(self, form):
        """Send one form; [status (0: no answer), sent at, answered at]."""
        began = time.monotonic()
        try:
            answer = await self.client.post(
                SEND, data={"csrfmiddlewaretoken": self.token, **form}, headers={"HX-Request": "true"}
            )
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        return [status, began, time.monotonic()]


async def replay(url, cookies, forms, at_once, seconds):
    """The forms, so many at once."""
    operators = [Operator(url, cookies[number % len(cookies)]) for number in range(at_once)]
    await asyncio.gather(*(operator.sit_down() for operator in operators))
    results, left = {}, iter(enumerate(forms))
    until = time.monotonic() + seconds

    async def work(operator):
        while time.monotonic() < until and (one := next(left, None)):
            number, form = one
            results[number] = await operator.send(form)

    await asyncio.gather(*(work(operator) for operator in operators))
    await asyncio.gather(*(operator.client.aclose() for operator in operators))
    return [results[number] for number in sorted(results)]


def main():
    while line := sys.stdin.readline():
        say(json.dumps(asyncio.run(replay(**json.loads(line)))))


if __name__ == "__main__":
    main()
