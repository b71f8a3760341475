"""The kinds of help as they are delivered: complete in all languages, mapped, safe, with questions that fit."""

import re

import pytest
from django.core.exceptions import ValidationError

from coordinators.loading import load_categories
from coordinators.models import Category, CategoryTree, Cluster, Urgency
from hotline.lib.languages import LANGUAGES
from hotline.questionnaires.models import Question

CODES = {code for code, _own in LANGUAGES}
CALLED = {
    "accommodation", "evacuation", "food", "medicine", "transport", "information", "water-hygiene", "baby",
    "medical-care", "psychosocial", "translation", "reunification", "repair",
}  # fmt: skip
# Words in the key of a question that would tell who somebody is, where, with whom, or that they are alone or a minor.
TELLING = {"name", "address", "children", "ages", "age", "alone", "household", "who", "where", "guardian", "minor"}


@pytest.fixture
def loaded(db):
    load_categories()
    return CategoryTree.current()


def all_categories(tree):
    return list(tree.by_id.values())


def test_there_are_about_25_kinds_below_any_kind_in_groups(loaded):
    root = loaded.by_slug["any"]
    groups = loaded.below[root.pk]
    kinds = [pk for pk in loaded.by_id if pk not in groups and pk != root.pk]

    assert root.parent_id is None
    assert 25 <= len(kinds) <= 30
    assert all(loaded.below[group] for group in groups)


def test_the_kinds_that_callers_ask_for_most_are_there(loaded):
    assert set(loaded.by_slug) >= CALLED | {"pets", "clothing", "money", "legal", "children", "documents", "care"}


def test_every_name_and_warning_is_in_every_language_and_no_two_kinds_share_a_name(loaded):
    for category in all_categories(loaded):
        assert set(category.names) == CODES, category.slug
        assert set(category.keywords) == CODES, category.slug
        assert all(category.keywords.values()), category.slug
        assert set(loaded.effective(category, "danger")) == CODES, category.slug
    for code in CODES:
        names = [category.names[code] for category in all_categories(loaded)]
        assert len(names) == len(set(names))


def test_a_number_of_one_country_never_stands_without_112(loaded):
    for category in all_categories(loaded):
        for text in category.danger.values():
            assert "112" in text or not re.search(r"\b1(01|02|03|04|10|13)\b", text), category.slug


def test_every_kind_is_mapped_to_a_cluster_and_is_valid_as_it_stands(loaded):
    for category in all_categories(loaded):
        assert category.cluster in Cluster.values, category.slug
        category.full_clean()


def test_every_kind_has_public_and_sealed_questions_and_no_more_than_six(loaded):
    for category in all_categories(loaded):
        questions = list(loaded.effective(category, "questionnaire").questions.all())
        assert 2 <= len(questions) <= 6, category.slug
        assert any(question.public for question in questions), category.slug
        assert any(not question.public for question in questions), category.slug


def test_every_kind_that_is_no_group_asks_questions_of_its_own(loaded):
    groups = set(loaded.below[loaded.by_slug["any"].pk])
    own = [category.questionnaire_id for category in all_categories(loaded) if category.pk not in groups]

    assert None not in own
    assert len(own) == len(set(own))


def test_every_question_hint_and_choice_is_in_every_language(loaded):
    for question in Question.objects.select_related("questionnaire"):
        where = f"{question.questionnaire.slug}/{question.key}"
        assert set(question.label) == CODES, where
        assert set(question.help) in (set(), CODES), where
        for choice in question.choices:
            assert set(choice["label"]) == CODES, f"{where}/{choice['value']}"
        question.full_clean()


def test_no_question_is_left_in_the_words_of_another_language(loaded):
    for question in Question.objects.select_related("questionnaire"):
        labels = [text for code, text in question.label.items() if code != "ru"]
        assert len(labels) == len(set(labels)), f"{question.questionnaire.slug}/{question.key}"


def test_public_answers_are_never_free_text_and_never_tell_who_where_or_with_whom(loaded):
    public = Question.objects.filter(public=True)

    assert not public.filter(kind=Question.Kind.TEXT).exists()
    assert not set(public.values_list("key", flat=True)) & TELLING


