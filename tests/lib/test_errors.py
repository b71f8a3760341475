import pytest
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy, override

from hotline.lib.errors import Refused


class TooMany(Refused):
    code = "too_many"
    message = "You have %(count)s, the most is %(most)s."


def test_a_refusal_says_why_with_its_figures():
    assert str(TooMany(count=4, most=3)) == "You have 4, the most is 3."
    assert TooMany(count=4, most=3).code == "too_many"


def test_a_refusal_may_be_given_other_words():
    assert str(TooMany("Not now.")) == "Not now."


def test_percent_signs_without_figures_are_left_alone():
    assert str(Refused("100% full")) == "100% full"


def test_the_words_are_chosen_when_they_are_read():
    refusal = Refused(lazy(get_language, str)())
    with override("de"):
        assert str(refusal) == "de"


def test_refusals_are_exceptions_with_a_general_message():
    with pytest.raises(Refused) as refused:
        raise Refused
    assert str(refused.value) == str(gettext_lazy("This is not possible right now."))
