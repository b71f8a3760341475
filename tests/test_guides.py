"""The guides are there for everybody, and lead where their readers stand."""

import pytest
from django.urls import reverse

from hotline.lib.languages import LANGUAGES

WHO = ["operator", "crawler", "coordinator"]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_a_guide_opens_for_everybody_in_every_language(client, db, who, language):
    answer = client.get(reverse(f"guide-{who}"), headers={"Accept-Language": language})
    page = answer.content.decode()
    assert answer.status_code == 200 and f'lang="{language}"' in page
    assert "/stop" in page or who != "coordinator"


def test_the_number_to_call_stands_in_it_where_there_is_one(client, db, settings):
    settings.HOTLINE_NUMBER = "+49 800 0000000"
    assert "Ask us at +49 800 0000000" in client.get(reverse("guide-coordinator")).content.decode()
    settings.HOTLINE_NUMBER = ""
    assert "Ask us at" not in client.get(reverse("guide-coordinator")).content.decode()


def test_the_desk_leads_to_its_guides(as_person, cast):
    page = as_person(cast.vera).get(reverse("dispatch:desk")).content.decode()
    assert reverse("guide-operator") in page and reverse("guide-crawler") in page
