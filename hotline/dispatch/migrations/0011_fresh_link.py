from django.db import migrations, models
from django.db.models import Q

HOLDERS = {"endpoint": "offer_link_one_an_endpoint", "user": "offer_link_one_a_user"}


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0010_look_due")]

    operations = [
        *(migrations.RemoveConstraint("offerlink", name) for name in HOLDERS.values()),
        migrations.AddField("offerlink", "fresh", models.BooleanField(default=False)),
        *(
            migrations.AddConstraint(
                "offerlink",
                models.UniqueConstraint(
                    fields=["offer", holder, "fresh"],
                    condition=Q(("ended_at", None), (f"{holder}__isnull", False)),
                    name=name,
                ),
            )
            for holder, name in HOLDERS.items()
        ),
    ]
