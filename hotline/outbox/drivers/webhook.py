"""Calls a coordinator's own system: signed JSON, to a checked address of the open internet, and reads what it answers."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline.lib import outward, webhooks
from hotline.lib.background import Threads
from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.leases import Letter
from hotline.outbox.outcome import Outcome
from hotline.telegram.bot import certificates

# Seconds for connecting, for each step, and for all of it; bytes of an answer that are read, and of one word in it.
CONNECT, STEP, WHOLE = 5, 10, 15
LONGEST_ANSWER, LONGEST_WORD = 16_384, 200
# Longer than a call with all its time-outs: a letter whose lease is nearer to its end is not sent any more.
LONGEST_CALL = timedelta(seconds=30)
# It asks for another moment, and says nothing about the message.
NOT_NOW = (408, 425, 429)
GONE = 410


class WebhookDriver:
    """Each call has a connection of its own: nothing that one host said is there when the next is called."""

    def __init__(self, connections: int):
        self.threads = Threads("outbox-webhook", 2)

    async def deliver(self, letter: Letter) -> Outcome:
        """Make one call. The same message has the same id and the same body however often it is sent."""
        if letter.until - timezone.now() < LONGEST_CALL:
            return Outcome(outcomes.LATER, "late")
        try:
            endpoint = letter.content["endpoint"]
            said = {name: letter.content[name] for name in ("type", "timestamp", "data")}
        except (KeyError, TypeError):
            return Outcome(outcomes.DEAD, "rejected")
        # settings.WEBHOOK_SECRETS names the function that knows them: id of an endpoint → list of str, newest first.
        known = await self.threads.run(import_string(settings.WEBHOOK_SECRETS), endpoint)
        if not known:
            return Outcome(outcomes.DEAD, "gone", signed_by=endpoint)
        outcome = await self._try(letter, known, json.dumps(said, ensure_ascii=False).encode())
        return replace(outcome, signed_by=endpoint)

    async def close(self) -> None:
        """Let the threads end."""
        self.threads.close()

    async def _try(self, letter: Letter, known: list[str], body: bytes) -> Outcome:
        try:
            async with asyncio.timeout(WHOLE):
                return await self._call(letter, known, body)
        except outward.Forbidden:
            return Outcome(outcomes.DEAD, "forbidden")
        except (httpx.ConnectError, httpx.ConnectTimeout, OSError) as error:
            # TimeoutError is an OSError: the whole time was over, and nobody knows what was heard.
            unsure = isinstance(error, TimeoutError)
            return Outcome(outcomes.UNCERTAIN if unsure else outcomes.LATER, type(error).__name__)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(outcomes.UNCERTAIN, type(error).__name__)

    async def _call(self, letter: Letter, known: list[str], body: bytes) -> Outcome:
        host, port = outward.check_url(letter.recipient)
        addresses = await outward.look_up(host, port)
        headers = {
            "Host": _host(letter.recipient),
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "hotline",
            **webhooks.headers(known, str(letter.pk), timezone.now(), body),
        }
        extensions = {"sni_hostname": host}
        timeout = httpx.Timeout(STEP, connect=CONNECT)
        async with httpx.AsyncClient(verify=certificates(), trust_env=False, timeout=timeout) as client:
            *others, last = addresses[:2]
            for address in [*others, last]:
                url = _at(letter.recipient, address, port)
                try:
                    # Redirects are not followed: nobody would have checked where they lead.
                    async with client.stream(
                        "POST", url, content=body, headers=headers, extensions=extensions
                    ) as response:
                        return await _read(letter, response)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if address == last:
                        raise
        raise OSError


async def _read(letter: Letter, response: httpx.Response) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Outcome(outcomes.SENT, external_id=str(letter.pk), answer=await _answer(response))
    if status == GONE:
        return Outcome(outcomes.DEAD, "gone")
    if response.has_redirect_location or 300 <= status < 400:
        return Outcome(outcomes.DEAD, "redirected")
    if 400 <= status < 500 and status not in NOT_NOW:
        return Outcome(outcomes.DEAD, "refused")
    return Outcome(outcomes.LATER, f"answer {status}")


async def _answer(response: httpx.Response) -> dict[str, str]:
    """The short words of a JSON object; nothing where the answer is longer than it may be, or something else."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return {}
    read = b""
    async for part in response.aiter_raw():
        read += part
        if len(read) > LONGEST_ANSWER:
            return {}
    try:
        said = json.loads(read or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {name: word for name, word in list(said.items())[:20] if isinstance(word, str) and len(word) <= LONGEST_WORD}


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _at(url: str, address: str, port: int) -> str:
    """The same address with the number of a machine in place of its name."""
    where = f"[{address}]" if ":" in address else address
    return urlunsplit(urlsplit(url)._replace(netloc=f"{where}:{port}"))
