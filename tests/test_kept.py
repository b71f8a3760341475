"""What is kept is written down: every field of every model stands in the table, and docs/security.md shows that table."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from hotline.lib import environment
from hotline.lib.fields import SealedTextField
from hotline.lib.kept import Row, markdown, rows

PAGE = Path(__file__).parent.parent / "docs" / "security.md"


def written_down():
    """{model label: set of field names, "all" among them} as the rows say it."""
    found = {}
    for label, _colon, fields in (entry.partition(": ") for row in rows() for entry in row.fields):
        found.setdefault(label, set()).update(fields.split())
    return found


def kept():
    """{model label: {field name: field}} as the models have it, those of libraries too."""
    return {
        model._meta.label: {field.name: field for field in model._meta.get_fields() if field.concrete}
        for model in apps.get_models(include_auto_created=True)
    }


def test_every_field_stands_in_the_table():
    """A new field, or a new model, needs a row in the `kept.py` of its room; see docs/development.md."""
    table = written_down()
    missing = {
        label: sorted(fields.keys() - table.get(label, set()))
        for label, fields in kept().items()
        if "all" not in table.get(label, set()) and fields.keys() - table.get(label, set())
    }
    assert missing == {}


def test_the_table_names_nothing_that_is_not_there():
    models = kept()
    gone = {
        label: sorted(fields - models.get(label, {}).keys() - {"all"})
        for label, fields in written_down().items()
        if label not in models or fields - models[label].keys() - {"all"}
    }
    assert gone == {}


def test_sealed_and_hashed_fields_are_never_covered_by_all():
    """A field that hides something says so in a row of its own."""
    table = written_down()
    hidden = {
        f"{label}.{name}"
        for label, fields in kept().items()
        for name, field in fields.items()
        if (name.startswith("sealed") or isinstance(field, SealedTextField)) and name not in table.get(label, set())
    }
    assert hidden == set()


def test_every_time_in_the_table_is_one_that_some_code_keeps_to():
    """A promise that nothing reads is none."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("hotline", "coordinators", "chat")
        for path in (PAGE.parent.parent / room).rglob("*.py")
    )
    unread = {name for row in rows() for name in row.settings() if f"settings.{name}" not in code}
    assert unread == set()


def test_no_field_stands_in_two_rows():
    named = [
        (label, name)
        for label, _colon, fields in (entry.partition(": ") for row in rows() for entry in row.fields)
        for name in fields.split()
    ]
    assert sorted(named) == sorted(set(named))


def test_the_document_shows_the_table_as_it_is():
    """After a change in a kept.py: `manage.py kept`."""
    assert f"-->\n{markdown()}\n<!--" in PAGE.read_text(encoding="utf-8")


def test_each_row_has_all_its_texts_and_every_setting_in_them_is_a_number_of_the_environment():
    for row in rows():
        assert all(row.texts().values()), row.datum
        assert set(row.settings()) <= environment.BOUNDS.keys()


ROW = Row("a number", (), "plain", "nobody", "%(CONTACT_DAYS)s after intake")


def test_a_time_is_the_one_of_the_running_house(settings):
    assert ROW.texts()["gone"] == "7 days (CONTACT_DAYS, at most 14) after intake"

    settings.CONTACT_DAYS = 1

    assert ROW.texts()["gone"] == "1 day (CONTACT_DAYS, usually 7, at most 14) after intake"
    assert ROW.texts(running=False)["gone"] == "7 days (CONTACT_DAYS, at most 14) after intake"


def test_a_misspelt_setting_is_no_silent_hole():
    with pytest.raises(KeyError):
        Row("a number", (), "plain", "nobody", "%(CONTACT_DAY)s after intake").texts()


def test_every_row_can_be_read_in_every_language(settings):
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for row in rows():
                assert not re.search(r"%\(", "".join(row.texts().values())), (language, row.datum)
