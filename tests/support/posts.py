"""Invented posts that ask for help in five languages, and how well they are taken apart.

tests/dispatch/data/posts.json: {language, set_aside, text (lines), phones, mails, handles, streets as they stand in it}.
Half of them is set aside: nobody tunes by what happens there.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hotline.dispatch.recognition import Kind, recognise

FILE = Path(__file__).parents[1] / "dispatch" / "data" / "posts.json"
KINDS = {"phones": [Kind.PHONE], "mails": [Kind.EMAIL], "handles": [Kind.HANDLE, Kind.LINK], "streets": [Kind.STREET]}
# So much of an address and of what was taken for it must be common to both.
OVERLAP = 0.6
# The country of the house that reads them; theirs is told by their language.
REGION = "UA"


@dataclass
class Score:
    """How often something was there, was found, and was taken for something that is not there."""

    there: int = 0
    found: int = 0
    wrong: int = 0
    errors: list = field(default_factory=list)

    @property
    def recall(self):
        return self.found / self.there

    @property
    def precision(self):
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0


def posts(*, set_aside):
    """The posts (list of dict) of one half."""
    return [post for post in json.loads(FILE.read_text("utf-8")) if post["set_aside"] is set_aside]


def scores(some):
    """{kind: Score} over these posts."""
    totals = {name: Score() for name in KINDS}
    for post in some:
        text = "\n".join(post["text"])
        found = recognise(text, REGION).found
        for name, kinds in KINDS.items():
            _count(totals[name], text, post.get(name, []), [one for one in found if one.kind in kinds])
    return totals


def _count(score, text, expected, found):
    left = Counter(text[one.start : one.end] for one in found)
    score.there += len(expected)
    for one in expected:
        match = next((shown for shown in left.elements() if same(one, shown)), None)
        if match is None:
            score.errors.append(("missed", one))
        else:
            score.found += 1
            left[match] -= 1
    score.wrong += left.total()
    score.errors += [("wrong", one) for one in left.elements()]


def same(one, other):
    """Whether two texts are one contact: the same digits, the same address but for its edges, the same name."""
    if re.search(r"\d{3}", one) and not re.search(r"[^\W\d_]", one):
        return re.sub(r"\D", "", one) == re.sub(r"\D", "", other)
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer and len(shorter) / len(longer) >= OVERLAP
