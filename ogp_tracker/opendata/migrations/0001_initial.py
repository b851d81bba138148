from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=12, unique=True, verbose_name='number')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('rows', models.JSONField(verbose_name='rows in each table')),
                ('changes', models.JSONField(help_text='Rows added, changed and removed in each table since the release before.', verbose_name='what changed')),
            ],
            options={'verbose_name': 'release of the data', 'verbose_name_plural': 'releases of the data', 'ordering': ('-made_at',)},
        ),
        migrations.CreateModel(
            name='PublicVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=32)),
                ('moved_at', models.DateTimeField()),
            ],
            options={'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='public_version_is_one')]},
        ),
    ]
