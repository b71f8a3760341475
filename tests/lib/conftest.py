import pytest
import time_machine

from hotline.lib.keyring import keyring
from tests.support.keys import NOON


@pytest.fixture
def ring(settings, tmp_path):
    """A keyring of this test's own, with a site key."""
    settings.KEYRING_DIR = tmp_path / "keyring"
    keyring().create_site_key()
    return keyring()


@pytest.fixture
def clock():
    """It is noon of the first of March 2026 and stays so until the test moves it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
