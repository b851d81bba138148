"""The index of the search."""

from django.db import models


class Searchable(models.Model):
    """The words of a row that can be found; read only, since triggers write it.

    The table differs between databases (`search.index`), so a migration creates it with SQL.
    """

    key = models.BigIntegerField(primary_key=True, db_column="rowid")
    head = models.TextField()
    body = models.TextField()
    words = models.TextField(db_column="searchable")

    class Meta:
        db_table = "searchable"
        managed = False

    def __str__(self) -> str:
        return self.head
