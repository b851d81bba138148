import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROWS_AT_ONCE = 1000


def give_each_row_its_id(apps, schema_editor):
    """Give every row that exists a permanent id of its own."""
    evidence = apps.get_model("milestones", "Evidence").objects.using(schema_editor.connection.alias)
    rows = []
    for row in evidence.filter(uid=None).only("pk").iterator(ROWS_AT_ONCE):
        row.uid = uuid.uuid4()
        rows.append(row)
        if len(rows) == ROWS_AT_ONCE:
            evidence.bulk_update(rows, ["uid"])
            rows = []
    evidence.bulk_update(rows, ["uid"])


class Migration(migrations.Migration):

    dependencies = [
        ('milestones', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EvidenceUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(blank=True, upload_to='evidence/', verbose_name='file')),
                ('file_name', models.CharField(blank=True, max_length=150, verbose_name='name of the file')),
                ('media_type', models.CharField(blank=True, max_length=100, verbose_name='kind of file')),
                ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='size in bytes')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='checksum (SHA-256)')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='id')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
            ],
            options={
                'verbose_name': 'kept upload',
                'verbose_name_plural': 'kept uploads',
                'ordering': ('pk',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='evidence',
            name='milestones_evidence_once',
        ),
        migrations.AddField(
            model_name='evidence',
            name='file_name',
            field=models.CharField(blank=True, max_length=150, verbose_name='name of the file'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='last_alive_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last seen working'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='media_type',
            field=models.CharField(blank=True, max_length=100, verbose_name='kind of file'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='checksum (SHA-256)'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='size',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='size in bytes'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='uid',
            # Without a default, which would be one and the same for all rows.
            field=models.UUIDField(editable=False, null=True, verbose_name='permanent id'),
        ),
        migrations.RunPython(give_each_row_its_id, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='evidence',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='permanent id'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('file_name', ''), ('media_type', ''), ('sha256', ''), ('size', None)), models.Q(models.Q(('file', ''), _negated=True), models.Q(('file_name', ''), _negated=True), models.Q(('media_type', ''), _negated=True), ('size__gt', 0), ('size__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='milestones_evidence_file_is_whole', violation_error_message='A file has its name, kind, size and checksum.'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('update', 'title', 'url', 'sha256'), name='milestones_evidence_once', violation_error_message='This report already gives this evidence.'),
        ),
        migrations.AddField(
            model_name='evidenceupload',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence_uploads', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AddConstraint(
            model_name='evidenceupload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), _negated=True), models.Q(('file_name', ''), _negated=True), models.Q(('media_type', ''), _negated=True), ('size__gt', 0), ('size__isnull', False), models.Q(('sha256', ''), _negated=True)), name='milestones_upload_file_is_whole', violation_error_message='A file has its name, kind, size and checksum.'),
        ),
    ]
