"""The place that a post names: after a word that leads to one, or at the beginning of a line, in its usual cases."""

import re

from coordinators.search.places import places_called

# Where help is needed stands at the beginning of a post, or hardly anywhere; and so many names are looked up.
LOOKED_AT, MOST_NAMES = 3000, 24
_WORD = r"[^\W\d_][\w'’ʼ-]{2,30}"
_LEADS = (
    r"(?:(?:село|селище|місто|хутір|город|посёлок|поселок|деревня|смт|с\.|м\.|г\.|пгт\.?)\s{0,2}"
    r"|(?:in|bei|aus|nach|near|from|at|to|i|ved|fra|til|på|у|в|во|із|з|зі|из|с|до|біля|под|під|возле)\s|#)"
)
_NAMED = re.compile(rf"(?<!\w)(?P<lead>{_LEADS})(?P<name>{_WORD}(?:[ -]{_WORD})?)", re.IGNORECASE)
_FIRST = re.compile(rf"(?:^|[\n.!?]\s*)(?P<name>{_WORD}(?:[ -]{_WORD})?)(?=\s*[,:!.(–—-])")
# Endings of names in other cases, and what stands for them in the first one.
_CASES = (
    ("івці", ("івка",)), ("овке", ("овка",)), ("івку", ("івка",)), ("івки", ("івка",)), ("ову", ("ів", "ов")), 
    ("ове", ("ів", "ов", "ово")),
    ("ові", ("ів", "ов")), ("ова", ("ів", "ов")), ("еві", ("ів", "їв", "ев")), ("єві", ("їв",)), ("єва", ("їв",)),
    ("ах", ("и", "ы", "а")), ("ску", ("ськ", "ск")), ("ську", ("ськ",)), ("ська", ("ськ",)), ("ске", ("ск",)),
    ("ска", ("ск",)), ("ці", ("ка", "ця")), ("ом", ("",)), ("ом", ("о",)), ("ого", ("ий", "ое", "е")), ("ому", ("ий", "е")),
    ("ой", ("ая", "а")), ("ій", ("а",)), ("ою", ("а",)), ("і", ("", "а", "о", "ь")), ("е", ("", "а", "о")),
    ("у", ("", "а", "о")), ("а", ("", "о")), ("и", ("а", "ь", "")), ("ы", ("а", "")), ("я", ("ь",)), ("ю", ("я", "ь")),
    ("s", ("",)),
)  # fmt: skip


def named_place(text):
    """(the name as it is written, the places (list) of that name), or ("", []) where the post names none that is known."""
    text = text[:LOOKED_AT]
    names = [one["name"] for one in _NAMED.finditer(text) if one["name"][0].isupper()]
    names += [one["name"] for one in _FIRST.finditer(text) if one["name"][0].isupper()]
    for name in list(dict.fromkeys(names))[:MOST_NAMES]:
        for whole in dict.fromkeys((name, re.split("[ -]", name)[0])):
            for way in _in_first_case(whole):
                places = places_called(way)
                if places:
                    return way, places
    return "", []


def _in_first_case(name):
    """The name itself, then what it may be in the first case."""
    yield name
    if not re.search("[а-яіїєґ]", name, re.IGNORECASE):
        return
    for ending, first in _CASES:
        if name.endswith(ending) and len(name) - len(ending) > 2:
            yield from (name[: -len(ending)] + one for one in first)
