"""A table that is taken away runs in no spreadsheet, whatever separator that expects, and comes back exactly as it was."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hotline.lib.tables import as_csv, harmless, read

HEADING = ["code", "name"]
SIGNS = ("=", "+", "-", "@", "＝")
# What formulas, separators and guards are made of.
NASTY = some.text(some.sampled_from("=+-@;,\t\r\n\"' aЯ＝|"), max_size=12)
SPLIT = [
    "a;=1+1",
    "a;\t=1+1",
    'a;"=1+1"',
    "a; '=1",
    "first\n+380 44",
    "a\r\n@SUM(1)",
    "=1",
    "'=1",
    "''=1",
    "\t=1",
    ";;-1",
    "a\t=1",
]


# The rule in one expression, as slow as it is plain: a guard stands between these two.
BEGIN, SIGN = r"(^|[;\t\r\n])", r"(?=[\s\"']*[=+\-@\t\r＝＋－＠])"


def back(text):
    _heading, rows = read(as_csv([HEADING, ["K7QX", harmless(text)]]))
    return rows[0].cells["name"]


def cells_of(text, separator):
    """The cells of a file as a spreadsheet makes them: a quotation mark counts at the beginning of a cell alone, and whatever
    follows the closing one belongs to the cell."""
    return [cell for line in csv.reader(StringIO(text, newline=""), delimiter=separator) for cell in line]


def runs(cell):
    """Whether a spreadsheet might take it for a formula, however generous it is with what stands before the sign."""
    return cell.lstrip(' \t\r\n"').startswith(SIGNS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("text", SPLIT)
def test_no_cell_begins_with_a_formula_whatever_separator_is_expected(text, separator):
    assert not any(map(runs, cells_of(as_csv([HEADING, ["K7QX", harmless(text)]]), separator)))


@pytest.mark.parametrize("text", SPLIT)
def test_what_was_guarded_comes_back(text):
    assert back(text) == text


@given(NASTY)
def test_anything_comes_back_as_it_was(text):
    assert back(f"a{text}a") == f"a{text}a"
    assert back(text) in (text, text.strip())


@given(NASTY, some.sampled_from([",", ";", "\t"]))
def test_nothing_runs_whatever_stands_in_it(text, separator):
    assert not any(map(runs, cells_of(as_csv([HEADING, ["K7QX", harmless(text)]]), separator)))


@given(NASTY)
def test_guards_stand_where_the_rule_says_and_nowhere_else(text):
    assert harmless(text) == re.sub(BEGIN + SIGN, r"\1'", text)
    plain = re.sub(BEGIN + "'" + SIGN, r"\1", f"a{text}a")
    assert read(as_csv([HEADING, ["K7QX", f"a{text}a"]]))[1][0].cells["name"] == plain


@pytest.mark.parametrize("part", ["\n'", "'\n", "\n", ";", ";'", "\t'", " '"])
def test_a_cell_that_is_all_beginnings_takes_no_longer_than_another(part):
    """With work that grows with the square of the length, a file takes many minutes: this would not end."""
    cell = part * (100_000 // len(part)) + "a"
    _heading, rows = read(as_csv([HEADING, *[["K7QX", cell]] * 9]))
    assert [row.cells["name"][-1] for row in rows] == ["a"] * 9
    assert harmless(cell)[-1] == "a"


def test_every_cell_stands_in_quotation_marks():
    assert as_csv([["a", 1]]) == '"a","1"\r\n'


def test_an_apostrophe_that_guards_nothing_stays():
    assert back("Vera's kitchen; 'quoted'") == "Vera's kitchen; 'quoted'"
