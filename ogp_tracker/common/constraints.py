"""Database constraints whose refusal appears beside the field that has to change."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Model, Q, UniqueConstraint
from django.db.models.expressions import BaseExpression, Combinable
from django.utils.translation import gettext_lazy as _


class FieldRule(CheckConstraint):
    """A check constraint that also knows which field of a form to blame.

    The database sees a plain check constraint (so does the migration); a form shows
    `message` next to `field` instead of at the top of the page.
    """

    def __init__(
        self, *, field: str, message: Any, condition: Q | BaseExpression, name: str
    ) -> None:
        super().__init__(condition=condition, name=name, violation_error_message=message)
        self.field = field

    def validate(
        self, model: type[Model], instance: Model, exclude: Any = None, using: str = "default"
    ) -> None:
        """Raise ValidationError on `field` if `instance` breaks the rule."""
        # A form leaves the key out of what it checks, and with it every rule that names the key.
        exclude = set(exclude or ()) - {model._meta.pk.name}
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError as refusal:
            raise ValidationError({self.field: refusal.messages}) from refusal

    def deconstruct(self) -> Any:
        """Describe the rule to a migration as the plain constraint that the database holds."""
        return CheckConstraint(
            condition=self.condition,
            name=self.name,
            violation_error_message=self.violation_error_message,
        ).deconstruct()

    def clone(self) -> "FieldRule":
        """Return a copy, for models that inherit the rule."""
        return FieldRule(
            field=self.field,
            message=self.violation_error_message,
            condition=self.condition,
            name=self.name,
        )


class FieldUnique(UniqueConstraint):
    """A uniqueness constraint that also knows which field of a form to blame, like FieldRule."""

    def __init__(
        self,
        *expressions: BaseExpression | Combinable,
        field: str,
        message: Any,
        name: str,
        fields: Sequence[str] = (),
        condition: Q | None = None,
    ) -> None:
        super().__init__(
            *expressions,
            fields=fields,
            name=name,
            condition=condition,
            violation_error_message=message,
        )
        self.field = field

    def validate(
        self, model: type[Model], instance: Model, exclude: Any = None, using: str = "default"
    ) -> None:
        """Raise ValidationError on `field` if another row has the same values as `instance`."""
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError as refusal:
            raise ValidationError({self.field: refusal.messages}) from refusal

    def deconstruct(self) -> Any:
        """Describe the rule to a migration as the plain constraint that the database holds."""
        return UniqueConstraint(
            *self.expressions,
            fields=self.fields,
            name=self.name,
            condition=self.condition,
            violation_error_message=self.violation_error_message,
        ).deconstruct()

    def clone(self) -> "FieldUnique":
        """Return a copy, for models that inherit the rule."""
        return FieldUnique(
            *self.expressions,
            field=self.field,
            message=self.violation_error_message,
            fields=self.fields,
            name=self.name,
            condition=self.condition,
        )


def web_address(field: str, name: str) -> FieldRule:
    """Return the rule that `field` is empty or an http(s) address, never a script or a file."""
    is_web = Q(**{f"{field}__startswith": "https://"}) | Q(**{f"{field}__startswith": "http://"})
    return FieldRule(
        field=field,
        name=name,
        condition=Q(**{field: ""}) | is_web,
        message=_("Enter a web address that starts with https:// or http://."),
    )
