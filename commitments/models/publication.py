"""What remains of a commitment's earlier publications and addresses."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.visibility import ALWAYS, PublicQuerySet

from .commitment import Commitment
from .institution import Institution
from .version import versions


class Unpublication(models.Model):
    """A published commitment was taken off the public site: readers see when and why.

    Not the plan's amendment “withdrawn”, which changes what was promised and not what is shown.
    """

    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="unpublications"
    )
    # As readers last saw it: the draft may change.
    name = models.CharField(max_length=600)
    published_on = models.DateField()
    unpublished_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    institution = ProtectedKey(Institution, null=True, related_name="+")
    role = models.CharField(max_length=30, blank=True)

    public_if = ALWAYS
    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ("-unpublished_at", "-pk")
        constraints = (
            FieldRule(
                field="reason",
                name="commitments_unpublication_has_reason",
                condition=~models.Q(reason=""),
                message=_("Say why you take it off the public site."),
            ),
            *text_bounds("commitments_unpublication", NARRATIVE, "reason"),
        )

    def __str__(self) -> str:
        return self.name


class FormerSlugQuerySet(PublicQuerySet["FormerSlug"]):
    def now(self, slug: str) -> str:
        """Today's slug of the public commitment whose slug this was; "" if it was none's."""
        found = self.public().filter(slug__iexact=slug).values_list("commitment__slug", flat=True)
        return found.first() or ""


class FormerSlug(models.Model):
    """An address that a commitment had while it was public: it redirects for ever."""

    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="former_slugs"
    )
    slug = models.SlugField(max_length=60)

    public_if = Commitment.public_if.behind("commitment")
    objects = FormerSlugQuerySet.as_manager()
    history = versions()

    class Meta:
        ordering = ("slug",)
        constraints = (
            FieldUnique(
                Lower("slug"),
                field="slug",
                name="commitments_formerslug_once",
                message=_("This is already a former address of a commitment."),
            ),
        )

    def __str__(self) -> str:
        return self.slug
