"""What of a pasted post tells how somebody is reached: phone numbers, e-mail addresses, handles, streets; and the rest of it.

No network, no table of names, and every pattern is bounded, so that a long post takes time in proportion to its length.
How well it does over a corpus in five languages: tests/dispatch/test_recognition.py, `make bench ONLY=dispatch.paste`.
"""

import re
from dataclasses import dataclass

from hotline.dispatch.recognition import phones, streets, ways
from hotline.dispatch.recognition.found import Found, Kind, without_overlaps

# Nobody asks for help in more; longer ones are refused in words, see forms/post.py.
LONGEST_POST = 20_000
# Stands in the rest where something was taken out.
GAP = "…"
_SPACES, _GAPS, _LINES = re.compile(r"[^\S\n]+"), re.compile(rf"{GAP}(?:[ ,;/|]*{GAP})+"), re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Recognised:
    """What was found (list of Found, in the order of the text) and the text without it."""

    found: list[Found]
    rest: str

    def of(self, *kinds):
        """The values (list of str) of these kinds, each once."""
        return list(dict.fromkeys(one.value for one in self.found if one.kind in kinds))


def recognise(text, region=""):
    """Take a post apart. region: two-letter code of the country whose numbers are meant where nothing else tells."""
    text = text.replace("\r\n", "\n")
    written = ways.find(text)
    unread = _masked(text, written)
    found = without_overlaps([*written, *phones.find(unread, region), *streets.find(unread)])
    return Recognised(found, _rest(text, found))


def _masked(text, found):
    """The text with blanks where something is known already; every position stays what it was."""
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _rest(text, found):
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], GAP]
        at = one.end
    rest = "".join([*parts, text[at:]])
    rest = _GAPS.sub(GAP, _SPACES.sub(" ", rest)).replace(f"{GAP}.", GAP)
    return _LINES.sub("\n\n", "\n".join(line.strip() for line in rest.split("\n"))).strip(f"{GAP} \n")


__all__ = ["LONGEST_POST", "Found", "Kind", "Recognised", "recognise"]
