
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0008_crawling'),
    ]

    operations = [
        migrations.AddField(
            model_name='team',
            name='in_common_room',
            field=models.BooleanField(default=False, help_text="For operators, who otherwise know nothing of the others. Everybody there sees everybody's alias. Whoever answers a line is in it by that line's own setting.", verbose_name='takes part in the internal chat of all lines'),
        ),
    ]
