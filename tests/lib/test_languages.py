import pytest
from django.utils.translation import override

from hotline.lib.languages import LANGUAGES, SPOKEN, localized

TEXTS = {"en": "Water", "de": "Wasser", "uk": "Вода", "nb": ""}


@pytest.mark.parametrize(
    "language, text", [("de", "Wasser"), ("uk", "Вода"), ("de-at", "Wasser"), ("ru", "Water"), ("nb", "Water")]
)
def test_a_text_is_shown_in_the_language_or_in_english(language, text):
    assert localized(TEXTS, language) == text
    with override(language):
        assert localized(TEXTS) == text


def test_any_text_is_better_than_none():
    assert localized({"fr": "", "pl": "Woda"}, "de") == "Woda"
    assert localized({}, "de") == ""
    assert localized(None, "de") == ""


def test_every_language_of_the_house_can_be_spoken():
    assert {code for code, _ in LANGUAGES} <= set(SPOKEN)
    assert len(SPOKEN) >= 25
