"""Phone numbers, and not what only looks so: cards, accounts, tickets, dates, prices."""

import re
from functools import partial

import phonenumbers

from hotline.dispatch.recognition.found import Found, Kind

# What may stand between the digits of one number; a line's end may not.
_BETWEEN = " \t\u00a0\u2009\u202f()./\u2010-\u2015-"
_RUN = re.compile(rf"(?<!\w)[+(]{{0,2}}\d[\d{_BETWEEN}+]*\d")
_GROUP = re.compile(r"\+?\d+")
# Between these stand two numbers.
_APART = re.compile(r"\s{2,}|\s[/|\u2013\u2014-]\s|\)\s*\(")
_BANK_ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[\dA-Z]{4}){3,7}(?:[ ]?[\dA-Z]{1,4})?(?!\w)")
_CARD = re.compile(r"(?<![\d+])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?![ -]?\d)")
_TIME = re.compile(
    r"(?<!\d)24\s?[/-]\s?7(?!\d)|(?<![\d+])(?:\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})|\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![\d])"
)
FEWEST, MOST = 7, 15
# A run of more groups is a table; and so many candidates are looked at in one run, and in one post: a post of numbers as long
# as may be pasted takes half of them, one of words a third.
MOST_GROUPS, TRIES_OF_RUN, MOST_TRIES = 40, 120, 3000
# What may stand beside a number in one run: a house before it, "24/7" behind it.
STRAY_DIGITS = 2

_UKRAINIAN, _CYRILLIC = re.compile("[іїєґ]", re.IGNORECASE), re.compile("[а-яё]", re.IGNORECASE)
_NORWEGIAN = re.compile(r"[æøå]|\b(?:og|jeg|ikke|trenger|eller|meg|hei|vi er|kan noen|tlf)\b", re.IGNORECASE)
_GERMAN = re.compile(
    r"[äöüß]|\b(?:und|wir|ich|bitte|nicht|der|die|das|suche|suchen|brauchen|rufen|anrufen|sie|mit|ist|ein|eine|hallo)\b",
    re.IGNORECASE,
)
REGIONS = {"uk": ("UA",), "ru": ("UA", "RU"), "nb": ("NO",), "de": ("DE", "AT", "CH"), "en": ("GB", "US", "IE")}

# Words right before a number that say what it is.
_IS_PHONE = (
    r"\b(?:tel|telefon|telefonnummer|tlf|mobil\w*|mob|cell|handy|phone|call|ring|ringe|rufnummer|nummer|number|nr\.? tel"
    r"|whatsapp|viber|signal|sms|text|тел|телефон|номер|моб|дзвоніть|дзвонити|дзвони|звоните|звонить|звони|вайбер|вотсап"
    r"|ватсап|контакт\w*|kontakt\w*)\b|[☎📞📱]"
)
_IS_NONE = (
    r"\b(?:bestell\w*|order\w*|ordre\w*|booking\w*|buchung\w*|bestilling\w*|ticket\w*|billett\w*|квит\w*|билет\w*|rechnung\w*"
    r"|konto\w*|karten?\w*|kort\w*|card\w*|карт\w*|рахун\w*|сч[её]т\w*|iban|ref\w*|sak\w*|aktenzeichen\w*|az|nhs\w*|duf"
    r"|org\w*|passport\w*|pass(?:nr|nummer)?|паспорт\w*|іпн|инн|єдрпоу|снилс|inn|id|довідк\w*|справк\w*|заказ\w*|замовлен\w*"
    r"|поїзд\w*|потяг\w*|поезд\w*|versicherten\w*|bg-?nummer|fødsels\w*|person(?:nr|nummer)|ттн|ean|isbn|вагон\w*)\b|[#№]"
)
_CUE = re.compile(rf"(?P<no>{_IS_NONE})|(?P<yes>{_IS_PHONE})", re.IGNORECASE)
_CUT = re.compile(r"[\d\n,;!?]|\s[-\u2013\u2014]\s|\.\s+(?=[^\W\d_a-zа-яіїєґäöüæøå])")
CUE_REACH = 32
_MONEY = re.compile(r"\s{0,2}(?:€|\$|£|₴|₽|грн|руб|eur|usd|uah|kr\b|,-|kg\b|км|km\b)", re.IGNORECASE)
# How eight digits are written in Norway, where numbers have no 0 in front.
_EIGHT = re.compile(r"\d{8}|\d{3} \d{2} \d{3}|\d{2} \d{2} \d{2} \d{2}")
_AMERICAN = re.compile(r"\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}")


def find(text, region=""):
    """Phone numbers in `text`, as a list of Found with the number in international form. region: see recognise."""
    regions = _regions(text, region)
    text = _blank(_BANK_ACCOUNT, _blank(_CARD, _blank(_TIME, text)))
    runs = [groups for run in _RUN.finditer(text) if len(groups := _groups(run)) <= MOST_GROUPS]
    found, left = [], MOST_TRIES
    # The short ones first: a table of figures must not use up what a number below it needs.
    for groups in sorted(runs, key=len):
        numbers, tries = _of_run(text, groups, regions, min(left, TRIES_OF_RUN))
        found += numbers
        left -= tries
        if not left:
            break
    return sorted(found, key=lambda one: one.start)


