"""Scripts and how names are carried from one to another for a reader. Pure functions on text, no models."""

import unicodedata

APOSTROPHES = str.maketrans(dict.fromkeys('’ʼ`´‘′ʹʺ“”"', "'"))

# Languages whose readers want a name in the Cyrillic script; all others of the house read the Latin one.
CYRILLIC_READERS = frozenset({"uk", "ru"})

# Ukrainian in Latin letters as each reader's newspapers write it: (at the start of a word, elsewhere) or one for both.
# English: Cabinet of Ministers No. 55 (2010); German: Duden; Norwegian: Språkrådet.
_ENGLISH = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": ("ye", "ie"), "ж": "zh", "з": "z",
    "и": "y", "і": "i", "ї": ("yi", "i"), "й": ("y", "i"), "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ь": "", "ю": ("yu", "iu"), "я": ("ya", "ia"), "'": "", "ы": "y", "э": "e", "ё": "yo", "ъ": "",
}  # fmt: skip
_GERMAN = {
    **_ENGLISH, "в": "w", "є": "je", "ж": "sch", "з": "s", "ї": "ji", "й": "j", "х": "ch", "ц": "z", "ч": "tsch",
    "ш": "sch", "щ": "schtsch", "ю": "ju", "я": "ja", "ё": "jo",
}  # fmt: skip
_NORWEGIAN = {
    **_ENGLISH, "є": "je", "ж": "zj", "ї": "ji", "й": "j", "ч": "tsj", "ш": "sj", "щ": "sjtsj", "ю": "ju",
    "я": "ja", "ё": "jo",
}  # fmt: skip
_TABLES = {"de": _GERMAN, "nb": _NORWEGIAN}


def script(text: str) -> str:
    """The script of the first letter, "LATIN", "CYRILLIC", "ARABIC" …; "" where there is no letter."""
    for letter in text:
        if letter.isalpha():
            return unicodedata.name(letter, "").split(" ")[0]
    return ""


def romanised(text: str, language: str = "en") -> str:
    """Ukrainian text in Latin letters, the way readers of `language` ("de", "nb", else English) know it."""
    table = _TABLES.get(language, _ENGLISH)
    out = []
    starts = True
    plain = text.translate(APOSTROPHES)
    for position, letter in enumerate(plain):
        low = letter.lower()
        latin = table.get(low)
        if latin is None:
            latin = low
        elif table is _ENGLISH and low == "г" and plain[position - 1 : position].lower() == "з":
            latin = "gh"  # "Згурівка" is Zghurivka: zh stays free for ж
        if isinstance(latin, tuple):
            latin = latin[0] if starts else latin[1]
        out.append(latin.capitalize() if letter.isupper() else latin)
        starts = not (letter.isalpha() or letter == "'")
    return "".join(out)


def in_script_of(language: str, text: str) -> str:
    """A name in a script that readers of `language` know, where it is in Cyrillic and they read Latin."""
    if language in CYRILLIC_READERS or script(text) != "CYRILLIC":
        return text
    return romanised(text, language)
