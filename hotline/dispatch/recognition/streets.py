"""Street addresses with a house number, as they are written in German, English, Norwegian, Ukrainian and Russian."""

import re

from hotline.dispatch.recognition.found import Found, Kind

_NUMBER = (
    r"\d{1,4}(?:\s?[-–]?\s?[a-zа-яіїєґA-ZА-ЯІЇЄҐ](?!\w))?(?:\s?[/-]\s?\d{1,4}[a-zа-яA-ZА-Я]?(?!\w))?(?![\d.:,]\d|\d)"
)
_UNIT = r"(?!\s?(?:Uhr|h\b|€|EUR|km|kg|Personen|Kinder|Jahre|kr\b|år|people|kids|грн|руб|°|%))"
_BIG = r"[A-ZÄÖÜÆØÅ]"
# Not within a chain of hyphens: it would be read anew from each of its links.
_AT_START = r"(?<!\w)(?<![\w.]-)"

_GERMAN_ENDS = (
    "straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|markt|graben|wall|promenade|zeile|hof"
)
_GERMAN_WORDS = "Straße|Strasse|Str\\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Steig|Markt|Promenade"
_NO_STREET = (
    "Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Januar|Februar|März|April|Mai|Juni|Juli|August|September"
    "|Oktober|November|Dezember|Gleis|Bus|Zimmer|Raum|Haus|Alter"
)
_GERMAN_TAIL = rf"(?:,?\s\d{{5}}\s{_BIG}[\w-]{{2,30}})?"
GERMAN = [
    rf"{_AT_START}{_BIG}[\w-]{{1,40}}?(?:{_GERMAN_ENDS})\s{{1,2}}{_NUMBER}{_UNIT}{_GERMAN_TAIL}",
    rf"{_AT_START}(?:{_BIG}[\w.-]{{1,30}}[ -]){{1,3}}(?:{_GERMAN_WORDS})\s{{1,2}}{_NUMBER}{_UNIT}{_GERMAN_TAIL}",
    rf"(?<!\w)(?:{_GERMAN_WORDS})\s(?:der|des|am|an der|zum|zur|im)\s(?:\d{{1,2}}\.\s)?{_BIG}\w{{2,30}}\s{_NUMBER}{_UNIT}"
    rf"{_GERMAN_TAIL}",
    rf"(?<!\w)(?:Am|An der|An den|Im|In der|In den|Auf dem|Auf der|Unter den|Zum|Zur|Hinter der|Vor dem)\s"
    rf"(?:[a-zäöü]{{3,20}}\s)?(?!(?:{_NO_STREET})\b){_BIG}[\w-]{{2,30}}\s{_NUMBER}{_UNIT}{_GERMAN_TAIL}",
]

_ENGLISH_WORDS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Crescent|Cres|Hill|Gardens"
    "|Grove|Row|Boulevard|Blvd|Mews|Quay|Green|View|Walk|Parade|Park|Highway|Hwy"
)
_FLAT = r"(?:(?:Flat|Apt\.?|Apartment|Unit|Room)\s?\w{1,4},?\s)?"
ENGLISH = [
    rf"(?<!\w){_FLAT}\d{{1,4}}[A-Za-z]?\s(?:{_BIG}[\w'’.-]{{1,25}}\s){{1,4}}(?:{_ENGLISH_WORDS})\b\.?"
    rf"(?:,\s{_BIG}\w{{2,25}})?(?:,?\s[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}\b)?",
    rf"(?<!\w){_FLAT}\d{{1,4}}[a-z]?\s(?:[a-z'’]{{3,25}}\s){{1,2}}(?:street|avenue|road)\b",
]

_NORWEGIAN_ENDS = (
    "gata|gaten|gate|gt\\.|veien|vegen|vei|veg|vn\\.|allé|alleen|plass|plassen|torget|torg|bakken|bakke|stien|svingen"
    "|brygge|brygga|løkka|lia|haugen|tunet|kroken|ringen|åsen|toppen|jordet|bråten|parken|stranda|lunden"
)
_NORWEGIAN_WORDS = "gate|gata|vei|veg|plass|allé|torg|gt\\.|brygge|terrasse"
_NORWEGIAN_TAIL = rf"(?:,?\s\d{{4}}\s{_BIG}\w{{2,25}})?"
NORWEGIAN = [
    rf"{_AT_START}{_BIG}[\w-]{{1,30}}?(?:{_NORWEGIAN_ENDS})\s{{1,2}}{_NUMBER}{_UNIT}{_NORWEGIAN_TAIL}",
    rf"{_AT_START}(?:{_BIG}[\w.-]{{1,30}}\s){{1,3}}(?:{_NORWEGIAN_WORDS})\s{{1,2}}{_NUMBER}{_UNIT}{_NORWEGIAN_TAIL}",
]

_CYRILLIC_WORDS = (
    r"вул(?:иц[яіюе]\w?)?\.?|ул(?:иц[аеыу]\w?)?\.?|просп(?:ект\w{0,3})?\.?|пр-?к?т\.?|пр\.|бул(?:ьв)?(?:ар\w{0,3})?\.?|б-р"
    r"|пров(?:ул\w{2,4})?\.?|пер(?:еул\w{2,3})?\.?|площ[аіуеяью]\w{0,3}|пл\.|наб(?:ереж\w{2,4})?\.?|шосе|шоссе|ш\.|узвіз"
    r"|тупик|проїзд|проезд|алея|аллея|майдан|мкр\.?|мкрн\.?|м-н|мікрорайон\w{0,2}|микрорайон\w{0,2}|квартал|бульвар\w{0,2}"
)
_HOUSE = rf"[,\s]{{0,3}}(?:(?:будинок|буд\.?|б\.|дом|д\.|№)\s{{0,2}})?{_NUMBER}"
_INSIDE = (
    r"(?:[,\s]{0,3}(?:корп(?:ус)?\.?|к\.)\s{0,2}\d{1,2})?(?:[,\s]{0,3}кв(?:артира)?\.?\s{0,2}\d{1,4})?"
    r"(?:[,\s]{0,3}(?:під['’ʼ]?їзд|подъезд)\s{0,2}\d{1,2})?"
)
_NAME = r"(?:\d{1,2}-?[а-яіїєґ]{1,3}\s)?[А-ЯІЇЄҐ][\w'’ʼ.-]{1,30}(?:\s[А-ЯІЇЄҐ][\w'’ʼ.-]{1,30}){0,3}"
CYRILLIC = [
    rf"(?<![\w-])(?:{_CYRILLIC_WORDS})\s{{0,2}}{_NAME}{_HOUSE}{_INSIDE}",
    rf"(?<![\w-])[А-ЯІЇЄҐ][\w'’ʼ-]{{2,30}}\s(?:{_CYRILLIC_WORDS}){_HOUSE}{_INSIDE}",
]

_STREETS = [re.compile(form) for form in (*GERMAN, *ENGLISH, *NORWEGIAN, *CYRILLIC)]


def find(text):
    """Street addresses in `text`, as a list of Found; of two that overlap the longer one."""
    found = [one for form in _STREETS for one in form.finditer(text)]
    kept, end = [], 0
    for one in sorted(found, key=lambda one: (one.start(), -one.end())):
        if one.start() >= end:
            kept.append(Found(Kind.STREET, one.start(), one.end(), one[0].strip()))
            end = one.end()
    return kept
