"""What moves over the wire before anybody talks: the loader, and the visitor's page with all it brings."""

from django.test import Client

from chat.models import Line
from hotline.staff.models import Team
from tests.bench import Result, measures
from tests.support.weight import file, needed, weight


@measures("chat.loader_gzip", "chat.page_gzip")
def sizes():
    """Bytes as gzip makes them; raw ones beside them."""
    team = Team.objects.create(code="sizes", name="Sizes")
    Line.objects.create(slug="sizes", team=team, mode=Line.Mode.OPEN, titles={"en": "Youth chat"})
    page = Client().get("/chat/sizes/", HTTP_ACCEPT_LANGUAGE="en").content
    yield figure("chat.loader_gzip", [file("widget.js")])
    yield figure("chat.page_gzip", [page, *(file(path) for path in sorted(needed(page.decode())))])


def figure(name, parts):
    """The sum over all parts."""
    raw, packed = weight(parts)
    return Result(name, packed, "bytes", setting=f"{len(parts)} files, raw {raw:,} bytes")
