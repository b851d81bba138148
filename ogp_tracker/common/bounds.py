"""How long a text may be: a named constraint, and the same sentence wherever one is refused."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .constraints import FieldRule

NARRATIVE = 20_000
"""Characters of a text that is written here: ten pages."""

FROM_DOCUMENT = 200_000
"""Characters of a text that is taken from a plan or a report: a chapter of a hundred pages."""


def too_long(text: str, most: int) -> str:
    if len(text) <= most:
        return ""
    words = {
        "most": intcomma(most),
        "length": intcomma(len(text)),
    }
    return _("Shorten this to %(most)s characters; it has %(length)s.") % words


class TextBound(FieldRule):
    """The rule that `field` has at most `most` characters; it is asked without the database."""

    def __init__(self, field: str, most: int, name: str) -> None:
        super().__init__(
            field=field,
            name=name,
            condition=LessThanOrEqual(Length(field), most),
            message=gettext_lazy("Shorten this text."),
        )
        self.most = most

    def validate(
        self,
        model: type[Model],
        instance: Model,
        exclude: set[str] | None = None,
        using: str = "default",
    ) -> None:
        if self.field in (exclude or ()):
            return
        if sentence := self.problem_of(instance):
            raise ValidationError({self.field: [sentence]})

    def problem_of(self, instance: Model) -> str:
        return too_long(getattr(instance, self.field), self.most)


def text_bounds(prefix: str, most: int, *fields: str) -> list[TextBound]:
    return [TextBound(field, most, f"{prefix}_{field}_bounded") for field in fields]


def check_text_bounds(instance: Model) -> None:
    """Raise ValidationError with every text that is too long, beside its field."""
    rules = [rule for rule in instance._meta.constraints if isinstance(rule, TextBound)]
    problems = {rule.field: sentence for rule in rules if (sentence := rule.problem_of(instance))}
    if problems:
        raise ValidationError(problems)
