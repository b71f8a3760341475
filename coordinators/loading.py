"""Brings the kinds of help and the directory from the data files into the database, as often as one likes.

What an administrator changed stays as it is: each row keeps a digest of what was loaded into it, and is only brought up
to date while it still is what the file once said. Nothing is ever removed.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Model

from coordinators.models import Category, DirectoryEntry, Place
from hotline.questionnaires.models import Question, Questionnaire

DATA = Path(__file__).parent / "data"
QUESTION_FIELDS = ["key", "kind", "label", "help", "required", "public", "choices", "minimum", "maximum"]
CATEGORY_FIELDS = [
    "names", "keywords", "cluster", "danger", "needs_checked", "needs_language", "ring_back", "still_needed_hours",
    "default_urgency", "wave_minutes", "wave_size", "contact_hours", "active",
]  # fmt: skip
ENTRY_FIELDS = ["title", "text", "phone", "url", "active"]


@dataclass
class Loaded:
    """How many rows were made, brought up to date, left as somebody changed them, and put off for want of a place."""

    created: int = 0
    updated: int = 0
    kept: int = 0
    waiting: int = 0


def load_categories() -> Loaded:
    """Loads data/categories.json: parents stand before their children in it."""
    loaded = Loaded()
    with transaction.atomic():
        categories = {category.slug: category for category in Category.objects.all()}
        questionnaires = {one.slug: one for one in Questionnaire.objects.prefetch_related("questions")}
        for position, wanted in enumerate(_read("categories.json")):
            category = categories.setdefault(wanted["slug"], Category(slug=wanted["slug"]))
            questionnaire = None
            if wanted.get("questions"):
                slug = f"intake-{wanted['slug']}"
                questionnaire = questionnaires.get(slug) or Questionnaire(slug=slug)
                _bring_questionnaire(questionnaire, wanted)
            links = {"parent": categories.get(wanted.get("parent")), "questionnaire": questionnaire}
            _bring(loaded, category, _values(Category, CATEGORY_FIELDS, wanted) | links | {"position": position})
    return loaded


def load_directory() -> Loaded:
    """Loads data/directory.json; an entry whose country or kind of help is not there yet waits for the next time."""
    loaded = Loaded()
    with transaction.atomic():
        entries = {entry.slug: entry for entry in DirectoryEntry.objects.all()}
        categories = {category.slug: category for category in Category.objects.all()}
        countries = {place.country: place for place in Place.objects.filter(kind=Place.Kind.COUNTRY)}
        for position, wanted in enumerate(_read("directory.json")):
            links = {"category": categories.get(wanted.get("category")), "place": countries.get(wanted.get("country"))}
            if ("category" in wanted and not links["category"]) or ("country" in wanted and not links["place"]):
                loaded.waiting += 1
                continue
            entry = entries.get(wanted["slug"]) or DirectoryEntry(slug=wanted["slug"])
            _bring(loaded, entry, _values(DirectoryEntry, ENTRY_FIELDS, wanted) | links | {"position": position})
    return loaded


def _read(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _values(model, names, wanted):
    """{name: value}: what the file says, else the model's default."""
    return {name: wanted.get(name, model._meta.get_field(name).get_default()) for name in names}


def _digest(values):
    """Of a dict whose values are JSON or rows of the database."""
    plain = {name: value.pk if isinstance(value, Model) else value for name, value in values.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _present(row, wanted):
    """What `row` holds now of the fields in `wanted`; a row it points to by its key, without reading it."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in wanted}


def _bring(loaded, row, wanted):
    """Gives `row` the values `wanted`, unless somebody changed it since it was loaded."""
    digest = _digest(wanted)
    if row.pk and row.loaded == digest:
        return
    if row.pk and _digest(_present(row, wanted)) != row.loaded:
        loaded.kept += 1
        return
    if row.pk:
        loaded.updated += 1
    else:
        loaded.created += 1
    for name, value in wanted.items():
        setattr(row, name, value)
    row.loaded = digest
    row.save()


def _bring_questionnaire(questionnaire, wanted):
    """Gives `questionnaire` the questions in `wanted`, as one, unless somebody changed any of them."""
    content = {
        "names": wanted["names"],
        "questions": [_values(Question, QUESTION_FIELDS, question) for question in wanted["questions"]],
    }
    digest = _digest(content)
    present = {}
    if questionnaire.pk:
        present = {question.key: question for question in questionnaire.questions.all()}
        held = [_present(question, QUESTION_FIELDS) for question in present.values()]
        changed_here = _digest({"names": questionnaire.names, "questions": held}) != questionnaire.loaded
        if questionnaire.loaded == digest or changed_here:
            return
    questionnaire.names, questionnaire.loaded = content["names"], digest
    questionnaire.save()
    questionnaire.questions.exclude(key__in=[values["key"] for values in content["questions"]]).delete()
    for position, values in enumerate(content["questions"]):
        question = present.get(values["key"]) or Question(questionnaire=questionnaire)
        for name, value in (values | {"position": position}).items():
            setattr(question, name, value)
        question.save()
