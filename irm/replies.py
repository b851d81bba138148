"""Government's right of reply: its rule, and the only writers of replies.

A lead of the institution signs what its reporters drafted. Readers see the institution, the role
and the date; a published reply stays as it is.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, Institution
from commitments.rights import Rights, leads, rights_of
from irm.models import Assessment, MilestoneFinding, Reply


class ReplyRefused(ValidationError):
    """A reply breaks a rule; `error_dict` names the field and says what to do."""


@dataclass(frozen=True)
class ReplyFacts:
    text: str
    leads: bool
    """Whether the institution leads the assessed commitment, or carries on the lead's work."""
    is_public: bool
    """Whether readers can see what is answered."""
    is_of_assessment: bool = True
    """Whether the finding, if one is answered, belongs to the assessment."""
    is_answered: bool = False
    """Whether there is another reply to it already."""
    is_kept_draft: bool = False
    """Whether it was begun earlier and goes no further than that now."""


def check_reply(reply: ReplyFacts) -> None:
    """Raise ReplyRefused with every problem at once, each beside its field; else return.

    A draft that was begun can be written on although what it answers was withdrawn meanwhile.
    """
    problems: dict[str, list[str]] = {}
    if not reply.text.strip():
        problems["text"] = [_("Write the reply.")]
    if not reply.leads:
        problems["institution"] = [
            _("Only an institution that leads the commitment replies. Choose a lead.")
        ]
    if not reply.is_of_assessment:
        problems["finding"] = [_("Choose a finding of the assessment, or none.")]
    if reply.is_answered:
        problems["finding"] = [_("This has already been answered. Each is answered once.")]
    if not reply.is_public and not reply.is_kept_draft:
        problems["assessment"] = [
            _(
                "Readers cannot see this assessment. It can be answered once it is published and"
                " recorded here."
            )
        ]
    if problems:
        raise ReplyRefused(problems)


def check_signature(*, written_by: object, signed_by: object, needs_sign_off: bool) -> None:
    """Raise ReplyRefused if the plan asks for two people and the author would sign; None is nobody.

    Only a reply that is signed is published.
    """
    if signed_by is None or (needs_sign_off and signed_by == written_by):
        raise ReplyRefused(
            {"signed_by": [_("This plan needs a second person. Ask a colleague to sign it.")]}
        )


def save_reply(
    *,
    assessment: Assessment,
    finding: MilestoneFinding | None = None,
    institution: Institution,
    text: str,
    by: User,
    reply: Reply | None = None,
) -> Reply:
    """Keep `text` as the institution's draft of a reply, and return it.

    `finding` is None if the assessment as a whole is answered; `reply` is the draft that
    it replaces. Its author is who wrote last. Saving the same words again writes nothing. Raises
    ReplyRefused with every problem beside its field.
    """
    with transaction.atomic():
        _lock(assessment)
        if reply is None:
            reply = Reply(assessment=assessment, finding=finding)
        else:
            reply = _lock_draft(reply)
        if not rights_of(by).may_carry_on_for(institution):
            raise ReplyRefused(
                {"institution": [_("You cannot reply for this institution. Choose your own.")]}
            )
        stored = (reply.assessment_id, reply.finding_id, reply.institution_id, reply.text)
        said = (assessment.pk, finding.pk if finding else None, institution.pk, text)
        if reply.pk and said == stored:
            return reply
        reply.assessment, reply.finding = assessment, finding
        reply.institution, reply.text, reply.recorded_by = institution, text, by
        check_reply(facts_of(reply, is_published_now=False))
        _save(reply, by)
    return reply


def publish_reply(reply: Reply, *, by: User, now: datetime | None = None) -> Reply:
    """Publish a draft, signed by the account `by`, and return it as it is now.

    Publishing again what is published writes nothing. Raises ReplyRefused if the account does not
    sign for the institution, if the rule no longer allows it, or if the plan asks for a second
    person.
    """
    with transaction.atomic():
        _lock(reply.assessment)
        reply = _locked(reply)
        if reply.published_at is not None:
            return reply
        if not rights_of(by).may_sign_for(reply.institution):
            raise ReplyRefused(
                {"signed_by": [_("Only a lead of the institution signs its reply.")]}
            )
        check_reply(facts_of(reply, is_published_now=True))
        plan = reply.assessment.commitment.plan
        check_signature(
            written_by=reply.recorded_by_id,
            signed_by=by.pk,
            needs_sign_off=plan is not None and plan.needs_sign_off,
        )
        reply.signed_by, reply.published_at = by, now or timezone.now()
        _save(reply, by)
    return reply


def discard_reply(reply: Reply, *, by: User) -> None:
    """Delete a draft. Raises ReplyRefused if it is published, or another institution's."""
    with transaction.atomic():
        _lock(reply.assessment)
        reply = _lock_draft(reply)
        if not rights_of(by).may_carry_on_for(reply.institution):
            raise ReplyRefused(_("This draft is another institution's."))
        reply._history_user = by  # type: ignore[attr-defined]
        reply.delete()


def institutions_that_answer(rights: Rights, commitment: Commitment) -> list[Institution]:
    own = Institution.objects.filter(pk__in=rights.reports_for).order_by("name")
    return [one for one in own if leads(one, commitment)]


def facts_of(reply: Reply, *, is_published_now: bool) -> ReplyFacts:
    others = Reply.objects.filter(assessment=reply.assessment_id, finding=reply.finding_id)
    finding = reply.finding
    return ReplyFacts(
        text=reply.text,
        leads=leads(reply.institution, reply.assessment.commitment),
        is_public=Assessment.objects.public().recorded().filter(pk=reply.assessment_id).exists(),
        is_of_assessment=finding is None or finding.assessment_id == reply.assessment_id,
        is_answered=others.exclude(pk=reply.pk).exists(),
        is_kept_draft=reply.pk is not None and not is_published_now,
    )


def _lock(assessment: Assessment) -> None:
    """Lock the assessment, so that it is not withdrawn or answered by another meanwhile."""
    rows = Assessment.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk=assessment.pk).values_list("pk"))


def _locked(reply: Reply) -> Reply:
    rows = Reply.objects.select_for_update(of=("self",)).select_related(
        "institution", "assessment__commitment__plan"
    )
    try:
        return rows.get(pk=reply.pk)
    except Reply.DoesNotExist:
        raise ReplyRefused(_("This draft has been deleted meanwhile. Write a new one.")) from None


def _lock_draft(reply: Reply) -> Reply:
    reply = _locked(reply)
    if reply.published_at is not None:
        raise ReplyRefused(_("This reply has been published meanwhile. It stays as it is."))
    return reply


def _save(reply: Reply, by: User) -> None:
    try:
        reply.full_clean()
    except ValidationError as error:
        raise ReplyRefused(error) from error
    reply._history_user = by  # type: ignore[attr-defined]
    reply.save()
