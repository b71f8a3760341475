"""No page of the admin leads its reader to a refusal: every link on it opens, for an administrator and for a coordinator."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import resolve

from tests.admin.conftest import lists

pytestmark = pytest.mark.django_db

# So many pages of one address are asked for: one row leads where the others do.
OF_A_KIND = 2


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


@pytest.mark.parametrize("name", ["ada", "cora", "everything"])
def test_every_link_opens(full, cast, as_person, name):
    client = as_person(full.everything if name == "everything" else getattr(cast, name))
    asked, waiting, refused, kinds = {"/admin/"}, ["/admin/"], [], Counter()
    while waiting:
        page = waiting.pop()
        answer = client.get(page, follow=True)
        if answer.status_code != 200:
            refused.append((page, answer.status_code))
        elif answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            for link in sorted({one for one in links_on(answer) if in_the_admin(one)} - asked):
                kind = resolve(urlsplit(link).path).view_name
                kinds[kind] += 1
                if kinds[kind] <= OF_A_KIND:
                    asked.add(link)
                    waiting.append(link)
    assert refused == []
    assert len(asked) > 10
