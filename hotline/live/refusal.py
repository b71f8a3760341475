"""A socket that is not opened: the same headers as any other refusal of the house, where the server lets us say them."""

from io import BytesIO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponseForbidden

from hotline.lib.headers import dressed


async def refuse(scope, send) -> None:
    """Answer the handshake of this scope with 403.

    A server without the extension for it (ASGI: "websocket.http.response") answers 403 in its own words.
    """
    if "websocket.http.response" not in scope.get("extensions", ()):
        await send({"type": "websocket.close"})
        return
    # Nothing of what was asked counts, so nothing of it is read.
    asked = {"type": "http", "method": "GET", "scheme": "https", "path": "/ws/", "query_string": b"", "headers": []}
    answer = dressed(ASGIRequest(asked, BytesIO()), HttpResponseForbidden(content_type="text/plain"))
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send(
        {
            "type": "websocket.http.response.start",
            "status": answer.status_code,
            "headers": [*headers, (b"content-length", b"0")],
        }
    )
    await send({"type": "websocket.http.response.body", "body": b""})
