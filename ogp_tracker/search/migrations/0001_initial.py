"""The index of the search (docs/decisions/0017-search.md).

Django knows its table by a model that it does not manage: what it is made of differs with the
database. The triggers that fill it come after every `migrate`, like all others.
"""

from django.db import migrations, models

# Letters without their accents, and spaces in the place of all other signs, so that both databases
# see the same words. The locale of the database has no say in it.
PLAIN = (
    r"regexp_replace(regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]', '', 'g'),"
    r" '[\u0001-/:-@[-`{{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u3000-\u3004\u3008-\u3020"
    r"\U0001f000-\U0001faff]+', ' ', 'g')"
)
HEAD, BODY = (f"to_tsvector('english', {PLAIN.format(text=name)})" for name in ("head", "body"))

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE searchable USING fts5"
        "(head, body, tokenize = 'porter unicode61 remove_diacritics 2')"
    ],
    "postgresql": [
        # Words that are looked through often stay in the row, texts need not.
        "CREATE TABLE searchable (rowid bigint PRIMARY KEY, head text NOT NULL, body text NOT NULL,"
        f" head_words tsvector GENERATED ALWAYS AS ({HEAD}) STORED,"
        f" searchable tsvector GENERATED ALWAYS AS (setweight({HEAD}, 'A') || {BODY}) STORED"
        ") WITH (toast_tuple_target = 4080)",
        "ALTER TABLE searchable ALTER COLUMN searchable SET STORAGE MAIN",
        "CREATE INDEX searchable_words ON searchable USING gin (searchable) WITH (fastupdate=off)",
        "CREATE INDEX searchable_head_words ON searchable USING gin (head_words)"
        " WITH (fastupdate = off)",
    ],
}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def take_away(apps, schema_editor):
    schema_editor.execute("DROP TABLE searchable", params=None)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Searchable',
            fields=[
                ('key', models.BigIntegerField(db_column='rowid', primary_key=True, serialize=False)),
                ('head', models.TextField()),
                ('body', models.TextField()),
                ('words', models.TextField(db_column='searchable')),
            ],
            options={'db_table': 'searchable', 'managed': False},
        ),
        migrations.RunPython(make, take_away),
    ]
