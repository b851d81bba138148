import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('address', models.EmailField(max_length=254)),
                ('unsettled_email', models.UUIDField(help_text='The email that was begun and not settled.', null=True)),
                ('refused', models.PositiveSmallIntegerField(default=0, help_text='How many emails in a row the mail server refused for good.')),
            ],
            options={'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('address'), name='alert_follower_address_once')]},
        ),
        migrations.CreateModel(
            name='SeenChange',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=30)),
                ('key', models.PositiveBigIntegerField()),
                ('moment', models.DateTimeField(db_index=True)),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('source', 'key'), name='alert_change_once')]},
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('key', models.PositiveBigIntegerField()),
                ('how_often', models.CharField(choices=[('at_once', 'As soon as something changes'), ('weekly', 'Once a week')], max_length=10)),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('last_sent', models.PositiveBigIntegerField(help_text='The number of the last change that was sent.', null=True)),
                ('week', models.CharField(blank=True, help_text='The last week of a digest.', max_length=8)),
                ('follower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='following.follower')),
            ],
            options={
                'ordering': ('made_at', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('follower', 'kind', 'key'), name='alert_subscription_once'), models.CheckConstraint(condition=models.Q(('how_often__in', ['at_once', 'weekly'])), name='alert_subscription_how_often_known')],
            },
        ),
    ]
