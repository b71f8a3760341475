"""Every page of the admin on a small phone, forms in every language: nothing scrolls sideways."""

import pytest
from django.conf import settings

from hotline.staff.models import User
from tests.admin.conftest import Rows, address, lists
from tests.browser.helpers import login

PHONE = {"width": 360, "height": 740}
# Long words, and one language of each script, are enough for lists, whose rows are cards here.
LONG = {"de", "uk"}


@pytest.fixture
def everywhere(live, cast):
    """Who may see everything; the addresses of all lists; of one row in each, and of all pages that make one."""
    rows = Rows(cast)
    for label in sorted(lists()):
        rows(label, 0)
    pages = ["/admin/", "/admin/data-protection/"]
    forms = [f"/admin/staff/user/{cast.alice.pk}/rights/"]
    for one in lists().values():
        pages.append(address(one.model))
        row = one.model._default_manager.order_by("pk").last()
        forms.append(address(one.model, "change", row.pk))
        if one.add_right:
            forms.append(address(one.model, "add"))
    return rows.everything, pages, forms


@pytest.fixture
def phone(chromium, live):
    """A page without scripts: those change no widths, and would ask the house for more than the page."""
    context = chromium.new_context(base_url=live, viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_page_scrolls_sideways(phone, everywhere, language):
    reader, pages, forms = everywhere
    login(phone, reader)
    User.objects.filter(pk=reader.pk).update(language=language)
    wide = []
    for one in [*forms, *(pages if language in LONG else [])]:
        answer = phone.goto(one)
        over = phone.evaluate("document.documentElement.scrollWidth - innerWidth")
        if answer.status != 200 or over > 0:
            wide.append((one, answer.status, over))
    assert wide == []
