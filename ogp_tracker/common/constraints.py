"""Database constraints whose message appears beside the field that has to change."""

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint, CheckConstraint, Model, Q, UniqueConstraint
from django.db.models.expressions import BaseExpression, Combinable
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.texts import StrOrPromise


def djangos_own(ours: type) -> type:
    """The class of Django's that one of ours stands for."""
    return next(one for one in ours.__mro__ if one.__module__.startswith("django."))


class _BesideField(BaseConstraint):
    """Knows the form field to show its message beside; the migration sees Django's own."""

    field: str

    def validate(
        self,
        model: type[Model],
        instance: Model,
        exclude: set[str] | None = None,
        using: str = "default",
    ) -> None:
        # A form leaves the key out of what it checks, and with it every rule that names the key.
        exclude = set(exclude or ()) - {model._meta.pk.name}
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError as refusal:
            raise ValidationError({self.field: refusal.messages}) from refusal

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        _path, args, kwargs = super().deconstruct()
        return f"django.db.models.{djangos_own(type(self)).__name__}", args, kwargs

    def clone(self) -> Self:
        return copy(self)


class FieldRule(_BesideField, CheckConstraint):
    def __init__(
        self, *, field: str, message: StrOrPromise, condition: Q | BaseExpression, name: str
    ) -> None:
        super().__init__(condition=condition, name=name, violation_error_message=message)
        self.field = field


class FieldUnique(_BesideField, UniqueConstraint):
    def __init__(
        self,
        *expressions: BaseExpression | Combinable,
        field: str,
        message: StrOrPromise,
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


def web_address(field: str, name: str) -> FieldRule:
    """The rule that `field` is empty or an http(s) address, never a script or a file."""
    is_web = Q(**{f"{field}__startswith": "https://"}) | Q(**{f"{field}__startswith": "http://"})
    return FieldRule(
        field=field,
        name=name,
        condition=Q(**{field: ""}) | is_web,
        message=_("Enter a web address that starts with https:// or http://."),
    )
