"""Loading the data files: as often as one likes, and never over what somebody changed."""

import json

import pytest
from django.core.management import call_command

from coordinators import loading
from coordinators.loading import load_categories
from coordinators.models import Category
from hotline.questionnaires.models import Question, Questionnaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path, monkeypatch):
    """files(name, change): the data file with `change(content)` made in it is the one that is loaded from now on."""
    source = loading.DATA
    for name in ("categories.json", "directory.json"):
        (tmp_path / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(loading, "DATA", tmp_path)

    def change(name, edit):
        content = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        edit(content)
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")

    return change


def of(content, slug):
    return next(entry for entry in content if entry["slug"] == slug)


def snapshot():
    return [
        list(Category.objects.order_by("slug").values()),
        list(Questionnaire.objects.order_by("slug").values()),
        list(Question.objects.order_by("pk").values()),
    ]


def test_loading_again_changes_nothing():
    first = load_categories()
    before = snapshot()

    again = load_categories()

    assert first.created == Category.objects.count() > 30
    assert (again.created, again.updated, again.kept) == (0, 0, 0)
    assert snapshot() == before


def test_a_better_text_reaches_what_nobody_touched(files):
    load_categories()
    files("categories.json", lambda content: of(content, "food")["names"].update(en="Food and drink"))

    assert load_categories().updated == 1
    assert Category.objects.get(slug="food").names["en"] == "Food and drink"


def test_what_an_administrator_changed_stays(files):
    load_categories()
    food = Category.objects.get(slug="food")
    food.names = food.names | {"de": "Lebensmittel"}
    food.save()
    files("categories.json", lambda content: of(content, "food")["names"].update(en="Food and drink"))

    loaded = load_categories()

    assert (loaded.updated, loaded.kept) == (0, 1)
    food.refresh_from_db()
    assert (food.names["de"], food.names["en"]) == ("Lebensmittel", "Food")


def test_a_kind_moved_or_switched_off_by_hand_stays_so(files):
    load_categories()
    health = Category.objects.get(slug="health")
    Category.objects.filter(slug="pets").update(parent=health, active=False)
    files("categories.json", lambda content: of(content, "pets").update(cluster="HEA"))

    load_categories()

    pets = Category.objects.get(slug="pets")
    assert (pets.parent, pets.active, pets.cluster) == (health, False, "FSC")


def test_questions_changed_or_removed_by_hand_stay_so(files):
    load_categories()
    questions = Questionnaire.objects.get(slug="intake-food").questions
    questions.get(key="diet").delete()
    questions.filter(key="children").update(required=True)

    def edit(content):
        of(content, "food")["questions"][0]["label"]["en"] = "How many days?"

    files("categories.json", edit)
    load_categories()

    assert not questions.filter(key="diet").exists()
    assert questions.get(key="children").required
    assert questions.get(key="days").label["en"] == "For how many days?"


def test_new_and_dropped_questions_reach_a_questionnaire_that_nobody_touched(files):
    load_categories()
    kept = Questionnaire.objects.get(slug="intake-food").questions.get(key="days").pk

    def edit(content):
        questions = of(content, "food")["questions"]
        questions[:] = [question for question in questions if question["key"] != "diet"]
        questions.append({"key": "spices", "kind": "yesno", "label": {"en": "Spices?"}})

    files("categories.json", edit)
    load_categories()

    questions = Questionnaire.objects.get(slug="intake-food").questions
    assert list(questions.values_list("key", flat=True))[-1] == "spices"
    assert not questions.filter(key="diet").exists()
    assert questions.get(key="days").pk == kept


def test_the_command_says_what_it_did(capsys):
    call_command("load_categories")
    call_command("load_categories")

    first, _waiting, again, _still = capsys.readouterr().out.splitlines()
    assert "new" in first
    assert "0 new, 0 brought up to date" in again
