import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Mistake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='received')),
                ('page', models.CharField(blank=True, max_length=500)),
                ('text', models.TextField(verbose_name='what is wrong')),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('note', models.TextField(blank=True, help_text='For administrators only.')),
                ('answer', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Answered; nothing was emailed'), ('begun', 'Answered; nobody knows whether the email was sent'), ('sent', 'Answered by email'), ('refused', 'Answered; the address refused the email')], default='open', editable=False, max_length=7)),
            ],
            options={
                'verbose_name': 'mistake reported by a reader',
                'verbose_name_plural': 'mistakes reported by readers',
                'ordering': ('-received_at', '-pk'),
                'constraints': [models.UniqueConstraint(models.F('digest'), condition=models.Q(('state', 'open')), name='mistakes_mistake_open_once'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 5000), name='mistakes_mistake_text_bounded', violation_error_message='Shorten this text.'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('note'), 20000), name='mistakes_mistake_note_bounded', violation_error_message='Shorten this text.'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('answer'), 20000), name='mistakes_mistake_answer_bounded', violation_error_message='Shorten this text.')],
            },
        ),
    ]
