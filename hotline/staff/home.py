"""What the first page shows of alarms."""

from django.urls import reverse
from django.utils.translation import gettext as _

from hotline.staff.models import Alarm
from hotline.staff.permissions import rights_of, visible
from hotline.staff.topics import of_user

SHOWN = 5


def cards(request):
    """One card with the open alarms that this person may see to; no card for whoever never may."""
    rights = rights_of(request)
    if not rights.somewhere("staff.acknowledge_alarm"):
        return []
    alarms = visible(rights, Alarm.objects.open(), "staff.acknowledge_alarm").select_related("team")
    count = alarms.count()
    rows = [
        {
            "text": alarm.words(),
            "url": reverse("admin:staff_alarm_change", args=[alarm.pk]),
            "tag": alarm.team.name if alarm.team else "",
            "at": alarm.raised_at,
        }
        for alarm in alarms[:SHOWN]
    ]
    return [
        {
            "title": _("Alarms"),
            "count": count,
            "tone": "urgent" if count else "",
            "icon": "bell",
            "text": "" if count else _("All quiet."),
            "rows": rows,
            "url": reverse("admin:staff_alarm_changelist"),
            "action": _("See them all"),
            "topics": of_user(rights),
        }
    ]
