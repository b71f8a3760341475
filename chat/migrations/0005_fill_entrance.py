from django.db import migrations
from django.db.models import F


def fill(apps, _editor):
    """Everybody came to the line at which they are."""
    apps.get_model("chat", "Conversation").objects.filter(entrance=None).update(entrance=F("line"))


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_transfers'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
