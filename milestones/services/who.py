"""Who writes on a report and who signs it off, asked of the rights as they are now."""

from typing import Any

from django.utils.translation import gettext as _

from commitments.models import Institution
from commitments.rights import Rights, rights_of
from milestones.facts import is_its_own
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.signatures import is_asked_to_agree, may_publish


def may_write_on(update: ProgressUpdate, account: Any) -> bool:
    """Return whether the account may write on an unpublished update: drafts are their author's.

    She keeps them as long as she reports for the institution, or for the one that carries on its
    work. What comes from a document and has no author is the point of contact's.
    """
    if update.is_published or account is None:
        return False
    return writes_on(rights_of(account), update)


def writes_on(rights: Rights, update: ProgressUpdate) -> bool:
    """Return the same of an account whose rights are known already."""
    if update.is_published or rights.account is None:
        return False
    if update.recorded_by_id not in (None, rights.account):
        return False
    if update.is_from_document:
        return rights.may_edit(update.milestone.commitment)
    return update.recorded_by_id is not None and rights.may_carry_on_for(update.institution)


def may_take_over(rights: Rights, update: ProgressUpdate, milestone: Milestone) -> bool:
    """Return whether the account may go on with a colleague's draft: who signs it off may."""
    return update.is_in_the_making and may_publish(rights, update, milestone)


def may_return(rights: Rights, update: ProgressUpdate, milestone: Milestone) -> bool:
    """Return whether the account may give a report that waits back to its author."""
    return may_publish(rights, update, milestone) or is_asked_to_agree(rights, update, milestone)


def may_correct(rights: Rights, update: ProgressUpdate) -> bool:
    """Return whether the account may correct a published report: who made it, or the successor.

    What a document says is corrected by the point of contact, too. Nothing is corrected twice.
    """
    if not update.is_published or update.corrections.published().exists():
        return False
    commitment = update.milestone.commitment
    if update.is_from_document and rights.may_edit(commitment):
        return True
    return any(is_its_own(update, one) for one in rights.institutions_for(commitment))


def check_author(
    account: Any,
    institution: Institution | None,
    *,
    from_document: bool,
    milestone: Milestone,
    rights: Rights | None = None,
) -> None:
    """Raise UpdateRefused unless the account may write in this name.

    Words of a document are entered by the point of contact; nobody (None) enters them from
    a file. `rights`: the account's, if they have been read already.
    """
    if account is None and from_document:
        return
    rights = rights_of(account) if rights is None else rights
    if from_document:
        if not rights.may_edit(milestone.commitment):
            raise UpdateRefused(
                {
                    "source_title": [
                        _(
                            "Words from a document are entered by the point of contact of the"
                            " plan or nation. Empty this field, or ask for it."
                        )
                    ]
                }
            )
    elif institution is not None and not rights.may_report_for(institution):
        raise UpdateRefused(
            {
                "institution": [
                    _("You cannot report for this institution. Choose the one you act for.")
                ]
            }
        )
