import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0050_care_for_volunteers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(editable=False)),
            ],
            options={
                'verbose_name': 'seen announcement',
                'verbose_name_plural': 'seen announcements',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TeamRoom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('common', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'room of the internal chat',
                'verbose_name_plural': 'rooms of the internal chat',
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='room',
            name='room_kind_known',
        ),
        migrations.AddField(
            model_name='line',
            name='has_team_room',
            field=models.BooleanField(default=True, verbose_name='internal chat of its volunteers'),
        ),
        migrations.AddField(
            model_name='line',
            name='in_common_room',
            field=models.BooleanField(default=True, verbose_name='its volunteers are in the internal chat of all lines'),
        ),
        migrations.AlterField(
            model_name='room',
            name='kind',
            field=models.CharField(choices=[('conversation', 'conversation'), ('guidance', 'guidance'), ('group', 'group'), ('backchannel', 'internal chat of a group'), ('team', 'internal chat')], default='conversation', editable=False, max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='authorkey',
            constraint=models.UniqueConstraint(fields=('participant', 'key_due'), name='author_key_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['conversation', 'guidance', 'group', 'backchannel', 'team'])), name='room_kind_known'),
        ),
        migrations.AddField(
            model_name='sighting',
            name='event',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='chat.event'),
        ),
        migrations.AddField(
            model_name='sighting',
            name='participant',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chat.participant'),
        ),
        migrations.AddField(
            model_name='teamroom',
            name='line',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='team_room', to='chat.line'),
        ),
        migrations.AddField(
            model_name='teamroom',
            name='room',
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='team_room', to='chat.room'),
        ),
        migrations.AddConstraint(
            model_name='sighting',
            constraint=models.UniqueConstraint(fields=('event', 'participant'), name='sighting_once'),
        ),
        migrations.AddConstraint(
            model_name='teamroom',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('common', True), ('line__isnull', True)), models.Q(('common', False), ('line__isnull', False)), _connector='OR'), name='team_room_of_a_line_or_common'),
        ),
        migrations.AddConstraint(
            model_name='teamroom',
            constraint=models.UniqueConstraint(condition=models.Q(('common', True)), fields=('common',), name='team_room_one_in_common'),
        ),
    ]
