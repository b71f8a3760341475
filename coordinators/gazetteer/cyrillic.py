"""Which of a place's untagged Cyrillic spellings is the Ukrainian and which the Russian one."""

import re

from rapidfuzz.distance import Levenshtein

from hotline.lib.folding import fold

_UKRAINIAN = re.compile(r"[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'’ʼ. -]+", re.IGNORECASE)
_RUSSIAN = re.compile(r"[абвгдеёжзийклмнопрстуфхцчшщъыьэюя. -]+", re.IGNORECASE)
# Letters that the other Slavic neighbours with this alphabet do without.
_TELLING = {"uk": re.compile("[іїєґ]", re.IGNORECASE), "ru": re.compile("[ыёь]", re.IGNORECASE)}
# Where a Ukrainian name ends so, the Russian one is no mere spelling of it: Харків, Харьков.
_UKRAINIAN_END, _RUSSIAN_END = re.compile("[ії]в$"), re.compile("[оеё]в$")
_FOREIGN = re.compile("[бвгджзклмнпрстфхцчшщ]э", re.IGNORECASE)
_ALPHABET = {"uk": _UKRAINIAN, "ru": _RUSSIAN}


def guess(language: str, name: str, spellings: set[str]) -> str | None:
    """The spelling that readers of "uk" or "ru" use for `name`: nearest by sound, and telling in its letters."""
    fitting = [spelling for spelling in spellings if _ALPHABET[language].fullmatch(spelling)]
    sound = fold(name)
    end = _RUSSIAN_END if language == "ru" and _UKRAINIAN_END.search(name) else None

    def distance(spelling):
        other = fold(spelling)
        return (
            bool(_FOREIGN.search(spelling)),
            bool(end and not end.search(spelling)),
            Levenshtein.distance(sound, other),
            not _TELLING[language].search(spelling),
            len(spelling),
            spelling,
        )

    best = min(fitting, key=distance, default=None)
    # A name of another sound is another name: an old one, or a nickname.
    if best is None or Levenshtein.distance(sound, fold(best)) > max(2, len(sound) // 3):
        return None
    return best
