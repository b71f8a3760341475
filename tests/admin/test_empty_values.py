"""What is empty shows as a dash on every page of the admin, and never as a word of the machine."""

import re

import pytest

from tests.admin.conftest import address, lists

pytestmark = pytest.mark.django_db

LABELS = sorted(lists())
MACHINE = re.compile(r'class="readonly">\s*(None|null|\[\]|\{\})\s*<|<p>\s*None\s*</p>|<td[^>]*>\s*None\s*<')


@pytest.mark.parametrize("label", LABELS)
def test_no_page_says_none(rows, as_person, label):
    rows(label, 0)
    model = lists()[label].model
    row = model._default_manager.order_by("pk").last()
    page = as_person(rows.everything).get(address(model, "change", row.pk))
    assert page.status_code == 200
    found = [
        page.content.decode()[max(0, one.start() - 160) : one.end()] for one in MACHINE.finditer(page.content.decode())
    ]
    assert found == []
