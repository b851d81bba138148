"""Who writes an update and who corrects it, asked of the rights as they are now."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from commitments.models import Commitment, Institution
from commitments.rights import Rights, leads
from milestones.circumstances import is_its_own
from milestones.levels import Provenance
from milestones.models import Amendment, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.signatures import Record, is_asked_to_agree, may_enter, may_publish
from milestones.targets import Target, commitment_of, lead_of


def writes_on(rights: Rights, update: Record) -> bool:
    """Whether the account may write on an unpublished update: drafts are their author's.

    As long as they report for the institution, or for the one that carries on its work. What comes
    from a document and has no author is the point of contact's, who also goes on with amendments.
    """
    if update.is_published or rights.account is None:
        return False
    if update.recorded_by_id not in (None, rights.account):
        return False
    if update.is_from_document:
        return may_enter(rights, update.provenance, update.commitment)
    if update.recorded_by_id is None:
        return False
    return rights.may_carry_on_for(update.institution) or (
        isinstance(update, Amendment) and rights.may_edit(update.commitment)
    )


def may_take_over(rights: Rights, update: Record) -> bool:
    """Anyone who signs off a colleague's draft may go on with it."""
    writes = not update.is_from_document or may_enter(rights, update.provenance, update.commitment)
    return update.is_in_the_making and writes and may_publish(rights, update)


def may_return(rights: Rights, update: Record) -> bool:
    return may_publish(rights, update) or is_asked_to_agree(rights, update)


def may_correct(rights: Rights, update: ProgressUpdate) -> bool:
    """Who made it, or the successor; a document's words the point of contact too. Nothing twice."""
    if not update.is_published or update.corrections.published().exists():
        return False
    commitment = update.commitment
    if update.is_from_document and may_enter(rights, update.provenance, commitment):
        return True
    if update.provenance == Provenance.ASSESSOR_REPORT:
        return False
    own = rights.institutions_for(commitment, lead_of(update.target))
    return any(is_its_own(update, one) for one in own)


def check_author(
    account: User | None,
    rights: Rights,
    institution: Institution | None,
    commitment: Commitment,
    provenance: str,
    edited: Collection[int] | None = None,
) -> None:
    """Raises UpdateRefused unless it may write for the institution; None enters a file's words.

    `edited`: the commitments that the account looks after, if looked up already.
    """
    if provenance == Provenance.REPORTED_HERE:
        if institution is not None and not rights.may_report_for(institution):
            sentence = _("You cannot report for this institution. Choose the one you act for.")
            raise UpdateRefused({"institution": [sentence]})
    elif account is not None and not may_enter(rights, provenance, commitment, edited):
        sentence = (
            _("Only an administrator enters what an assessor’s report tells.")
            if provenance == Provenance.ASSESSOR_REPORT
            else _(
                "Words from a document are entered by the point of contact of the plan or nation."
                " Empty this field, or ask for it."
            )
        )
        raise UpdateRefused({"source_title": [sentence]})


def check_amender(
    account: User | None,
    rights: Rights,
    institution: Institution | None,
    target: Target,
    provenance: str,
) -> None:
    """Raises UpdateRefused unless it is a point of contact, of a body that leads, or a command."""
    commitment = commitment_of(target)
    is_here = provenance == Provenance.REPORTED_HERE
    if account is None or (is_here and rights.may_edit(commitment)):
        return
    check_author(account, rights, institution, commitment, provenance)
    if is_here and (institution is None or not leads(institution, commitment, lead_of(target))):
        sentence = _(
            "Only the point of contact of the plan or nation, and the institution that leads,"
            " change the plan. Ask one of them."
        )
        raise UpdateRefused({"institution": [sentence]})
