import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name='SharedValue',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={'db_table': 'shared_cache'},
        ),
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invited', 'Invitation sent'), ('role', 'Role'), ('address', 'Email address'), ('two_steps', 'Two-step verification'), ('access', 'Account'), ('asked', 'Change asked for'), ('confirmed', 'Change confirmed'), ('refused', 'Change refused')], max_length=20)),
                ('old', models.CharField(blank=True, max_length=600)),
                ('new', models.CharField(blank=True, max_length=600)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-at', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['invited', 'role', 'address', 'two_steps', 'access', 'asked', 'confirmed', 'refused'])), name='accounts_accountchange_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_address', models.EmailField(blank=True, max_length=254)),
                ('new_address', models.EmailField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='open', max_length=20)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='change_requests', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('asked_at', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('account',), name='accounts_changerequest_one_open'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'confirmed', 'refused'])), name='accounts_changerequest_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('settled_by__isnull', False), models.Q(('settled_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='accounts_changerequest_confirmed_by_another'), models.CheckConstraint(condition=models.Q(('asked_by', models.F('account')), _negated=True), name='accounts_changerequest_not_for_oneself')],
            },
        ),
    ]
