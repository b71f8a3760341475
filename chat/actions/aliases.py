"""What an alias looks like: two that could be mistaken for each other have one mark, and none sounds like an office."""

import re
import unicodedata

from hotline.lib import crypto
from hotline.lib.keyring import keyring

# What Unicode calls default-ignorable, and the empty Braille sign: nothing of it is seen, whatever its category says.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Signs of other scripts, and digits, that are read as one of a–z. Those that merely resemble one stay apart. First as they are
# written, then as small letters: a large Greek Ν is an N, a small one a v.
_ALIKE = str.maketrans(
    "ΗΜΝΡΥΖΤΚ" + "ՏԼ",
    "hmnpyztk" + "sl",
)
_ALIKE_SMALL = str.maketrans(
    "авеіјкмнорсѕтухԁһӏԛԝүѵьԍӕҽ" + "αβγεηικμνορστυχωϲϳ" + "սօոհցզյռ" + "01|ıłøđɡɑɩ",
    "abeijkmhopcstyxdhlqwyvbgee" + "abyenikuvopotyxwcj" + "uonhgqjn" + "ollilodgai",
)
# Small capitals, letters with a stroke or a hook: by their name they are that letter.
_LATIN = re.compile(
    r"LATIN (?:SMALL|CAPITAL|LETTER) (?:LETTER )?(?:SMALL CAPITAL |CAPITAL )?(?:SCRIPT |DOTLESS )?([A-Z])(?: WITH .+)?"
)
# The scripts that are in everyday use anywhere, by how Unicode names their letters; others are for drawing with.
_EAST = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA"}
_SCRIPTS = {
    *("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "ETHIOPIC", "THAANA", "DEVANAGARI"),
    *("BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
    *("THAI", "LAO", "TIBETAN", "MYANMAR", "KHMER", "EAST"),
}
# Whoever is called so seems to be of the house: in its five languages, also as a part of a name.
_OFFICES = [
    *["volunteer", "moderator", "moderation", "coordinator", "counsellor", "counselor", "administrator", "supervisor"],
    *["helpline", "hotline", "freiwillig", "ehrenamtlich", "koordinat", "berater", "beratung", "mitarbeite"],
    *["aufsicht", "frivillig", "rådgiver", "veileder", "medarbeider", "hjelpelinje", "волонт", "модератор"],
    *["координатор", "консультант", "адміністратор", "администратор", "працівни", "сотрудни"],
]
# Too short to be looked for within a word: "Badminton".
_SHORT_OFFICES = ["admin", "admins", "mod", "mods", "staff", "team", "teamet", "ansatt", "адмін", "админ", "команда"]


def seen(text: str) -> str:
    """The text without what nobody sees."""
    return _UNSEEN.sub("", text)


def skeleton(alias: str) -> str:
    """What is left of an alias (str) when everything is taken away that an eye easily misses; empty without any letter."""
    return _closer(_letters(alias))


def _letters(alias):
    plain = seen(unicodedata.normalize("NFKD", seen(alias))).translate(_ALIKE)
    plain = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(_letter(sign) for sign in plain if sign == "|" or unicodedata.category(sign)[0] in "LN")
    return letters.translate(_ALIKE_SMALL).replace("i", "l")


def _letter(sign):
    found = None if sign.isascii() else _LATIN.fullmatch(unicodedata.name(sign, ""))
    return found[1].lower() if found else sign


def _closer(letters):
    return letters.replace("rn", "m").replace("vv", "w")


def is_of_one_script(alias: str) -> bool:
    """Whether all letters of an alias (str) are of one script, and that one in everyday use. Digits are of every script."""
    signs = unicodedata.normalize("NFKD", seen(alias))
    found = {_script(sign) for sign in signs if unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo"}}
    return len(found) <= 1 and found <= _SCRIPTS


def _script(sign):
    first = unicodedata.name(sign, "").partition(" ")[0]
    return "EAST" if first in _EAST else first


def names_an_office(alias: str) -> bool:
    """Whether it says "volunteer", "moderator" or the like, in one of the languages of the house, as a part of it or alone."""
    ways = {_letters(alias), skeleton(alias)}
    words = {skeleton(word) for word in re.split(r"[\W\d_]+", seen(alias))} | ways
    if any(skeleton(office) in words for office in _SHORT_OFFICES):
        return True
    return any(skeleton(office) in way for office in _OFFICES for way in ways)


def mark(group, alias: str) -> bytes:
    """Under what an alias in `group` (Group) is stored and found, bytes(32): in another group it is another one."""
    return crypto.keyed_hash(keyring().subkey("group-alias"), group.code, skeleton(alias))
