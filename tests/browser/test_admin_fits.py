"""Every page of the admin on a small phone, in every language: nothing scrolls sideways."""

import pytest
from django.conf import settings

from hotline.staff.models import User
from tests.admin.conftest import Rows, address, lists
from tests.browser.helpers import login

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def everywhere(live, cast):
    """The addresses of all lists, of one row in each, and of all pages that make one; and who may see them all."""
    rows = Rows(cast)
    for label in sorted(lists()):
        rows(label, 0)
    pages = ["/admin/", "/admin/data-protection/", f"/admin/staff/user/{cast.alice.pk}/rights/"]
    for one in lists().values():
        pages.append(address(one.model))
        row = one.model._default_manager.order_by("pk").last()
        pages.append(address(one.model, "change", row.pk))
        if one.add_right:
            pages.append(address(one.model, "add"))
    return rows.everything, pages


def test_no_page_scrolls_sideways_in_any_language(page, everywhere):
    reader, pages = everywhere
    login(page, reader)
    page.set_viewport_size(PHONE)
    wide = []
    for language, _name in settings.LANGUAGES:
        User.objects.filter(pk=reader.pk).update(language=language)
        for one in pages:
            answer = page.goto(one, wait_until="domcontentloaded")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if answer.status != 200 or over > 0:
                wide.append((language, one, answer.status, over))
    assert wide == []
