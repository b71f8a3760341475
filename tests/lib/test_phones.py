"""A number is known again however it was written, and no other one is taken for it."""

import pytest

from hotline.lib.phones import known_by


@pytest.mark.parametrize(
    ("one", "other", "regions"),
    [
        ("+49 30 23125 114", "030 23125114", ("DE",)),
        ("+49 30 23125 114", "0049 30 23125114", ("DE",)),
        ("+49 (0)30 23125-114", "030/23125 114", ("DE",)),
        ("+49 30 23125 114", "+49 30 23125 114 ext. 5", ("DE",)),
        ("+380 67 000 00 21", "067 000 00 21", ("UA",)),
        ("+380 67 000 00 21", "380670000021", ("UA",)),
        ("+380670000021", "(067) 000-00-21", ("UA",)),
        # An operator in Poland types the number of a Ukrainian caller as it is dialled at home: the house's country tells.
        ("+380 67 000 00 21", "067 000 00 21", ("PL", "UA")),
        ("+47 400 00 060", "40000060", ("NO",)),
        ("+44 7700 900133", "07700 900133", ("GB",)),
        ("+380 67 000 00 21", "+380670000021", ("",)),
        # Nobody's plan: the digits alone.
        ("12-34 56", "123 456", ("DE",)),
    ],
)
def test_one_number_is_known_however_it_is_written(one, other, regions):
    assert known_by(one, *regions) == known_by(other, *regions) != ""


@pytest.mark.parametrize(
    ("one", "other", "regions"),
    [
        ("+49 30 23125 114", "+43 30 23125 114", ("DE",)),
        ("030 23125114", "040 23125114", ("DE",)),
        ("+380 67 000 00 21", "+380 67 000 00 22", ("UA",)),
        ("+380 67 000 00 21", "+7 067 000 00 21", ("UA",)),
        ("067 000 00 21", "67 000 00 2", ("UA",)),
        ("+47 400 00 060", "+49 400 00 060", ("NO", "DE")),
        ("123 456", "1234567", ("DE",)),
    ],
)
def test_two_numbers_are_not_taken_for_one(one, other, regions):
    assert known_by(one, *regions) != known_by(other, *regions)


def test_a_number_at_home_is_another_one_in_another_country():
    assert known_by("030 23125114", "DE") != known_by("030 23125114", "AT")


@pytest.mark.parametrize("typed", ["", "  ", "the neighbour", "+", "call me"])
def test_what_has_no_digits_is_known_by_nothing(typed):
    assert known_by(typed, "DE") == ""
