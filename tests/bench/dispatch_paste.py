"""What the paste box of the crawl desk finds in posts: over the half of the corpus that nobody tuned by."""

import itertools

from hotline.dispatch.recognition import LONGEST_POST, recognise
from tests.bench import Result, measures, milliseconds, percentile
from tests.support.posts import KINDS, posts, scores

SIDES = ("recall", "precision")
ROUNDS = 5
# Lines that are each short enough to be looked at, and hold no number.
TABLE = "0 " * 39 + "\n"


@measures(*(f"dispatch.paste.{kind}_{side}" for kind in KINDS for side in SIDES))
def quality():
    """Recall and precision of the half that is set aside. Baseline: the half that it was tuned by."""
    aside, tuned = (scores(posts(set_aside=half)) for half in (True, False))
    for kind in KINDS:
        setting = f"{aside[kind].there} in {len(posts(set_aside=True))} posts set aside; baseline: the posts of tuning"
        for side in SIDES:
            value, base = getattr(aside[kind], side), getattr(tuned[kind], side)
            yield Result(f"dispatch.paste.{kind}_{side}", value, "share", base, value / base, setting)


@measures("dispatch.paste.post_p95", "dispatch.paste.longest_post", "dispatch.paste.longest_table")
def time_of_a_post():
    """p95 of a post, of one as long as may be pasted, and of one as long that is nothing but figures."""
    texts = ["\n".join(post["text"]) for half in (True, False) for post in posts(set_aside=half)]
    took = [milliseconds(lambda text=text: recognise(text, "UA")) for _round in range(ROUNDS) for text in texts]
    long = "".join(itertools.islice(itertools.cycle("\n".join(texts)), LONGEST_POST))
    longest = percentile([milliseconds(lambda: recognise(long, "UA")) for _round in range(ROUNDS)], 0.95)
    yield Result("dispatch.paste.post_p95", percentile(took, 0.95), "ms", setting=f"{len(texts)} posts")
    yield Result("dispatch.paste.longest_post", longest, "ms", setting=f"{LONGEST_POST} characters of such posts")
    figures = (TABLE * LONGEST_POST)[:LONGEST_POST]
    longest = percentile([milliseconds(lambda: recognise(figures, "UA")) for _round in range(ROUNDS)], 0.95)
    yield Result(
        "dispatch.paste.longest_table", longest, "ms", setting=f"{LONGEST_POST} characters of noughts in lines"
    )
