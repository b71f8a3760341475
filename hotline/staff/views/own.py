"""What is kept about the reader, as words and as a file; and the way out."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from hotline.lib import own
from hotline.lib.errors import Refused
from hotline.lib.kept import time_in_words
from hotline.staff.actions.audit import record
from hotline.staff.actions.leaving import leave as leave_house
from hotline.staff.forms.leaving import LeaveForm
from hotline.staff.reauthentication import fresh_required

# Rows of one part on the page; the file has all.
SHOWN = 20


@login_required
@require_GET
def data(request):
    """The page."""
    parts = []
    for part in own.parts():
        found = list(part.rows(request.user)[: SHOWN + 1])
        rows = [
            [
                (label, part.words.get(name, in_words)(value))
                for (name, label), value in zip(part.columns.items(), row, strict=True)
            ]
            for row in found[:SHOWN]
        ]
        parts.append({"title": part.title, "name": part.name, "rows": rows, "more": len(found) > SHOWN})
    record(request.user, "own_data.viewed")
    empty = [part["title"] for part in parts if not part["rows"]]
    return render(request, "staff/own/data.html", {"parts": parts, "empty": empty, "shown": SHOWN})


@login_required
@require_GET
def file(request):
    """All of it as JSON, to keep or to take elsewhere."""
    about = {"house": settings.HOTLINE_NAME, "made_at": timezone.now()}
    for part in own.parts():
        about[part.name] = [dict(zip(part.columns, row, strict=True)) for row in part.rows(request.user)]
    record(request.user, "own_data.downloaded")
    name = f"about-me-{timezone.localtime():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(about, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
@fresh_required
def leave(request):
    """GET: what happens and what stays. POST: forgotten ("later", "now"); the account is closed."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        at_once = form.cleaned_data["forgotten"] == LeaveForm.NOW
        try:
            leave_house(request.user, at_once=at_once)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            logout(request)
            return render(request, "staff/own/left.html", {"at_once": at_once})
    context = {"form": form, "message_days": time_in_words("OUTBOX_DAYS", settings.OUTBOX_DAYS)}
    return render(request, "staff/own/leave.html", context, status=status)


def in_words(value):
    """A value of a part as people read it, str, in the active language."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