def _regions(text, region):
    if _UKRAINIAN.search(text):
        language = "uk"
    elif _CYRILLIC.search(text):
        language = "ru"
    elif _NORWEGIAN.search(text):
        language = "nb"
    else:
        language = "de" if _GERMAN.search(text) else "en"
    own = REGIONS[language]
    # English is written everywhere: the house's own country comes first.
    return list(dict.fromkeys(filter(None, (region, *own) if language == "en" else (*own, region))))


def _blank(pattern, text):
    return pattern.sub(lambda one: " " * len(one[0]), text)


def _groups(run):
    """[(start, end)] of the groups of digits of a run, in the whole text."""
    return [(run.start() + one.start(), run.start() + one.end()) for one in _GROUP.finditer(run[0])]


def _of_run(text, groups, regions, most):
    """(the numbers of a run, how many candidates were looked at), longest first from the left.

    No number at all when more than stray digits are left over, or not all of it was read after the `most` candidates.
    """
    found, at, stray, tries = [], 0, False, 0
    while at < len(groups):
        for end in range(_furthest(text, groups, at), at, -1):
            if tries == most:
                return [], tries
            tries += 1
            number = _number(text, groups[at][0], groups[end - 1][1], regions)
            if number is not None:
                found.append(number)
                at = end
                break
        else:
            stray = stray or groups[at][1] - groups[at][0] > STRAY_DIGITS
            at += 1
    return [] if stray and not any(text[one.start] == "+" for one in found) else found, tries


def _furthest(text, groups, at):
    """How many groups from the left the number that begins at group `at` may reach."""
    digits, end = 0, at
    while end < len(groups):
        start, stop = groups[end]
        digits += stop - start
        if digits > MOST + 2 or (end > at and text[start] == "+"):
            break
        # What is too short for a number of its own is the code of a town: "0172 - 992 59 04".
        if digits - (stop - start) >= FEWEST and _APART.search(text[groups[end - 1][1] : start]):
            break
        end += 1
    return end


def _number(text, start, end, regions):
    """The Found of text[start:end] when that is a phone number, or None."""
    if text[start - 1 : start] == "(" and ")" in text[start:end]:
        start -= 1
    typed = text[start:end]
    digits = re.sub(r"\D", "", typed)
    if not FEWEST <= len(digits) <= MOST + 2:
        return None
    abroad, says = "+" in typed[:2], _says(text, start)
    if not abroad and (says == "no" or _MONEY.match(text, end)):
        return None
    parsed = _read(typed, digits, regions, abroad=abroad, named=says == "yes")
    if parsed is None:
        return None
    value = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Found(Kind.PHONE, start, end, value)


def _says(text, start):
    """ "yes" or "no" when a word before the number says that it is one or is none, else ""."""
    before = _CUT.split(text[max(0, start - CUE_REACH) : start])[-1]
    cues = [one.lastgroup for one in _CUE.finditer(before)]
    return cues[-1] if cues else ""


def _read(typed, digits, regions, *, abroad, named):
    """The parsed number as whoever wrote it meant it, or None. abroad: it has a plus; named: it is called a number."""
    if abroad:
        return _parsed("+" + digits if "(0)" not in typed else typed, None, phonenumbers.is_possible_number)
    if digits.startswith("00"):
        return _parsed("+" + digits[2:], None, phonenumbers.is_possible_number)
    abroad = _with_country_code(digits, regions)
    if abroad is not None:
        return abroad
    ways = [partial(_at_home, typed, digits, region, named) for region in regions]
    return next(filter(None, (way() for way in ways)), None)


def _with_country_code(digits, regions):
    """A number with its country's code but without the plus: 380 50 …, 49 172 …; also 8 0.. and 38 0.. of Ukraine."""
    if "UA" in regions and len(digits) == 11 and digits.startswith("80"):
        return _parsed("+3" + digits, None, phonenumbers.is_valid_number)
    for region in regions:
        code = str(phonenumbers.country_code_for_region(region))
        if len(code) > 1 and digits.startswith(code) and len(digits) > 9:
            return _parsed("+" + digits, None, phonenumbers.is_valid_number)
    return None


def _at_home(typed, digits, region, named):
    """A number as it is dialled inside `region`, or None."""
    if region == "NO":
        fits = len(digits) == 8 if named else _EIGHT.fullmatch(typed)
    elif region in ("US", "CA"):
        fits = _AMERICAN.search(typed) and len(digits) == 10
    elif region == "RU":
        fits = len(digits) == 11 and digits[0] in "78"
    else:
        fits = digits.startswith("0") and len(digits) > 8
    # Of Britain's numbers many are possible that its plan does not know, those for films among them.
    sound = phonenumbers.is_possible_number if region == "GB" and len(digits) > 9 else phonenumbers.is_valid_number
    return _parsed(digits, region, sound) if fits else None


def _parsed(number, region, is_sound):
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if is_sound(parsed) else None
