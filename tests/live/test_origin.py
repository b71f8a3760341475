import pytest

from hotline.live.origin import is_own_origin


@pytest.fixture
def asks(settings):
    """asks(origin, host) -> whether a page of that origin may open the socket."""
    settings.BASE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "hotline.example.org"]

    def ask(origin, host="localhost:8000"):
        headers = [(b"host", host.encode())]
        return is_own_origin({"headers": headers if origin is None else [*headers, (b"origin", origin.encode())]})

    return ask


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://localhost:8001",
        "http://localhost",
        "https://localhost:8000",
        "ws://localhost:8000",
        "http://localhost:8000.evil.example",
        "http://localhost:80001",
        "http://evil.example/http://localhost:8000",
        "http://evil-localhost:8000",
        "http://sub.localhost:8000",
        "http://localhost:8000/",
        "http://user@localhost:8000",
        "http://localhost:8000 http://evil.example",
        "http://localhost:8000\x00",
        "file://",
        "http://locàlhost:8000",
    ],
)
def test_a_page_from_elsewhere_is_not_the_own(asks, settings, origin, debug):
    settings.DEBUG = debug
    assert not asks(origin)


@pytest.mark.parametrize("debug", [True, False])
def test_the_address_of_the_house_is_its_own(asks, settings, debug):
    settings.DEBUG = debug
    assert asks("http://localhost:8000")


def test_in_development_the_name_that_was_asked_is_the_own_one(asks, settings):
    settings.DEBUG = True
    assert asks("http://127.0.0.1:9000", host="127.0.0.1:9000")
    assert not asks("http://127.0.0.1:9000", host="127.0.0.1:9001")
    assert not asks("http://evil.example:9000", host="evil.example:9000")


def test_in_production_only_the_address_of_the_house_is_its_own(asks, settings):
    settings.DEBUG = False
    settings.BASE_URL = "https://Hotline.example.org"
    assert asks("https://hotline.example.org", host="hotline.example.org")
    assert not asks("http://hotline.example.org", host="hotline.example.org")
    assert not asks("http://127.0.0.1:8000", host="127.0.0.1:8000")
