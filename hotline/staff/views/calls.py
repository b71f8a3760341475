"""The page behind the link in an alarm's e-mail: it needs no log-in, opening it changes nothing, its button stops the alarm."""

from django.http import Http404
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hotline.lib.errors import Refused
from hotline.staff.actions.alarms import acknowledge
from hotline.staff.models import AlarmCall


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request, token):
    """Show what rings, and let the person whom it rang say that they see to it. A made-up token is 404."""
    ringing = (
        AlarmCall.by_token(token)
        .filter(person__is_active=True)
        .select_related("alarm__team", "alarm__acknowledged_by", "person")
        .first()
    )
    if ringing is None:
        raise Http404
    alarm, refused = ringing.alarm, None
    with translation.override(ringing.person.language):
        if request.method == "POST":
            try:
                alarm = acknowledge(ringing.person, alarm)
            except Refused as refusal:
                refused = refusal
                alarm.refresh_from_db()
        context = {"alarm": alarm, "words": alarm.words(), "over": _over(alarm, ringing.person), "refused": refused}
        response = render(request, "staff/alarms/call.html", context, status=409 if refused else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _over(alarm, reader):
    """What became of it, in words; "" while it rings."""
    if alarm.acknowledged_at is None:
        return ""
    if alarm.acknowledged_by is None:
        return _("This has settled itself.")
    if alarm.acknowledged_by == reader:
        return _("You see to it. Thank you.")
    return _("%(alias)s sees to it.") % {"alias": alarm.acknowledged_by.alias}
