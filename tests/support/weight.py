"""What a page moves over the wire: the files it brings, also by its modules, and what they weigh."""

import gzip
import re
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles import finders

IMPORT = re.compile(r"""(?:from|import)\s+["'](\.{1,2}/[^"']+)["']""")


def file(path):
    """The bytes of a static file."""
    with open(finders.find(path), "rb") as found:
        return found.read()


def needed(page):
    """Paths (set) of the style sheets, scripts and pictures of a page (str), and of the modules that those import."""
    found, left = set(), re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"]+)"', page)
    while left:
        path = left.pop()
        if path in found:
            continue
        found.add(path)
        if path.endswith(".js"):
            left += [urljoin(path, name) for name in IMPORT.findall(file(path).decode())]
    return found


def weight(parts):
    """(bytes, gzipped bytes) of these parts (bytes), each compressed by itself as the server sends them."""
    return sum(map(len, parts)), sum(len(gzip.compress(part, 6)) for part in parts)
