"""Tables as files: CSV that no spreadsheet runs, and CSV as spreadsheets save it, whatever the encoding and the separator."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused

# A spreadsheet takes a cell that begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    """The text as a cell that is not taken for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows: Iterable[Sequence]) -> str:
    """Rows of cells as CSV; whatever could be a formula must have gone through `harmless`."""
    text = StringIO()
    csv.writer(text).writerows(rows)
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
    return Row(number, {name: _plain(cell.strip()) for name, cell in zip(heading, cells, strict=True)})


def _plain(cell):
    """The cell without the mark of `harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
