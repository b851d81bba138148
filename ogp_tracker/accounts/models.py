"""What is kept of sign-in beside the accounts themselves."""

from django.db import models


class SharedValue(models.Model):
    """An entry of Django's database cache; a model, so that `migrate` makes its table."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shared_cache"

    def __str__(self) -> str:
        return self.cache_key
