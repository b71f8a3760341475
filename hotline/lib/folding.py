"""Text folded to a Latin skeleton in which the usual spellings of one word are one, whatever the script.

"Харків", "Kharkiv", "Charkiw", "Harkiv" → "harkiv". It is coarse on purpose: what it throws together, ranking by the
plain text tells apart again. The same function folds what is stored and what is typed, so only equality counts.
"""

import re
import unicodedata

from anyascii import anyascii

# Goes up with every change of the rules below, so that what was stored under the old ones is folded anew.
EDITION = 1

# Cyrillic by sound, not by any country's table, and Latin letters that anyascii would spell otherwise.
_LETTERS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "e", "ё": "e", "э": "e", "ж": "s",
    "з": "s", "и": "i", "і": "i", "ї": "i", "й": "i", "ы": "i", "ј": "i", "к": "k", "л": "l", "љ": "l", "м": "m",
    "н": "n", "њ": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "v", "ф": "f", "х": "kh",
    "ц": "s", "ч": "s", "џ": "s", "ш": "s", "щ": "s", "ъ": "", "ь": "", "ю": "iu", "я": "ia", "ћ": "s", "ђ": "s",
    "ä": "a", "æ": "a", "å": "a", "ö": "o", "ø": "o", "ő": "o", "ü": "u", "ű": "u", "ß": "s", "ł": "l", "đ": "d",
    "š": "s", "ś": "s", "ş": "s", "ș": "s", "ž": "s", "ź": "s", "ż": "s", "č": "s", "ć": "s", "ç": "s", "ţ": "s",
    "ț": "s", "ñ": "n", "ń": "n", "ğ": "h", "þ": "t", "ð": "d", "ı": "i", "ĥ": "h", "ŝ": "s", "ĉ": "s", "ĵ": "s",
})  # fmt: skip
# Latin letters that look like Cyrillic ones, for words typed on two keyboards: "Xаркiв".
_LOOK_ALIKES = str.maketrans("aeiopcxykmthb", "аеіорсхукмтнв")
_LATIN_LETTER, _CYRILLIC_LETTER = re.compile("[a-z]"), re.compile("[а-яіїєґ]")

# Letter groups that stand for one sound in some language, the longest first; the name of the group is the sound.
_SOUNDS = re.compile(
    "(?P<s>schtsch|shch|szcz|sjtsj|dsch|tsch|sch|dzh|tch|tsj|cz|ds|dz|sh|sj|sz|ts|tz|zh|zj|z|c(?=[eiy]))"
    "|(?P<h>kh|gh|ch|g)|(?P<k>ck|qu|q|c)|(?P<f>ph)|(?P<t>th)|(?P<ks>x)|(?P<v>w)"
    "|(?P<a>ae|aa)|(?P<o>oe)|(?P<u>ue|ou)|(?P<i>[yj])"
)
_GLIDE = re.compile("i+(?=[aeou])")
_SOFT_CH = re.compile("(?<![ts])ch")
_APOSTROPHES = re.compile("['’ʼ`´‘′ʹʺ“”\"]")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_TWICE = re.compile(r"(.)\1+")
_PUNCTUATION = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case, without apostrophes, hyphens and spaces; letters and script stay as they are."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).casefold())


def fold(text: str) -> str:
    """The skeleton: ASCII letters and digits without spaces, "" when nothing of the text can be spoken."""
    return joined(fold_words(text))


def fold_words(text: str) -> str:
    """The skeleton of each word, a space between them: "Нова Каховка" → "nova kahovka"."""
    return _skeleton(_latin(text))


def joined(words: str) -> str:
    """Folded words as one, so that "Nowakachowka" is "Nova Kakhovka"."""
    return _TWICE.sub(r"\1", words.replace(" ", ""))


def variants(text: str) -> list[str]:
    """What a person may have meant: the skeleton and, where a Latin "ch" may be an English one, that too."""
    latin = _latin(text)
    return list(dict.fromkeys(filter(None, (joined(_skeleton(way)) for way in (latin, _SOFT_CH.sub("s", latin))))))


def _latin(text: str) -> str:
    lowered = unicodedata.normalize("NFC", _APOSTROPHES.sub("", text)).casefold()
    strangers = len(_LATIN_LETTER.findall(lowered))
    if strangers and len(_CYRILLIC_LETTER.findall(lowered)) > strangers:
        lowered = lowered.translate(_LOOK_ALIKES)
    lowered = lowered.translate(_LETTERS)
    return _NO_WORD.sub(" ", lowered if lowered.isascii() else anyascii(lowered).lower()).strip()


def _skeleton(latin: str) -> str:
    return _TWICE.sub(r"\1", _GLIDE.sub("", _SOUNDS.sub(_sound, latin)))


def _sound(match) -> str:
    return match.lastgroup
