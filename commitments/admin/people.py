"""Who did something with a row, by name: a link would lead officers to a page of administrators."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from commitments.approvers import account_name
from ogp_tracker.common.texts import StrOrPromise


def person(name: str, label: StrOrPromise) -> Any:
    """For `readonly_fields`, in place of the name of the column."""

    @admin.display(description=label)
    def named(row: Model) -> str:
        return account_name(getattr(row, name))

    named.__name__ = name
    return named


RECORDED_BY = person("recorded_by", _("recorded by"))
SIGNED_OFF_BY = person("signed_off_by", _("signed off by"))
CO_SIGNED_BY = person("co_signed_by", _("agreed by, for civil society"))
