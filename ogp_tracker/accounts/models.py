"""What is kept of sign-in beside the accounts themselves."""

from django.db import models


class SharedValue(models.Model):
    """An entry of the cache that all processes share; only Django's database cache uses it.

    It is a model so that `migrate` makes the table, on every database and in the tests.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shared_cache"

    def __str__(self) -> str:
        return self.cache_key
