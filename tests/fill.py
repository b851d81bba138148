"""Fills every column of a row that holds free words, so that no column is forgotten."""

from django.db import models


def fill_in(row, words, address, **given):
    """Put `words` into every text column of the row and `address` into every address; return it.

    `given` are columns that get something else. The number of the row follows where two rows may
    not say the same. Columns that only take one of a few values stay as they are.
    """
    columns = dict(given)
    for column in row._meta.concrete_fields:
        if column.choices or column.name in given:
            continue
        if isinstance(column, models.URLField):
            columns[column.name] = f"{address}{row.pk}"
        elif isinstance(column, models.EmailField):
            columns[column.name] = f"{words.split()[0]}@example.org"
        elif isinstance(column, models.FileField):
            columns[column.name] = f"evidence/{words.split()[0]}.pdf"
        elif isinstance(column, models.SlugField):
            columns[column.name] = f"{slug_of(words)}-{row.pk}"
        elif isinstance(column, models.CharField | models.TextField):
            columns[column.name] = f"{words} {row.pk}"[-(column.max_length or 10**6) :]
    type(row)._default_manager.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return row


def slug_of(words):
    return "".join(letter for letter in words if letter.isascii() and letter.isalnum()) or "x"
