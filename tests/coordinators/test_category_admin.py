"""The page on which administrators keep the kinds of help."""

import pytest
from django.urls import reverse

from coordinators.actions.categories import save_category, save_entry
from coordinators.loading import load_categories
from coordinators.models import Category, CategoryTree, DirectoryEntry
from hotline.lib.languages import LANGUAGES
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound

LIST = "admin:coordinators_category_changelist"
PAGE = "admin:coordinators_category_change"


@pytest.fixture(autouse=True)
def loaded(db):
    load_categories()


@pytest.fixture
def ada(cast, as_person):
    return as_person(cast.ada)


def typed(category, **changes):
    """What the page would send for `category`, with `changes`."""
    sent = {"parent": category.parent_id or "", "position": category.position, "cluster": category.cluster}
    sent |= {"questionnaire": category.questionnaire_id or "", "default_urgency": category.default_urgency}
    sent |= {"contact_hours": category.contact_hours or "", "active": "on" if category.active else ""}
    for code, _own in LANGUAGES:
        sent |= {f"names-{code}": category.names[code], f"danger-{code}": category.danger.get(code, "")}
        sent |= {f"keywords-{code}": ", ".join(category.keywords[code])}
    for name in ("wave_minutes", "wave_size"):
        sent |= {f"{name}-{key}": getattr(category, name).get(key, "") for key in ("urgent", "today", "soon")}
    for name in ("needs_checked", "needs_language", "ring_back"):
        sent[name] = {True: "yes", False: "no", None: ""}[getattr(category, name)]
    return {name: value for name, value in (sent | changes).items() if value is not None}


def test_the_list_shows_the_tree_in_its_order_indented(ada):
    page = ada.get(reverse(LIST)).content.decode()

    names = ['0">Any kind of help', '1">Getting to safety', '2">Evacuation<', '3">Evacuation of', '1">A roof']
    places = [page.index(f"depth-{name}") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("words", ["ліки", "Medikamente", "insuline", "лекарства"])
def test_the_list_is_searched_in_all_languages(ada, words):
    shown = ada.get(reverse(LIST), {"q": words}).context["cl"].result_list

    assert "medicine" in [category.slug for category in shown]
    assert len(shown) < 10


def test_the_search_also_finds_what_is_switched_off(ada):
    Category.objects.filter(slug="pets").update(active=False)

    assert [one.slug for one in ada.get(reverse(LIST), {"q": "hund"}).context["cl"].result_list] == ["pets"]


def test_the_list_is_filtered_by_what_counts_and_not_by_what_is_said_here(ada):
    wanted = {one.slug for one in ada.get(reverse(LIST), {"checked": "yes"}).context["cl"].result_list}

    assert {"evacuation-medical", "accommodation"} <= wanted
    assert Category.objects.get(slug="evacuation-medical").needs_checked is None
    assert not {"food", "any", "repair"} & wanted
    assert {one.cluster for one in ada.get(reverse(LIST), {"cluster": "WSH"}).context["cl"].result_list} == {"WSH"}


def test_the_list_asks_the_same_number_of_queries_with_1_and_30_more(ada, same_queries):
    root = Category.objects.get(slug="any")

    def add(number):
        Category.objects.create(slug=f"more-{number}", parent=root, names={"en": f"More {number}"})

    def look():
        CategoryTree._kept = None  # as in a process that has not read the tree yet
        ada.get(reverse(LIST))

    same_queries(add, look)


def test_the_page_has_a_box_for_each_language_and_no_json(ada):
    food = Category.objects.get(slug="food")

    page = ada.get(reverse(PAGE, args=[food.pk])).content.decode()

    for code, own in LANGUAGES:
        assert f'name="names-{code}"' in page
        assert own in page
    assert "{&quot;en" not in page
    assert "bread" in page
    assert "Are there small children?" in page
    assert "<script>" not in page
    assert "style=" not in page


def test_a_change_is_kept_and_audited_without_its_words(ada, cast):
    food = Category.objects.get(slug="food")

    answer = ada.post(
        reverse(PAGE, args=[food.pk]), typed(food, **{"names-de": "Lebensmittel", "wave_minutes-urgent": "2"})
    )

    assert answer.status_code == 302, answer.context["errors"]
    food.refresh_from_db()
    assert (food.names["de"], food.names["uk"]) == ("Lebensmittel", "Їжа")
    assert food.effective("wave_minutes")["urgent"] == 2
    line = AuditEntry.objects.get(action="category.changed")
    assert (line.actor, line.subject, line.details["fields"]) == (cast.ada, "food", ["names", "wave_minutes"])
    assert "Lebensmittel" not in str(line.details)


def test_saving_without_a_change_leaves_everything_as_it_was(ada):
    for category in Category.objects.exclude(slug="any"):
        before = Category.objects.filter(pk=category.pk).values().get()
        answer = ada.post(reverse(PAGE, args=[category.pk]), typed(category))
        assert answer.status_code == 302, (category.slug, answer.context["errors"])
        assert Category.objects.filter(pk=category.pk).values().get() == before
    assert load_categories().kept == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"wave_minutes-urgent": "soon"}, "within hours: please write a whole number from 1 to 10080."),
        ({"wave_size-today": "0"}, "today: please write a whole number from 1 to 50."),
        ({"contact_hours": "100"}, "less than or equal to 72"),
        ({f"names-{code}": "" for code, _own in LANGUAGES}, "Please write this in one language at least."),
        ({"danger-de": "x" * 301}, "Deutsch: this has 301 characters; at most 300 fit."),
        ({"parent": ""}, "This field is required."),
        ({"cluster": "XYZ"}, "XYZ is not one of the available choices."),
    ],
)
def test_bad_input_is_answered_in_words_and_keeps_what_was_typed(ada, change, says):
    food = Category.objects.get(slug="food")

    answer = ada.post(reverse(PAGE, args=[food.pk]), typed(food, **{"keywords-en": "kept as typed", **change}))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert says in page
    assert "kept as typed" in page
    for value in change.values():
        assert not value or value in page


