"""A mark that could leak, and the search for it. Every search proves, in the same place, that it would find it."""

import base64
import contextlib
import io
import logging
import secrets
import subprocess
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from hotline.lib.logs import ReadableLines
from hotline.staff.models import Team


class Text:
    """Something that was written or sent: str, bytes, or an iterable of either."""

    def __init__(self, *pieces):
        self._pieces = [piece.encode() if isinstance(piece, str) else bytes(piece) for piece in pieces]

    def pieces(self):
        yield from enumerate(self._pieces)

    @contextlib.contextmanager
    def planted(self, text):
        self._pieces.append(b"before " + text.encode() + b" after")
        yield
        self._pieces.pop()


def content(path):
    """The bytes of a file, read by another process.

    Closing a file of SQLite's in the process that has it open would drop the locks that it holds there, and others could
    take the shared memory from under it (sqlite.org/howtocorrupt.html, 2.2).
    """
    return subprocess.run(["cat", path], stdout=subprocess.PIPE, check=True).stdout


class Folder:
    """All files under a folder, as they lie on the disk."""

    def __init__(self, folder):
        self._folder = Path(folder)

    def pieces(self):
        for path in sorted(self._folder.rglob("*")):
            if path.is_file():
                yield path, content(path)

    @contextlib.contextmanager
    def planted(self, text):
        control = self._folder / f"control-{secrets.token_hex(4)}"
        control.write_bytes(b"\0before " + text.encode() + b" after\0")
        try:
            yield
        finally:
            control.unlink()


class Rows:
    """Every value of every table, as the database gives it: what is sealed there stays sealed."""

    def pieces(self):
        with connection.cursor() as cursor:
            for table in sorted(connection.introspection.table_names(cursor)):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                for row in cursor.fetchall():
                    for value in row:
                        raw = value if isinstance(value, (bytes, memoryview)) else str(value).encode()
                        yield table, bytes(raw)

    @contextlib.contextmanager
    def planted(self, text):
        with transaction.atomic():
            point = transaction.savepoint()
            Team.objects.create(code=secrets.token_hex(8), name=text[:100])
            try:
                yield
            finally:
                transaction.savepoint_rollback(point)


class Cached:
    """Everything in the cache, as it lies there."""

    def pieces(self):
        if hasattr(cache, "_cache") and isinstance(cache._cache, dict):
            yield from cache._cache.items()
        else:
            redis = cache._cache.get_client()
            for key in redis.scan_iter(cache.make_key("*")):
                yield key, redis.get(key) or b""

    @contextlib.contextmanager
    def planted(self, text):
        cache.set("control", text)
        yield
        cache.delete("control")


@pytest.fixture
def printed():
    """All that is logged at any level, as the house writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(ReadableLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(before)
    root.removeHandler(handler)


class Mark:
    """A text to put where it must not leak from; made up when none is given."""

    def __init__(self, text=""):
        self.text = text or f"Marked{secrets.token_hex(8)}"

    def __str__(self):
        return self.text

    def found_in(self, place):
        """Where in `place` (Text, Folder, Rows) the mark lies, plain or in a usual coding. list, empty when nowhere."""
        forms = list(_forms(self.text))
        return [where for where, content in place.pieces() if any(form in content for form in forms)]

    def assert_absent(self, place):
        """The mark is nowhere in `place`, and the search would have found it there."""
        found = self.found_in(place)
        assert not found, f"The mark leaked: {found}"
        with place.planted(self.text):
            assert self.found_in(place), "The search does not find the mark where it was put: it proves nothing."

    def assert_present(self, place):
        """The mark lies in `place`: for the time before it must be gone."""
        assert self.found_in(place), "The mark is not where it should be."


def _forms(text):
    """`text` as it may lie in bytes: UTF-8, UTF-16, hexadecimal, percent and JSON escapes, Base64 at each alignment."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield text.encode("ascii", "backslashreplace")
    yield "".join(f"%{byte:02X}" if byte > 127 or byte in b" +" else chr(byte) for byte in plain).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        # The first characters also code what stands before, the last what comes after.
        inner = coded[(0, 2, 3)[shift] : len(coded) - 4 if (len(plain) + shift) % 3 else None]
        if len(inner) >= 8:
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")
