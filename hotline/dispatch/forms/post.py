"""A post that asks for help: where it was found, and its text, which is taken apart into the boxes of the form."""

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.models import HelpRequest
from hotline.dispatch.recognition import LONGEST_POST, Kind, recognise
from hotline.dispatch.recognition.places import named_place
from hotline.lib.phones import house_region

from .typed import QuietForm, line

OTHER_WAYS = (Kind.EMAIL, Kind.HANDLE, Kind.LINK)


def sources():
    return [("", _("not from a post")), *HelpRequest.Source.choices]


class PostForm(QuietForm):
    source = forms.ChoiceField(label=_("Found where"), choices=sources, required=False)
    link = line(
        _("Link of the post"),
        500,
        help_text=_("Only to know it again for a few days; it is shown to nobody, and kept as a hash."),
    )
    post = line(_("The post"), LONGEST_POST, rows=4)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned["source"] and (cleaned["link"] or cleaned["post"]):
            self.add_error("source", _("Say where it was found."))
        if cleaned.get("post"):
            self.add_error("post", _("This is not read yet: press “Read the post”, or empty the box."))
        return cleaned

    def is_too_long(self):
        """Whether there is more in the box than is read at once; a word about it stands at the box then."""
        typed = self["post"].value() or ""
        if len(typed) <= LONGEST_POST:
            return False
        self.full_clean()
        for name in list(self.errors):
            if name != "post":
                del self.errors[name]
        return True

    def is_used(self):
        """Whether there is something in it, or a word about it."""
        return any(self[name].value() or self[name].errors for name in self.fields)


@dataclass
class Reading:
    """What a post was taken apart into.

    found: [(what it is, text)]; left: those of them, and the rest, that found their box filled already.
    """

    found: list = field(default_factory=list)
    left: list = field(default_factory=list)


def read_into(data, number, language):
    """Take the post of a form apart. data: as it was posted (QueryDict); number: of the need that it fills.

    Returns (the QueryDict with what was empty filled, Reading). What somebody typed is never replaced.
    """
    data = data.copy()
    read = recognise(data.get("post", ""), house_region())
    phone, *more = read.of(Kind.PHONE) or [""]
    boxes = {
        "phone": phone,
        "other": ", ".join([*more, *read.of(*OTHER_WAYS)]),
        "address": "; ".join(read.of(Kind.STREET)),
        f"n{number}-note": read.rest,
    }
    reading = Reading([(one.kind.label, one.value) for one in read.found])
    for name, text in boxes.items():
        if not data.get(name, "").strip():
            data[name] = text
        elif text and text not in data[name]:
            reading.left.append(text)
    _put_place(data, number, data.get("post", ""), language)
    data["post"] = "" if not reading.left else data["post"]
    data.pop("spoken_to", None)
    return data, reading


def _put_place(data, number, post, language):
    if data.get(f"n{number}-place") or data.get(f"n{number}-place_text", "").strip():
        return
    name, places = named_place(post)
    if not name:
        return
    if len(places) == 1:
        data[f"n{number}-place"], data[f"n{number}-place_text"] = str(places[0].pk), places[0].label(language)
    else:
        data[f"n{number}-place_text"] = name
