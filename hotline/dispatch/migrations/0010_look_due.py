from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def note_what_waits(apps, schema_editor):
    """What is not out yet waits for a look; of what somebody has accepted, what its kind asks a look for and was corrected:
    its alarm is still to ring, or has rung since. Nothing else that is accepted waits, and no alarm is to ring for it.
    """
    HelpRequest, Alarm = apps.get_model("dispatch", "HelpRequest"), apps.get_model("staff", "Alarm")
    HelpRequest.objects.filter(state="held").update(look_due=True)
    rang = Alarm.objects.filter(kind="held", subject=OuterRef("code"), raised_at__gte=OuterRef("state_since"))
    accepted = HelpRequest.objects.filter(state="accepted")
    corrected = accepted.filter(Exists(rang) | Q(held_alarm_at__isnull=False), spoken_to=False, looked_at=None)
    asking = _kinds_that_ask(apps.get_model("coordinators", "Category"))
    corrected.filter(category__in=asking).exclude(source="").update(look_due=True)
    accepted.filter(look_due=False, held_alarm_at__isnull=False).update(held_alarm_at=None)


def _kinds_that_ask(Category):
    """Ids (list) of the kinds that ask for a look, by themselves or by the nearest one above that says anything."""
    kinds = {kind.pk: kind for kind in Category.objects.all()}

    def asks(kind):
        while kind is not None and kind.ring_back is None:
            kind = kinds.get(kind.parent_id)
        return kind is not None and kind.ring_back

    return [pk for pk, kind in kinds.items() if asks(kind)]


class Migration(migrations.Migration):
    dependencies = [
        ("coordinators", "0011_vouched_for"),
        ("staff", "0008_crawling"),
        ("dispatch", "0009_offers_that_wait"),
    ]

    operations = [
        migrations.AddField("helprequest", "look_due", models.BooleanField(default=False, editable=False)),
        migrations.RunPython(note_what_waits, migrations.RunPython.noop, elidable=True),
    ]
