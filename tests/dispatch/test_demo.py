"""The demo's help requests: examples of each kind, once a day however often they are loaded."""

import pytest

from coordinators.models import Place
from hotline.dispatch import demo
from hotline.dispatch.models import HelpRequest
from hotline.outbox.models import Message


@pytest.fixture
def load(registry, cast):
    """load() -> loads the demo's help requests into the small registry, where everybody can be asked."""
    registry.any.ring_back = True
    registry.any.save()
    for place, geoname_id in ((registry.kharkiv, demo.KHARKIV), (registry.lviv, demo.KYIV)):
        Place.objects.filter(pk=place.pk).update(geoname_id=geoname_id)
    registry.coordinator((registry.any, registry.ukraine), checked_for=[registry.any])
    assert cast.vera and cast.viktor
    return lambda: demo.load(None)


def test_loaded_twice_it_is_there_once(load):
    load()
    first = set(HelpRequest.objects.values_list("code", flat=True))
    load()
    assert set(HelpRequest.objects.values_list("code", flat=True)) == first
    assert len(first) == len(demo.EXAMPLES) + 2


def test_one_was_found_in_a_post_and_nobody_is_asked_before_a_second_look(load, cast):
    load()
    found = HelpRequest.objects.get(team=cast.crawl)
    assert (found.state, found.source, found.spoken_to, found.created_by) == ("held", "telegram", False, cast.viktor)
    assert not found.offers.exists() and not found.practice
    asked = HelpRequest.objects.exclude(pk=found.pk)
    assert all(one.offers.exists() for one in asked)
    assert Message.objects.filter(purpose="offer").count() == asked.count()
