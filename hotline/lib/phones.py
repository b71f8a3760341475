"""Phone numbers as they are typed: in which country they are meant, and by what one is known again."""

import re

import phonenumbers
from django.conf import settings


def house_region():
    """Two-letter code of the country of the house's own number, or ""."""
    try:
        number = phonenumbers.parse(settings.HOTLINE_NUMBER)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""


def known_by(typed, *regions):
    """What a number is known again by, however it was written: its digits from the country's code on, without the plus.

    regions: two-letter codes of the countries in which one without a country's code may be meant, the likeliest first; ""
    for none. What no country's plan can hold (an extension, a slip of the finger) is known by the digits that were typed.
    "" when there are none.
    """
    meant = [number for region in dict.fromkeys(regions) if (number := _parsed(typed, region or None)) is not None]
    for is_sound in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for number in meant:
            if is_sound(number):
                return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    return re.sub(r"\D", "", typed)


def _parsed(typed, region):
    try:
        return phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
