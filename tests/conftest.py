"""What every test may rely on: keys of its own, an empty cache, no way out to the internet, the cast."""

import contextlib
import socket
import uuid
from urllib.parse import urlsplit

import pytest
from channels.layers import channel_layers
from django.conf import settings as house
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from hotline.lib.keyring import keyring
from tests.cast import Cast
from tests.support.emptying import restoring
from tests.support.leaks import Mark


@pytest.fixture(scope="session", autouse=True)
def site_key():
    """The house has its site key; tests run with DEBUG off, where it is never made by itself."""
    keyring().create_site_key()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """No commit waits for the disk, so as to outlive a machine that fails: no test makes one fail, only processes."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        more = {"init_command": f"{settings['OPTIONS']['init_command']} PRAGMA synchronous=OFF;"}
    else:
        more = {"options": "-c synchronous_commit=off"}
    settings["OPTIONS"] = settings["OPTIONS"] | more


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of pytest-django, which finds back to its beginning quickly; see tests/support/emptying.py."""
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            restoring(patch)
        yield


@pytest.fixture(autouse=True)
def empty_cache(settings):
    """A cache that no other test, worker or process writes to."""
    own = uuid.uuid4().hex
    settings.CACHES = {
        name: {**cache, "KEY_PREFIX": own, **({} if "redis" in cache["BACKEND"] else {"LOCATION": own})}
        for name, cache in settings.CACHES.items()
    }


@pytest.fixture(autouse=True)
def own_language():
    """The house's language at the beginning: a page that was asked for in another one leaves it active."""
    yield
    translation.deactivate()


@pytest.fixture
def cache_in_memory(settings, empty_cache):
    """The cache of this process, which believes time_machine; Redis goes by its own clock."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": uuid.uuid4().hex}}


@pytest.fixture(autouse=True)
def fresh_layer():
    """A channel layer that has not seen another test's event loop."""
    channel_layers.backends = {}


class WayOut(AssertionError):
    """A test tried to leave this machine."""


def _stays_here(host):
    services = {urlsplit(url).hostname for url in (house.REDIS_URL, house.DATABASE_URL) if url}
    name = str(host or "").strip("[]")
    return name in {"", "localhost", "::1", *services} or name.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def no_way_out():
    """Refuse every connection but those to this machine, and every look-up of a name that is not its own."""

    def guarded(connect):
        def to(self, address, *arguments):
            if self.family != getattr(socket, "AF_UNIX", None) and not _stays_here(address[0]):
                raise WayOut(f"A test connects to {address}.")
            return connect(self, address, *arguments)

        return to

    look_up = socket.getaddrinfo

    def guarded_look_up(host, *arguments, **named):
        if not _stays_here(host.decode() if isinstance(host, bytes) else host):
            raise WayOut(f"A test looks up {host}.")
        return look_up(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture
def own_keyring(settings, tmp_path):
    """A keyring of this test's own, for tests that destroy keys. Returns it; nothing sealed before opens with it."""
    settings.KEYRING_DIR = tmp_path / "keyring"
    keyring().create_site_key()
    return keyring()


@pytest.fixture
def cast(db):
    """Vera, Viktor, Cora, Ada, Alice and their teams; each is made when first asked for. See tests/cast.py."""
    return Cast()


@pytest.fixture
def as_person():
    """as_person(user) -> a test Client on which `user` is logged in; as_person(None) is nobody."""

    def log_in(user, **options):
        client = Client(**options)
        if user is not None:
            client.force_login(user)
        return client

    return log_in


@pytest.fixture
def marked():
    """marked() -> a Mark: a text that can leak, and the search for it. marked("+49 …") marks with that text."""
    return Mark


@pytest.fixture
def query_count():
    """query_count(call) -> how many database queries `call()` makes."""

    def count(call):
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count


@pytest.fixture
def same_queries(query_count):
    """same_queries(add_row, call): `call()` asks as often with 30 rows as with 1; `add_row(number)` adds one."""

    def check(add_row, call):
        add_row(0)
        call()  # what is asked once per process (content types, sites) is no query of the list
        with_one = query_count(call)
        for number in range(1, 30):
            add_row(number)
        with_thirty = query_count(call)
        assert with_thirty == with_one, f"{with_one} queries with 1 row, {with_thirty} with 30"

    return check


@pytest.fixture
def quiet_connections():
    """For threads of a test: `with quiet_connections():` closes the thread's own database connections at its end."""

    @contextlib.contextmanager
    def closing():
        try:
            yield
        finally:
            connection.close()

    return closing
