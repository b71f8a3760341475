"""Known again: a request with the number, kind and district of an open one, or out of the same post.

Compared within one team and nowhere else: a team learns nothing from what another one has.
"""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from coordinators.models import Place
from hotline.dispatch.models import DuplicateMark, HelpRequest
from hotline.lib.keyring import KeyGone, keyring
from hotline.lib.phones import house_region, known_by

Kind = DuplicateMark.Kind
# Fewer digits are an extension or a slip of the finger.
FEWEST_DIGITS = 5
# More of them are shown to nobody.
MOST_SHOWN = 5
_SAME_SITE = re.compile(r"^(?:www|m|mobile|web|old)\.")
_NO_ADDRESS = re.compile(r"(?:^|&)(?:utm_\w+|fbclid|igsh|igshid|si|ref|ref_src|single)=[^&]*", re.IGNORECASE)


def mark(help_request, contact, link=""):
    """Note by what this request is known again. contact: as it is sealed; link: of the post, or "". Replaces nothing else.

    Call inside a transaction, with the kind and place that count.
    """
    due = keyring().due_day(timezone.now() + timedelta(days=settings.DUPLICATE_DAYS))
    parts = _parts(help_request.team, help_request.category, help_request.whole_place(), contact.get("phone", ""), link)
    for kind, what in parts.items():
        DuplicateMark.objects.update_or_create(
            help_request=help_request,
            kind=kind,
            defaults={"value": keyring().hash_of_day(due, *what, new=True), "due": due},
        )
    if Kind.NEED not in parts:
        DuplicateMark.objects.filter(help_request=help_request, kind=Kind.NEED).delete()


def twins(team, category, place, phone, link, *, practice=False):
    """The open requests (list, newest first, at most MOST_SHOWN) of this team that the need may be one of.

    Without a number neither category nor place count.
    """
    parts = _parts(team, category, place, phone, link)
    marks = DuplicateMark.objects.filter(help_request__team=team, due__gte=timezone.now().date())
    days = set(marks.values_list("due", flat=True).distinct()) if parts else ()
    values = [value for day in days for what in parts.values() for value in _hashes(day, what)]
    if not values:
        return []
    known = HelpRequest.objects.open().filter(
        team=team, practice=practice, duplicate_marks__value__in=values, wrapped_key__isnull=False
    )
    return list(known.distinct().order_by("-created_at")[:MOST_SHOWN])


def drop_old(now):
    """Delete marks whose key is gone; how many."""
    return DuplicateMark.objects.filter(due__lt=now.date()).delete()[0]


def _hashes(day, what):
    try:
        return [keyring().hash_of_day(day, *what)]
    except KeyGone:
        return []


def _parts(team, category, place, phone, link):
    """{kind: what is hashed} of what is there to know it by."""
    parts = {}
    if len(re.findall(r"\d", phone)) >= FEWEST_DIGITS:
        lineage = list(place.lineage())
        number = known_by(phone, lineage[0].country, house_region())
        parts[Kind.NEED] = (Kind.NEED, str(team.pk), number, category.slug, _district(lineage))
    if address := _address(link):
        parts[Kind.LINK] = (Kind.LINK, str(team.pk), address)
    return parts


def _district(lineage):
    """Code of the district that a place lies in, or of its region where there is none. lineage: itself and all above."""
    for kind in (Place.Kind.DISTRICT, Place.Kind.REGION):
        found = next((one for one in lineage if one.kind == kind), None)
        if found is not None:
            return found.code
    return lineage[0].code


def _address(link):
    """A link without what differs between two who copied it: scheme, mobile site, marks of whoever shared it."""
    link = link.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        return link
    query = _NO_ADDRESS.sub("", parts.query).strip("&")
    host = _SAME_SITE.sub("", parts.netloc.casefold()).replace("telegram.me", "t.me")
    path = re.sub(r"^/s/", "/", parts.path) if host == "t.me" else parts.path
    return f"{host}{path.rstrip('/')}?{query}".removesuffix("?")
