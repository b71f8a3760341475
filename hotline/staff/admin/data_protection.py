"""For the data-protection officer: what is kept, until when, and what an attacker would learn right now."""

from django.contrib import admin
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from hotline.lib import kept
from hotline.lib.kept import Place
from hotline.staff.actions.audit import record
from hotline.staff.admin import shelves
from hotline.staff.permissions import require

VIEW = "staff.view_data_protection"
shelves.RECORDS.page(_("Data protection"), "admin:data_protection", VIEW)

# Title and words of each place.
PLACES = {
    Place.DISK: (
        _("The disk of the server"),
        _(
            "Whoever has the running machine, or its disk without encryption, has the database and the keys together: all "
            "that is not forgotten yet opens. What was erased, or whose day is over, does not come back. So encrypt the "
            "disk, and freeze the house before somebody is through the door."
        ),
    ),
    Place.DUMP: (
        _("A dump of the database alone"),
        _(
            "Without the files of the keys no contact, no word of a conversation, no name or address of a local "
            "coordinator and no e-mail address opens. Kinds of help, places, times, user names and aliases stand there in "
            "plain words: enough to see how much is needed where, and who works here."
        ),
    ),
    Place.REDIS: (
        _("Redis"),
        _(
            "Codes of pages that should look again, and how often something was tried, under keyed hashes. It holds no "
            "text, no name and no address, only in memory, and for an hour at the longest."
        ),
    ),
    Place.LOGS: (
        _("The logs"),
        _(
            "Times, names of errors and the patterns of our own addresses: no text, no token, no address of anybody. The "
            "house cannot count them; how long they stay is up to the machine, and 7 days are enough."
        ),
    ),
    Place.BACKUP: (
        _("A backup"),
        _(
            "It is sealed as a whole under a key made from the site key; without that nobody reads a word. With it, as much "
            "as a dump of the database on the day it was made. The keys of days are never in it; one of them goes each day, "
            "and with it a part of every backup is closed for good."
        ),
    ),
    Place.PHONE: (
        _("The phone of a local coordinator"),
        _(
            "The offers of that coordinator that are not closed: kind of help, coarse place, urgency. No name and no "
            "number is ever sent there. Contacts of requests that they accepted open from this phone for the time that "
            "the kind of help allows, and each opening is audited."
        ),
    ),
}


def _context():
    """What both pages show, in the active language."""
    figures = kept.figures()
    return {
        "title": _("Data protection"),
        "at": timezone.now(),
        "rows": [row.texts() | {"fields": row.fields} for row in kept.rows()],
        "times": kept.times(),
        "places": [
            {"title": title, "words": words, "figures": figures[place]} for place, (title, words) in PLACES.items()
        ],
    }


@require_GET
def page(request):
    """The page in the admin."""
    require(request.user, VIEW)
    context = {**admin.site.each_context(request), **_context()}
    record(request.user, "data_protection.viewed")
    return render(request, "admin/staff/data_protection.html", context)


@require_GET
def file(request):
    """The same as one file to keep or to pass on; it needs nothing of the house to be read."""
    require(request.user, VIEW)
    context = _context()
    record(request.user, "data_protection.downloaded")
    name = f"data-protection-{timezone.localtime(context['at']):%Y-%m-%d}.html"
    response = render(request, "admin/staff/data_protection_file.html", context)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
