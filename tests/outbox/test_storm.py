"""A storm at Telegram: nothing is lost, and a message stands twice only where nobody could know. 2,000 by `make bench`."""

import pytest

from tests.support.storm import FAULTS, OF, Storm

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 60


def test_in_a_storm_nothing_is_lost_and_twins_are_recognised(simulator, deliver, heard):
    storm = Storm(simulator, NUMBER, deliver)
    assert storm.run() == []
    assert len(storm.twins()) == NUMBER * FAULTS["drop_after"] // OF
    final = [state for _key, state, _reason in heard]
    assert len(final) >= NUMBER and final.count("dead") == NUMBER * FAULTS["blocked"] // OF
