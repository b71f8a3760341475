"""No page of the admin leads its reader to a refusal: every link on it opens, for an administrator and for a coordinator."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from tests.admin.conftest import lists

pytestmark = pytest.mark.django_db

# Pages that are asked for at most, of each list with its rows: a bound for a house that leads in a circle.
MOST = 400


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.add(given["href"])


def links_on(answer):
    page = answer.request["PATH_INFO"]
    reader = Links()
    reader.feed(answer.content.decode())
    return {urldefrag(urljoin(page, link)).url for link in reader.found if not urlsplit(link).netloc}


def in_the_admin(link):
    """Sorted and filtered lists lead to the same pages again."""
    path = urlsplit(link).path
    return path.startswith("/admin/") and ("?" not in link or path.endswith("/add/"))


@pytest.fixture
def full(rows):
    """One row in each list."""
    for label in sorted(lists()):
        rows(label, 0)
    return rows


@pytest.mark.parametrize("name", ["ada", "cora", "alice", "everything"])
def test_every_link_opens(full, cast, as_person, name):
    client = as_person(full.everything if name == "everything" else getattr(cast, name))
    asked, waiting, refused = set(), ["/admin/"], []
    while waiting and len(asked) < MOST:
        page = waiting.pop()
        asked.add(page)
        answer = client.get(page, follow=True)
        if answer.status_code != 200:
            refused.append((page, answer.status_code))
        elif answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            waiting += sorted({link for link in links_on(answer) if in_the_admin(link)} - asked - set(waiting))
    assert refused == []
    assert len(asked) > 10
