"""One example account for each role, for trying the tracker out on your own machine."""

import secrets

from django.contrib.auth.models import User
from django.core.management.base import OutputWrapper
from django.db import transaction

from commitments.models import Institution, Membership
from commitments.models.membership import Role

# The institution of each example account; an administrator has none.
INSTITUTIONS = {
    Role.REPORTER: "scottish-government",
    Role.LEAD: "scottish-government",
    Role.POINT_OF_CONTACT: "scottish-government",
    Role.CIVIL_SOCIETY_LEAD: "ogp-scotland-network",
    Role.IRM_RESEARCHER: "independent-reporting-mechanism",
    Role.ADMINISTRATOR: None,
}


def create_example_accounts(out: OutputWrapper) -> None:
    created: list[tuple[str, str, str]] = []
    for role, slug in INSTITUTIONS.items():
        name = f"example-{role.value.replace('_', '-')}"
        institution = Institution.objects.filter(slug=slug).first()
        if User.objects.filter(username=name).exists():
            out.write(f"{name} already exists and was not changed.")
        elif slug and institution is None:
            out.write(f"{name} was not created: the institution “{slug}” cannot be found.")
        else:
            password = secrets.token_urlsafe(12)
            create_account(name, password, role, institution)
            created.append((name, password, str(institution or "the whole site")))
    if created:
        write_table(out, created)


@transaction.atomic
def create_account(name: str, password: str, role: Role, institution: Institution | None) -> None:
    account = User.objects.create_user(
        username=name, password=password, first_name="Example", last_name=role.label
    )
    membership = Membership(account=account, institution=institution, role=role)
    membership.full_clean()
    membership.save()


def write_table(out: OutputWrapper, rows: list[tuple[str, str, str]]) -> None:
    out.write("\nExample accounts, for trying out only. The passwords are shown only this once:\n")
    for name, password, institution in [("account", "password", "acts for"), *rows]:
        out.write(f"  {name:<28}  {password:<16}  {institution}")
    out.write(
        "Sign in at /admin/. The first sign-in asks you to set up two-step verification: an app"
        " that shows codes, or a passkey."
    )
