"""Everything that a person comes to by following links: a crawl of the house with their own browser."""

import html
import re
from urllib.parse import urlsplit

LINK = re.compile(r'(?:href|hx-get|data-url|url)="([^"#]+)')
# Not pages of the house, or pages that say something of the browser itself.
ELSEWHERE = (
    "/static/",
    "/simulator/",
    "/accounts/",
    "/demo/",
    "/admin/logout",
    "/admin/jsi18n",
    "/admin/password_change",
)
# What is made by chance for each answer: the form's token and number, the key of the browser's drafts.
CHANCE = re.compile(r"""\b[A-Za-z0-9]{64}\b|(?<=name="id" value=")[0-9a-f-]{36}|(?<=data-draft-key=")[^"]+""")
SUBMISSION = re.compile(r'(?:(?<=name="submission" value=")|(?<=id="announcing-))[0-9a-f-]{36}')


def links(text):
    """The addresses of the house in a page (str), in their order, each once."""
    found = {}
    for address in map(html.unescape, LINK.findall(text)):
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc and parts.path.startswith("/") and not address.startswith(ELSEWHERE):
            found[address] = None
    return list(found)


def as_sent(answer):
    """Status, headers and body of a response as one text, without what is made by chance for each of them."""
    headers = "".join(
        f"{name}: {value}\n" for name, value in sorted(answer.headers.items()) if name != "Content-Length"
    )
    text = f"{answer.status_code}\n{headers}\n{answer.content.decode(errors='replace')}"
    trouble = answer.headers.get("X-Trouble")
    text = text.replace(trouble, "TROUBLE") if trouble else text
    return SUBMISSION.sub("CHANCE", CHANCE.sub("CHANCE", text))


def crawl(client, *starts, most=40):
    """{address: what came, as `as_sent`} of all that `client` reaches by links from `starts`, at most `most` pages."""
    seen, waiting = {}, list(starts)
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen:
            continue
        answer = client.get(address)
        seen[address] = as_sent(answer)
        if "html" in answer.headers.get("Content-Type", ""):
            waiting += [link for link in _whole(address, answer) if link not in seen]
    return seen


def _whole(address, answer):
    """The links of a page, those that are only a query joined to its path."""
    text = answer.content.decode(errors="replace")
    queries = [html.unescape(one) for one in re.findall(r'href="(\?[^"]*)"', text)]
    return [*links(text), *(urlsplit(address).path + query for query in queries)]
