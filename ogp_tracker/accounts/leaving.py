"""What somebody leaves behind: drafts, what waits, and roles that nobody else has."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.approvers import account_name, administrators, approvers, reporters
from commitments.models import Institution, Membership
from commitments.models.membership import SCOPED_ROLES, Role
from ogp_tracker.accounts.anonymous import end_sessions

WRITTEN = ("milestones.ProgressUpdate", "milestones.Amendment", "irm.Reply")
"""By name, because accounts stand below them."""

NOBODY_ELSE = {
    Role.REPORTER: gettext_lazy("Nobody else can report for %(place)s."),
    Role.LEAD: gettext_lazy("Nobody else can sign off for %(place)s."),
    Role.POINT_OF_CONTACT: gettext_lazy("Nobody else is point of contact for %(place)s."),
    Role.CIVIL_SOCIETY_LEAD: gettext_lazy(
        "Nobody else can agree on behalf of civil society for %(place)s."
    ),
    Role.IRM_RESEARCHER: gettext_lazy("Nobody else can record assessments."),
    Role.ADMINISTRATOR: gettext_lazy("Nobody else is an administrator."),
}


@transaction.atomic
def switch(account: User, *, on: bool) -> None:
    """Who does it is in the log."""
    account.is_active = on
    account.save(update_fields=["is_active"])
    if not on:
        end_sessions(account)


def roles_nobody_else_has(account: User) -> list[str]:
    rows = Membership.objects.filter(account=account).select_related("institution__nation", "plan")
    return [
        NOBODY_ELSE[Role(row.role)] % {"place": _place(row)}
        for row in rows
        if not _holders(row).exclude(pk=account.pk).exists()
    ]


def _place(row: Membership) -> Model | None:
    is_for_nation = row.role in SCOPED_ROLES and row.plan is None and row.institution
    return (
        row.institution.nation if is_for_nation and row.institution else row.plan or row.institution
    )


def _holders(row: Membership) -> QuerySet[Any]:
    if row.role == Role.ADMINISTRATOR or row.institution is None:
        return administrators()
    if row.role in {Role.LEAD, Role.REPORTER}:
        return (approvers if row.role == Role.LEAD else reporters)(row.institution)
    scope = Q(role=row.role)
    if row.role in SCOPED_ROLES:
        for_nation = Q(plan=None, institution__nation=row.institution.nation_id)
        scope &= Q(plan=row.plan_id) if row.plan_id else for_nation
    holders = Membership.objects.filter(scope).values("account")
    return User.objects.filter(pk__in=holders, is_active=True)


def unfinished(account: User) -> Iterator[str]:
    """A sentence for each kind of unpublished text and institution: how many, and who goes on."""
    counted = list(_counted(account))
    names = Institution.objects.in_bulk({institution for _m, institution, _s, _n in counted})
    for model, institution, is_sent, number in counted:
        body = names.get(institution) if institution else None
        words = {
            "number": intcomma(number),
            "what": model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural,
            "place": body or _("no institution"),
            "who": ", ".join(
                account_name(one)
                for one in (approvers(body).exclude(pk=account.pk) if body else ())
            ),
        }
        yield (
            _("%(number)s %(what)s for %(place)s: sent for sign-off, which goes on as before.")
            if is_sent
            else _("%(number)s %(what)s for %(place)s: drafts or returned. %(who)s can go on.")
            if words["who"]
            else _(
                "%(number)s %(what)s for %(place)s: drafts or returned. Nobody can go on until"
                " somebody has the role “Lead” for %(place)s."
            )
        ) % words


def _counted(account: User) -> Iterator[tuple[Any, int | None, bool, int]]:
    for model in map(apps.get_model, WRITTEN):
        rows: QuerySet[Any] = model._default_manager.filter(recorded_by=account, published_at=None)
        sent = Q(state="submitted")
        for is_sent, some in ((True, rows.filter(sent)), (False, rows.exclude(sent))):
            counts = some.order_by().values_list("institution").annotate(Count("pk"))
            yield from ((model, institution, is_sent, number) for institution, number in counts)
