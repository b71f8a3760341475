"""German, Norwegian, Ukrainian and Russian are complete: what the code says is translated, and says the same."""

import re
import shutil
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

from hotline.management.translations import compile_changed

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[sd%]|\{[a-z_]*\}|</?[a-z]+[^>]*>", re.IGNORECASE)

# What is written alike in one of the languages, or in all of them ("*").
ALIKE = {
    "*": {"Hotline", "Telegram", "QR", "OK", "Redis"},
    "de": {
        "Administrator", "Alarm", "Alarm: %(words)s", "Alias", "Chat", "Code", "Filter", "Link", "Name", "Passkey",
        "Passphrase", "Region", "Status", "System", "Team", "Teams", "Text", "normal",
    },
    "nb": {
        "Administrator", "Alarm", "Alarm: %(words)s", "Alias", "Chat", "Filter", "Region", "Send", "Start", "Status", "Sum",
        "System", "Team", "alarm", "alias", "forum", "moderator",
        "normal", "person", "plan", "region", "team",
    },
    "uk": set(),
    "ru": set(),
}  # fmt: skip


def catalogue(path: Path, language: str) -> Catalog:
    """The catalogue in a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def written(language: str) -> Catalog:
    """The translations as the repository has them."""
    path = ROOT / "hotline" / "locale" / language / "LC_MESSAGES" / "django.po"
    return catalogue(path, language) if path.exists() else Catalog(locale=language)


@pytest.fixture(scope="session")
def extracted(tmp_path_factory):
    """What `make messages` would make now, out of a copy: the folder of its locale."""
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is missing (apt install gettext): translations were not compared with the code")
    copy = tmp_path_factory.mktemp("house")
    for name in ("hotline", "coordinators", "chat", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "data"))
    locale = copy / "hotline" / "locale"
    locale.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setattr(settings, "LOCALE_PATHS", [str(locale)])
        call_command("makemessages", locale=LANGUAGES, no_location=True, no_obsolete=False, verbosity=0)
    return locale


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_guessed_or_left_over(extracted, language):
    now = catalogue(extracted / language / "LC_MESSAGES" / "django.po", language)
    entries = [entry for entry in now if entry.id]
    missing = [entry.id for entry in entries if not all(_forms(entry.string))]
    guessed = [entry.id for entry in entries if entry.fuzzy]
    left_over = list(now.obsolete)

    assert (missing, guessed, left_over) == ([], [], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_still_english(language):
    alike = ALIKE["*"] | ALIKE[language]
    english = [
        source
        for entry in written(language)
        if entry.id and (source := _forms(entry.id)[0]) in _forms(entry.string) and re.search("[A-Za-z]{2}", source)
    ]

    assert [source for source in english if source not in alike] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_markup_survive(language):
    broken = []
    for entry in written(language):
        if entry.id:
            allowed = [sorted(PLACEHOLDER.findall(form)) for form in _forms(entry.id)]
            forms = filter(None, _forms(entry.string))
            broken += [form for form in forms if sorted(PLACEHOLDER.findall(form)) not in allowed]

    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_the_forms_of_its_language(language):
    plurals = [entry for entry in written(language) if isinstance(entry.id, tuple)]

    assert [entry.id for entry in plurals if len(_forms(entry.string)) != written(language).num_plurals] == []


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """A text, or the plural forms of one."""
    return text if isinstance(text, tuple) else (text,)


def test_compiling_takes_what_changed_and_leaves_out_guesses(tmp_path):
    folder = tmp_path / "uk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Yes"\nmsgstr "Так"\n\n#, fuzzy\nmsgid "No"\nmsgstr "Мабуть"\n'
    )

    assert compile_changed(tmp_path) == [folder / "django.mo"]
    assert compile_changed(tmp_path) == []
    with (folder / "django.mo").open("rb") as file:
        translated = GNUTranslations(file)
    assert (translated.gettext("Yes"), translated.gettext("No")) == ("Так", "No")
