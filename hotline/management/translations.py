"""
`python -m hotline.management.translations`: compile the translations that have changed, without GNU gettext.

Django's own command needs msgfmt, which a fresh machine does not have. Babel's takes a number in a Slavic "one" (1, 21,
31 …) for a mistake; whether placeholders survive is for the tests to say.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_changed(folder: Path = LOCALE) -> list[Path]:
    """Write the .mo beside each .po that is newer than it; the files that were written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        unfinished = target.with_suffix(".new")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_changed()
