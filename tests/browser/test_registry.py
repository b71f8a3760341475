"""The pages on which administrators keep kinds of help, questions and the directory."""

from coordinators.loading import load_categories, load_directory
from coordinators.models import Category
from hotline.questionnaires.models import Questionnaire
from tests.browser.helpers import login, screenshot


def test_kinds_of_help_are_kept_in_boxes_and_not_in_json(page, cast):
    load_categories()
    login(page, cast.ada)
    page.goto("/admin/coordinators/category/")
    screenshot(page, "registry-categories")
    page.locator("#searchbar").fill("ліки")
    page.locator("#searchbar").press("Enter")
    page.wait_for_url("**/?q=*")
    page.get_by_role("link", name="Medicine", exact=False).first.click()
    page.get_by_label("Deutsch").first.fill("Arzneien")
    screenshot(page, "registry-category")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    assert Category.objects.get(slug="medicine").names["de"] == "Arzneien"


def test_a_question_is_added_with_its_choices(page, cast):
    load_categories()
    food = Questionnaire.objects.get(slug="intake-food")
    login(page, cast.ada)
    page.goto(f"/admin/questionnaires/questionnaire/{food.pk}/change/")
    screenshot(page, "registry-questionnaire")
    page.get_by_role("button", name="Add another Question").click()
    page.locator("[name=questions-5-key]").fill("spices")
    page.locator("[name=questions-5-kind]").select_option("choice")
    page.locator("[name=questions-5-label-en]").fill("Spices?")
    for row, words in enumerate(["mild", "hot"]):
        page.locator(f"[name=questions-5-choices-{row}-en]").fill(words)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    assert [choice["value"] for choice in food.questions.get(key="spices").choices] == ["mild", "hot"]


def test_the_directory_is_kept_in_boxes_too(page, cast):
    load_categories()
    load_directory()
    login(page, cast.ada)
    page.goto("/admin/coordinators/directoryentry/")
    page.get_by_role("link", name="Emergency call").click()
    page.wait_for_url("**/change/")
    screenshot(page, "registry-directory")
