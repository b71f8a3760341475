"""Only pages of the house itself may open its socket: a browser sends the session's cookie along for any page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host


def is_own_origin(scope) -> bool:
    """Whether the handshake's Origin is exactly the house's: scheme, host and port. None at all is not."""
    headers = dict(scope.get("headers", ()))
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return False
    if origin == own_origin():
        return True
    # In development the house answers to several names (localhost, 127.0.0.1): the very one that was asked is its own.
    host = headers.get(b"host", b"").decode("latin-1")
    return settings.DEBUG and _is_local(host) and origin == f"http://{host}"


def own_origin() -> str:
    """scheme://host[:port] of BASE_URL, as browsers write it."""
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_local(host: str) -> bool:
    return validate_host(urlsplit(f"//{host}").hostname or "", settings.ALLOWED_HOSTS)
