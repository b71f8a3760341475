"""Cards of the desk for tests in Chromium: requests as they stand there, and pressing their buttons by keyboard."""

import pytest

from tests.browser.hands import open_desk
from tests.browser.helpers import login
from tests.support.registry import Registry


@pytest.fixture
def registry(live):
    """The small registry; see tests/support/registry.py."""
    return Registry()


@pytest.fixture
def helper(registry):
    """A coordinator for food in Kharkiv who takes any number."""
    return registry.coordinator((registry.food, registry.kharkiv), capacity=99, contact_limit=99)


@pytest.fixture
def offered(registry, helper, cast):
    """A request that the helper was asked for."""
    return registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)


@pytest.fixture
def alone(registry, cast):
    """A request that nobody could be asked for."""
    return registry.take(cast.vera, cast.phone, registry.medicine, registry.lviv)


@pytest.fixture
def desk(page, cast, registry):
    """desk() opens Vera's desk and gives her hands."""

    def open_it():
        login(page, cast.vera)
        return open_desk(page)

    return open_it


def card(page, help_request):
    """The card of a request."""
    return page.locator(f"#request-{help_request.code}")


def press(hands, card, button):
    """Press a button of a card by keyboard, in the fold if it is there."""
    name = card.get_by_role("button", name=button)
    if not name.is_visible():
        card.locator("summary").focus()
        hands.press("Enter")
    name.focus()
    hands.press("Enter")