def test_a_kind_cannot_be_put_below_itself(ada):
    health, medicine = Category.objects.get(slug="health"), Category.objects.get(slug="medicine")

    answer = ada.post(reverse(PAGE, args=[health.pk]), typed(health, parent=medicine.pk))

    assert answer.status_code == 200
    assert CategoryTree.current().lineage_ids(health.pk) == [health.pk, Category.objects.get(slug="any").pk]


def test_a_new_kind_is_added_and_takes_the_rest_from_above(ada):
    health = Category.objects.get(slug="health")

    answer = ada.post(
        reverse("admin:coordinators_category_add"),
        {"slug": "vaccination", "parent": health.pk, "position": "5", "names-nb": "Vaksiner", "active": "on"},
    )

    assert answer.status_code == 302, answer.context["errors"]
    fresh = Category.objects.get(slug="vaccination")
    assert fresh.label("uk") == "Vaksiner"
    assert fresh.effective("cluster") == "HEA"


def test_nobody_deletes_a_kind(ada):
    food = Category.objects.get(slug="food")

    assert ada.post(reverse("admin:coordinators_category_delete", args=[food.pk]), {"post": "yes"}).status_code == 403
    assert Category.objects.filter(slug="food").exists()


def test_the_short_name_is_fixed_once_it_is_there(ada):
    food = Category.objects.get(slug="food")

    ada.post(reverse(PAGE, args=[food.pk]), typed(food, slug="meals"))

    assert Category.objects.filter(slug="food").exists()


@pytest.mark.parametrize("person", ["vera", "cora"])
def test_colleagues_without_the_right_are_refused(cast, as_person, person):
    food = Category.objects.get(slug="food")
    client = as_person(getattr(cast, person))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(PAGE, args=[food.pk])).status_code in (403, 404)
    assert client.post(reverse(PAGE, args=[food.pk]), typed(food, **{"names-de": "X"})).status_code in (403, 404)
    food.refresh_from_db()
    assert food.names["de"] == "Essen"


def test_the_actions_ask_for_the_right_themselves(cast):
    food = Category.objects.get(slug="food")

    with pytest.raises(NotAllowed):
        save_category(cast.vera, food, ["names"])
    with pytest.raises(NotFound):
        save_category(None, food, ["names"])
    with pytest.raises(NotAllowed):
        save_entry(cast.cora, DirectoryEntry(slug="x", title={"en": "X"}, phone="1"), ["title"])
    assert not DirectoryEntry.objects.exists()
    assert not AuditEntry.objects.exists()
