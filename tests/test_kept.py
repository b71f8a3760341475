"""What is kept is written down: every field of every model of ours stands in the table of docs/security.md."""

import re
from pathlib import Path

from django.apps import apps

PAGE = Path(__file__).parent.parent / "docs" / "security.md"
OURS = {"dispatch", "coordinators", "chat", "staff", "questionnaires", "outbox", "telegram"}


def written_down():
    """{model label: set of field names, "all" among them} as the table says it."""
    found = {}
    for label, fields in re.findall(r"`(\w+\.\w+): ([\w ]+)`", PAGE.read_text(encoding="utf-8")):
        found.setdefault(label, set()).update(fields.split())
    return found


def kept():
    """{model label: set of field names} as the models have it."""
    return {
        model._meta.label: {field.name for field in model._meta.get_fields() if field.concrete}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS
    }


def test_every_field_stands_in_the_table():
    table = written_down()
    missing = {
        label: sorted(fields - table.get(label, set()))
        for label, fields in kept().items()
        if "all" not in table.get(label, set()) and fields - table.get(label, set())
    }
    assert missing == {}


def test_the_table_names_nothing_that_is_not_there():
    models = kept()
    gone = {
        label: sorted(fields - models.get(label, set()) - {"all"})
        for label, fields in written_down().items()
        if label not in models or fields - models[label] - {"all"}
    }
    assert gone == {}


def test_sealed_and_hashed_fields_are_never_covered_by_all():
    """A field that hides something says so in a row of its own."""
    table = written_down()
    hidden = {
        f"{label}.{name}"
        for label, fields in kept().items()
        for name in fields
        if name.startswith("sealed") and name not in table.get(label, set())
    }
    assert hidden == set()
