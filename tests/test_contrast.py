"""The colours of the house against each other, in light and in dark, by the formula of WCAG 2."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "static" / "css" / "tokens.css"
AA = 4.5
AAA = 7.0
# A border of a field, or a sign, against what lies beside it.
PART = 3.0
LIGHT, DARK = 0, 1

PAIRS = [
    # message text: ink on every surface that a message can have
    *[
        ("ink", surface, AAA)
        for surface in ("page", "card", "sunk", "accent-wash", "good-wash", "urgent-wash", "waiting-wash")
    ],
    *[("quiet", surface, AA) for surface in ("page", "card", "sunk", "accent-wash", "urgent-wash")],
    *[("accent", surface, AA) for surface in ("page", "card", "accent-wash", "sunk")],
    ("accent-strong", "accent-wash", AA),
    ("accent-ink", "accent", AA),
    ("accent-ink", "accent-strong", AA),
    ("urgent-ink", "urgent", AA),
    *[(state, surface, AA) for state in ("urgent", "waiting", "good") for surface in (f"{state}-wash", "card", "page")],
    ("edge", "card", PART),
    ("edge", "accent-wash", PART),
    *[("accent", surface, PART) for surface in ("page", "card")],
]


def colours():
    """{name: (light, dark)} of every token that is a colour, as #rrggbb."""
    text = TOKENS.read_text()
    found = {}
    for name, light, dark in re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text):
        found[name] = (light, dark)
    for name, both in re.findall(r"--(c\d): (#[0-9a-f]{6})", text):
        found[name] = (both, both)
    return found


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_highest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_what_is_written_can_be_read(front, back, least, scheme):
    known = colours()
    assert contrast(known[front][scheme], known[back][scheme]) >= least


def test_white_letters_can_be_read_on_every_conversations_colour():
    known = colours()
    assert {name for name in known if re.fullmatch(r"c\d", name)} == {f"c{number}" for number in range(1, 9)}
    for number in range(1, 9):
        assert contrast("#ffffff", known[f"c{number}"][LIGHT]) >= AA
