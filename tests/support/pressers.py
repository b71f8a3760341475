"""
People at their browsers and phones, many at once: a process of its own that knows nothing of the house but HTTP.

Each line of its input is a round: a JSON list of actors. It looks at every actor's page, says "ready", waits for a line,
then lets all of them press in the same instant and answers with what became of each, a JSON list in the same order.

An actor with `press` (a URL of the simulator and a body) presses a button on a phone; else `page` is looked at first and
its form sent to `action`, with `cookies`.
"""

import asyncio
import json
import re
import sys

import httpx

PATIENCE = 90
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Actor:
    """One person with a browser or phone of their own."""

    def __init__(self, given):
        self.given = given
        self.client = httpx.AsyncClient(
            cookies=given.get("cookies"), trust_env=False, verify=False, timeout=PATIENCE, base_url=given.get("url", "")
        )
        self.token = ""

    async def look(self):
        """Open the page, as a person does who then presses the button on it."""
        if "page" in self.given:
            page = await self.client.get(self.given["page"])
            found = FORM_TOKEN.search(page.text)
            self.token = found.group(1) if found else ""

    async def press(self):
        """Press, and read the answer: {status, to, text}."""
        try:
            return await self._press()
        except (httpx.HTTPError, ValueError) as error:
            return {"status": 0, "to": "", "text": type(error).__name__}

    async def _press(self):
        if "press" in self.given:
            pressed = await self.client.post(self.given["press"], json=self.given["body"])
            return {"status": pressed.status_code, "to": "", "text": "", "query": pressed.json().get("query", "")}
        answer = await self.client.post(self.given["action"], data={"csrfmiddlewaretoken": self.token})
        to, text = answer.headers.get("Location", ""), answer.text
        if to == self.given.get("refused_to"):
            text = (await self.client.get(to)).text
        return {"status": answer.status_code, "to": to, "text": text}


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def play(given):
    """One round."""
    actors = [Actor(one) for one in given]
    await asyncio.gather(*(actor.look() for actor in actors))
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    results = await asyncio.gather(*(actor.press() for actor in actors))
    say(json.dumps(results))
    for actor in actors:
        await actor.client.aclose()


def main():
    while line := sys.stdin.readline():
        asyncio.run(play(json.loads(line)))


if __name__ == "__main__":
    main()