def test_kinds_that_put_people_into_strangers_hands_need_checked_coordinators_and_so_does_what_lies_below(loaded):
    for slug in ("accommodation", "transport", "evacuation", "children"):
        for pk in loaded.descendant_ids(loaded.by_slug[slug].pk):
            assert loaded.effective(loaded.by_id[pk], "needs_checked") is True, loaded.by_id[pk].slug
    assert loaded.effective(loaded.by_slug["food"], "needs_checked") is False


def test_urgent_requests_wait_less_and_reach_at_least_as_many(loaded):
    for category in all_categories(loaded):
        minutes, sizes = (loaded.effective(category, name) for name in ("wave_minutes", "wave_size"))
        assert set(minutes) == set(sizes) == set(Urgency.values), category.slug
        assert 0 < minutes["urgent"] < minutes["today"] < minutes["soon"], category.slug
        assert sizes["urgent"] >= sizes["today"] >= sizes["soon"] > 0, category.slug
        assert 1 <= loaded.effective(category, "contact_hours") <= 72
        assert loaded.effective(category, "default_urgency") in Urgency.values


def test_what_a_kind_leaves_empty_it_takes_from_the_nearest_above(loaded):
    clothing, supplies, root = (Category.objects.get(slug=slug) for slug in ("clothing", "supplies", "any"))

    assert clothing.effective("contact_hours") == root.contact_hours == 24
    assert clothing.effective("danger") == root.danger
    supplies.contact_hours = 12
    supplies.save()
    assert clothing.effective("contact_hours") == 12


def test_no_said_here_stands_against_yes_said_above(loaded):
    shelter, repair = loaded.by_slug["shelter"], loaded.by_slug["repair"]

    assert shelter.needs_checked is True
    assert loaded.effective(repair, "needs_checked") is False


def test_times_are_taken_from_above_urgency_by_urgency(loaded):
    food = Category.objects.get(slug="food")
    food.wave_minutes = {"urgent": 1}
    food.save()

    assert Category.objects.get(slug="food").effective("wave_minutes") == {"urgent": 1, "today": 15, "soon": 60}


def test_a_kind_that_is_not_saved_yet_takes_from_its_parent(loaded):
    fresh = Category(slug="fresh", parent=loaded.by_slug["medicine"], names={"en": "Fresh"})

    assert fresh.effective("cluster") == "HEA"


def test_the_lineage_begins_with_the_kind_and_ends_with_the_root(loaded):
    lineage = [loaded.by_id[pk].slug for pk in loaded.by_slug["evacuation-medical"].lineage_ids()]

    assert lineage == ["evacuation-medical", "evacuation", "journeys", "any"]
    assert loaded.lineage_ids(0) == []


def test_the_tree_is_read_once_and_again_after_a_change(loaded, query_count):
    CategoryTree.current()
    assert query_count(CategoryTree.current) == 1  # the stamp

    Category.objects.filter(slug="food").update(active=False)
    assert CategoryTree.current().in_use(loaded.by_slug["food"].pk) is False
    assert query_count(CategoryTree.current) == 1


def test_switching_a_group_off_switches_off_what_lies_below(loaded):
    Category.objects.filter(slug="health").update(active=False)

    assert not CategoryTree.current().in_use(loaded.by_slug["medicine"].pk)


def test_a_loop_a_second_root_and_an_open_root_are_refused(loaded):
    root, food = Category.objects.get(slug="any"), Category.objects.get(slug="food")
    supplies = Category.objects.get(slug="supplies")

    supplies.parent = food
    with pytest.raises(ValidationError):
        supplies.full_clean()
    with pytest.raises(ValidationError) as refusal:
        Category(slug="another", names={"en": "Another"}).full_clean()
    assert "parent" in refusal.value.message_dict
    root.wave_minutes = {"urgent": 3}
    with pytest.raises(ValidationError) as refusal:
        root.full_clean()
    assert "wave_minutes" in refusal.value.message_dict


def test_a_contact_stays_open_for_72_hours_at_most(loaded):
    food = Category.objects.get(slug="food")
    food.contact_hours = 73

    with pytest.raises(ValidationError):
        food.full_clean()
