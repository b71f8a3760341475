"""Lists that are typed one entry a line, with what is wrong said in words."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_LENGTH, ADDRESS_LENGTH = 80, 200
MOST = 50
NUMBER = re.compile(r"\+?[\d ()/-]{2,30}")


class LinesField(forms.Field):
    """A box with one entry a line. Subclasses say how one is read and written; ValidationError names its line."""

    def __init__(self, *, rows=4, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), required=False, **kwargs)

    def read(self, line):
        """What one line (str, not empty) means. Raises ValidationError."""
        return line

    def write(self, entry):
        """How an entry is shown again, str."""
        return entry

    def prepare_value(self, value):
        return "\n".join(self.write(entry) for entry in value) if isinstance(value, list) else value

    def to_python(self, value):
        entries = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                entries.append(self.read(line.strip()))
            except ValidationError as error:
                words = _("Line %(number)d: %(problem)s")
                raise ValidationError(words, "line", {"number": number, "problem": error.messages[0]}) from None
        if len(entries) > MOST:
            raise ValidationError(_("These are too many: at most %(most)d."), "too_many", {"most": MOST})
        return entries

    def has_changed(self, initial, data):
        typed = [line.strip() for line in (data or "").splitlines() if line.strip()]
        return (self.prepare_value(initial or []) or "").splitlines() != typed


class AlternativesField(LinesField):
    """[{name, address}], typed as "name | address"; an address is a number to ring or a page on the web."""

    def read(self, line):
        name, _bar, address = (part.strip() for part in line.partition("|"))
        if not name or not address:
            raise ValidationError(_("write a name, a bar and an address, as Helpline | 116111."))
        if len(name) > NAME_LENGTH or len(address) > ADDRESS_LENGTH:
            raise ValidationError(_("this is too long."))
        if not NUMBER.fullmatch(address) and not address.startswith("https://"):
            raise ValidationError(_("the address is a number to ring, or a page that begins with https://."))
        return {"name": name, "address": address}

    def write(self, entry):
        return f"{entry['name']} | {entry['address']}"


class OriginsField(LinesField):
    """["https://example.org", …]: websites by their origin, without path."""

    def read(self, line):
        try:
            parts = urlsplit(line)
            port = parts.port
        except ValueError:
            raise ValidationError(_("this is no address of a website.")) from None
        here = parts.hostname in ("localhost", "127.0.0.1")
        if parts.scheme != "https" and not (here and parts.scheme == "http"):
            raise ValidationError(_("a website's address begins with https://."))
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", parts.hostname or "") or "@" in parts.netloc:
            raise ValidationError(_("this is no address of a website."))
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValidationError(_("leave out what comes after the name of the website."))
        return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
