"""The page of one person's rights, the reader's own, and the audit: looked at in Chromium."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from coordinators.models import LocalCoordinator
from hotline.staff.actions.audit import record
from tests.browser.helpers import login, screenshot


def test_rights_are_given_and_explained(page, cast):
    charity = LocalCoordinator.objects.create(name="Helping hands of the long street by the river")
    person = cast.person("many", roles=["volunteer"], works_in=[cast.phone], represents=[charity])
    assert cast.crawl and cast.ada
    login(page, cast.ada)
    page.goto(reverse("admin:staff_user_rights", args=[person.pk]))
    page.get_by_label("Coordinator", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Has the role Coordinator, but supervises no team.")).to_be_visible()
    expect(page.get_by_role("cell", name="Volunteer, Coordinator · works there").first).to_be_visible()
    screenshot(page, "admin-rights")


def test_everybody_reads_their_own(page, cast):
    login(page, cast.vera)
    page.goto(reverse("staff:my_rights"))
    expect(page.get_by_role("heading", name="What you may do")).to_be_visible()
    screenshot(page, "own-rights")


def test_the_audit_is_read_and_asked(page, cast):
    for number in range(5):
        record(
            cast.vera, "help_request.cancelled", f"CODE{number}", reason="The caller rang again and needs it no more"
        )
    login(page, cast.ada)
    page.goto(reverse("admin:staff_auditentry_changelist"))
    page.get_by_label("Code or alias").fill("CODE3")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("q=CODE3"))
    expect(page.get_by_role("region", name="Lines of the audit").get_by_role("row")).to_have_count(2)
    screenshot(page, "admin-audit")
