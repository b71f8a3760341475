"""The guides: all that somebody has to know to begin, each on one page with pictures of the real screens; nothing is secret."""

from functools import cache
from struct import unpack_from

from django.contrib.staticfiles import finders
from django.utils.translation import get_language
from django.views.generic import TemplateView

# What the pictures of each guide are called; `make pictures` takes them in every language.
PICTURES = {
    "operator": ("form", "sent", "card"),
    "crawler": ("post", "found", "held"),
    "coordinator": ("offer", "yours", "contact"),
}
# Pixels of a picture for one of the page: sharp on phones, and where somebody looks closer.
SCALE = 2


@cache
def picture(who, name, language):
    """Where a picture lies and how large it is shown: {path, width, height}, in this language or else in English.

    Raises FileNotFoundError where neither is there.
    """
    for code in (language, "en"):
        path = f"guides/{code}/{who}-{name}.webp"
        if found := finders.find(path):
            with open(found, "rb") as file:
                # a lossy WebP names its size in the first frame, in 14 bits each
                width, height = (size & 0x3FFF for size in unpack_from("<HH", file.read(30), 26))
            return {"path": path, "width": width // SCALE, "height": height // SCALE}
    raise FileNotFoundError(path)


class Guide(TemplateView):
    """One guide; `pictures` holds its pictures by name."""

    who = ""

    def get_template_names(self):
        return [f"guides/{self.who}.html"]

    def get_context_data(self, **context):
        language = get_language()
        pictures = {name: picture(self.who, name, language) for name in PICTURES[self.who]}
        return super().get_context_data(pictures=pictures, **context)
