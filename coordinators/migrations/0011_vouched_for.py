import django.db.models.deletion
from django.db import migrations, models


def remember(apps, schema_editor):
    """Who vouched stands with the registrations that are still there."""
    registrations = apps.get_model("coordinators", "Registration").objects.filter(vouched_by__isnull=False)
    local_coordinators = apps.get_model("coordinators", "LocalCoordinator").objects
    for made, vouched_by in registrations.exclude(local_coordinator=None).values_list("local_coordinator", "vouched_by"):
        local_coordinators.filter(pk=made).update(vouched_by=vouched_by)


class Migration(migrations.Migration):
    dependencies = [("coordinators", "0010_emptying")]

    operations = [
        migrations.AddField(
            model_name="localcoordinator",
            name="vouched_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="coordinators.localcoordinator",
            ),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
