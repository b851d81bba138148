"""Django's admin classes with their models as parameters: `ModelAdmin[Milestone]`.

django-stubs knows these parameters; Django itself does not, and ignores them here.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

ExtraContext: TypeAlias = dict[str, Any] | None

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline
    from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
    from django.contrib.admin.options import _FieldOpts as FieldOptions
    from django.contrib.admin.options import _FieldsetSpec as Fieldsets
else:
    from django.contrib import admin
    from django.contrib.admin import options

    class Subscriptable:
        def __class_getitem__(cls, models):
            return cls

    class BaseModelAdmin(Subscriptable, options.BaseModelAdmin): ...

    class ModelAdmin(Subscriptable, admin.ModelAdmin): ...

    class InlineModelAdmin(Subscriptable, options.InlineModelAdmin): ...

    class StackedInline(Subscriptable, admin.StackedInline): ...

    class TabularInline(Subscriptable, admin.TabularInline): ...

    FieldOptions = dict
    Fieldsets = list

__all__ = [
    "BaseModelAdmin",
    "ExtraContext",
    "FieldOptions",
    "Fieldsets",
    "InlineModelAdmin",
    "ModelAdmin",
    "StackedInline",
    "TabularInline",
]
