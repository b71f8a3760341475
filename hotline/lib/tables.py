"""Tables as files: CSV that no spreadsheet runs, and CSV as spreadsheets save it, whatever the encoding and the separator."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused

# A spreadsheet takes a cell that begins so for a formula, and runs it; the wide signs too, where such are written.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Where a cell begins for a spreadsheet that expects another separator than the comma, whatever quotation marks stand around:
# at the beginning, and after each of these. White space and quotation marks before the sign do not stop it.
_BEGINS = re.compile(r"[;\t\r\n]")
_GUARDED = re.compile(rf"({_BEGINS.pattern})'")
# What may stand between such a beginning and a sign, as much as there is, and the sign, if any. Nothing is looked at twice,
# so that no cell takes longer than it is long.
_STRETCH = re.compile(rf"(;[\s\"']*|[\s\"']+)([{re.escape(''.join(FORMULA))}]?)")
LARGEST, MOST_LINES = 1_000_000, 2000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORD = re.compile(rb"[A-Za-z\x80-\xff]{2,}")
# Of the words that speak for one of two encodings, so many times more than for the other.
CLEARLY = 4


class Unreadable(Refused):
    code = "table_unreadable"
    message = _("This is no table of text. Save it as “CSV UTF-8” and choose that file.")


class UnclearEncoding(Refused):
    code = "table_encoding"
    message = _("We cannot tell for certain how the letters of this file are meant. Save it as “CSV UTF-8”, please.")


class TooLarge(Refused):
    code = "table_too_large"
    message = _("The file is too large: at most %(lines)d lines and one megabyte fit. Divide it into several.")


@dataclass(frozen=True)
class Row:
    """One line. number: where it begins in the file, from 1 for the heading. fault: why its cells mean nothing, or ""."""

    number: int
    cells: dict[str, str]
    fault: str = ""


def harmless(text: str) -> str:
    """The text as a cell of which nothing is taken for a formula, whatever separator a spreadsheet expects. `read` gives the
    text back as it was.
    """
    return _where_it_runs(_BEGINS, r"\g<0>'", text)


def _where_it_runs(begin, by, text):
    """The text with `by` for each `begin` (a pattern) that a sign follows with nothing but white space and marks between."""

    def change(stretch):
        between, sign = stretch.groups()
        # A tab is white space and a sign itself.
        last = len(between) if sign else max(between.rfind("\t"), between.rfind("\r"), 0)
        return begin.sub(by, between[:last]) + between[last:] + sign

    # The text begins as a cell after a separator does.
    return _STRETCH.sub(change, ";" + text)[1:]


def as_csv(rows: Iterable[Sequence]) -> str:
    """Rows of cells as CSV, each in quotation marks; whatever could be a formula must have gone through `harmless`."""
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def decode(data: bytes) -> str:
    """The text of a file. Raises Unreadable, UnclearEncoding, TooLarge."""
    if len(data) > LARGEST:
        raise TooLarge(lines=MOST_LINES)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _guess(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable from None
    if "\0" in text:
        raise Unreadable
    return text


def _guess(data):
    if b"\0" in data:
        # Commas and line ends have a zero byte in UTF-16, on the one side or on the other.
        even, odd = data[::2].count(0), data[1::2].count(0)
        if bool(even) == bool(odd):
            raise Unreadable
        return "utf-16-le" if odd else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess_single(data)
    return "utf-8"


def _guess_single(data):
    """Cyrillic words are all above 0x7F; of western ones only a letter here and there is."""
    words = [word for word in _WORD.findall(data) if max(word) > 0x7F]
    cyrillic = sum(min(word) > 0x7F for word in words)
    western = len(words) - cyrillic
    if cyrillic > CLEARLY * western:
        return "cp1251"
    if western > CLEARLY * cyrillic:
        return "cp1252"
    raise UnclearEncoding


def read(text: str) -> tuple[list[str], list[Row]]:
    """The heading (names folded to lower case) and the rows of a table with commas, semicolons or tabs.

    A line with too many or too few cells has a fault; where a quotation mark is never closed, the rest is one row with a
    fault. Lines of nothing are left out. Raises TooLarge, and Unreadable where there is no heading.
    """
    first = text.lstrip("\r\n").splitlines()[:1]
    if not first:
        raise Unreadable
    separator = max(",;\t", key=first[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    heading, rows, begins = [], [], 1
    try:
        for cells in reader:
            number, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not heading:
                heading = [cell.strip().casefold() for cell in cells]
            elif len(rows) >= MOST_LINES:
                raise TooLarge(lines=MOST_LINES)
            else:
                rows.append(_row(number, heading, cells))
    except csv.Error:
        fault = _(
            "From here on the file cannot be read: a quotation mark is not closed, or stands in the middle of a cell."
        )
        rows.append(Row(begins, {}, str(fault)))
    return heading, rows


def _row(number, heading, cells):
    if len(cells) != len(heading):
        fault = _("This line has %(found)d cells, the heading has %(wanted)d.")
        return Row(number, {}, str(fault) % {"found": len(cells), "wanted": len(heading)})
    return Row(number, {name: _plain(cell) for name, cell in zip(heading, cells, strict=True)})


def _plain(cell):
    """The cell without the marks of `harmless`, exactly as it was then; of any other without the white space around it."""
    before = _where_it_runs(_GUARDED, r"\1", cell)
    return cell.strip() if before == cell else before
