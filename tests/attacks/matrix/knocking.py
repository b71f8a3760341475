"""One request of one person at one address, undone again: what was answered, and which tables were written."""

import json
import re
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.db import connection, transaction

# What a log-in touches by being used; it says nothing of the house.
TOUCHED = {"staff_session"}
WRITES = re.compile(
    r"\s*(?:INSERT INTO|INSERT OR IGNORE INTO|UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE)\s+[\"`]?(\w+)", re.I
)
NOTHING = "nothing"
SPEAK_JSON = ("/chat/api/", "/telegram/webhook/", "/freeze/")
# What differs from request to request by itself.
VARIES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|data-now="[^"]+"|class="code">[^<]+<|"trouble": "[^"]+"'
    r"|X-Trouble: \w+|(?:Location|Expires|Content-Length): .*"
)


@dataclass(frozen=True)
class Answer:
    """status, where it leads (a redirect's address, else ""), the text of page and headers, and the tables written."""

    status: int
    leads_to: str
    text: str
    wrote: frozenset

    @property
    def bare(self):
        """What would tell two answers apart."""
        return self.status, self.leads_to.partition("?")[0], VARIES.sub("", self.text)


@contextmanager
def watching():
    """The set of tables that are written meanwhile."""
    wrote = set()

    def watch(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            wrote.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield wrote


def _content(answer):
    if not answer.streaming:
        return answer.content
    if not answer.is_async:
        return b"".join(answer.streaming_content)

    async def collected():
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(collected)()


def knock(client, method, path, data=None):
    """The Answer to `client` (test Client); whatever it changed is undone."""
    cookies = deepcopy(client.cookies)
    with watching() as wrote, transaction.atomic():
        if path.startswith(SPEAK_JSON):
            body = "" if method == "GET" else json.dumps(data or {})
            answer = client.generic(method, path, body, content_type="application/json")
        elif method == "GET":
            answer = client.get(path, data)
        else:
            answer = client.post(path, data or {})
        text = _content(answer).decode()
        transaction.set_rollback(True)
    client.cookies = cookies
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return Answer(answer.status_code, answer.get("Location", ""), f"{text}\n{headers}", frozenset(wrote - TOUCHED))
