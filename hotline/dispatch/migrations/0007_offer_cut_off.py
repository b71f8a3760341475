from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0006_asked_about_coverage")]

    operations = [
        migrations.AddField(model_name="offer", name="cut_off_at", field=models.DateTimeField(null=True)),
    ]
