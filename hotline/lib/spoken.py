"""Plain words that are said over the phone: codes to ask by, and pairs by which two strangers know each other.

`words/<language>.txt` holds everyday words of 4 to 8 letters, nothing of war, weapons or loss. No two begin alike, and no
two are nearer than three steps in the skeleton of `folding`, so that a bad line or another mother tongue does not make one
of the other; `tests/lib/test_spoken.py` is that rule.
"""

import json
import secrets
from functools import cache
from pathlib import Path

from hotline.lib.folding import fold, plain
from hotline.lib.languages import LANGUAGES

CODE_WORDS = 3
_WORDS = Path(__file__).parent / "words"
_RANDOM = secrets.SystemRandom()


def spoken_code(language: str) -> str:
    """
    Three words of the language, joined by hyphens, in an order that counts.

    At least 350 words a language make 43 million codes, more than 25 random bits: enough behind the throttle of the pages
    that ask for one (docs/security.md has the sum), not without it. Languages without a list get English.
    """
    return "-".join(_RANDOM.choice(word_list(language)) for _ in range(CODE_WORDS))


def pass_words(language: str) -> tuple[str, str]:
    """Two different words of the language: one to be said, the other to be answered."""
    say, answer = _RANDOM.sample(word_list(language), 2)
    return say, answer


def normalise_spoken(text: str) -> str:
    """
    What somebody typed who heard it, brought to the one form that is hashed; "" when nothing of it can be spoken.

    Case, spaces, hyphens, apostrophes and doubled letters do not count, nor the script, nor which of the letters was
    taken that sound alike: ё and е, і and и, ø and o, ß and ss. The order of the words counts: else each guess would be
    one at six codes.
    """
    return fold(plain(text))


def spelled(word: str, language: str) -> list[tuple[str, str]]:
    """How to spell it on the phone: [(letter, the word that stands for it, "" where there is none)]."""
    names = _spelling_words()[_known(language)]
    return [(letter.upper(), names.get(letter, "")) for letter in word]


@cache
def word_list(language: str) -> tuple[str, ...]:
    """The words of a language (English where there is no list)."""
    return tuple((_WORDS / f"{_known(language)}.txt").read_text("utf-8").split())


@cache
def _spelling_words():
    return json.loads((_WORDS / "spelling.json").read_text("utf-8"))


def _known(language):
    return language if language in dict(LANGUAGES) else "en"
