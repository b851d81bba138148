"""Government's right of reply: its rule, its drafts, and what differs from an update at sign-off.

A reply takes the steps of an update (`milestones/services/sign_off.py`). Readers see the
institution, the role and the date; a published reply stays as it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, Institution
from commitments.rights import Rights, leads, rights_of
from irm.models import Assessment, MilestoneFinding, Reply, ReplyStep
from milestones.facts import read_in
from milestones.models.signed_off import IN_THE_MAKING
from milestones.progress_rules import UpdateRefused
from milestones.services.locking import lock_what_it_is_about
from milestones.services.sign_off import check_rules, check_writer
from milestones.services.steps import reopen, save_row


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
    """Raise UpdateRefused with every problem at once, each beside its field; else return.

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
        raise UpdateRefused(problems)


def save_reply(
    *,
    assessment: Assessment,
    finding: MilestoneFinding | None = None,
    institution: Institution,
    text: str,
    by: User,
    reply: Reply | None = None,
    now: datetime | None = None,
) -> Reply:
    """Keep `text` as the institution's draft of a reply, and return it.

    `finding` is None if the assessment as a whole is answered; `reply` is the draft that
    it replaces. Saving the same words again writes nothing. Raises UpdateRefused with every problem
    beside its field, or if the draft is a colleague's.
    """
    with transaction.atomic():
        _lock(assessment)
        rights, now = rights_of(by), now or timezone.now()
        said = Reply(assessment=assessment, finding=finding, institution=institution, text=text)
        check_writer(said, by, rights)
        if reply is None:
            reply = said
        else:
            reply = reopen(reply, rights, by=by, now=now)
            if not reply.steps.exists() and _says(reply, said):
                return reply
        reply.assessment, reply.finding = assessment, finding
        reply.institution, reply.text = institution, text
        reply.recorded_by, reply.recorded_at = by, now
        check_reply(facts_of(reply, is_sent_off=False))
        reply._history_user = by  # type: ignore[attr-defined]
        save_row(reply)
    return reply


def institutions_that_answer(rights: Rights, commitment: Commitment) -> list[Institution]:
    own = Institution.objects.filter(pk__in=rights.reports_for).order_by("name")
    return [one for one in own if leads(one, commitment)]


def facts_of(reply: Reply, *, is_sent_off: bool) -> ReplyFacts:
    others = Reply.objects.filter(assessment=reply.assessment_id, finding=reply.finding_id)
    finding = reply.finding
    return ReplyFacts(
        text=reply.text,
        leads=leads(reply.institution, reply.assessment.commitment),
        is_public=Assessment.objects.public().recorded().filter(pk=reply.assessment_id).exists(),
        is_of_assessment=finding is None or finding.assessment_id == reply.assessment_id,
        is_answered=others.exclude(pk=reply.pk).exists(),
        is_kept_draft=reply.pk is not None and not is_sent_off,
    )


def _says(stored: Reply, said: Reply) -> bool:
    names = ("assessment_id", "finding_id", "institution_id", "text")
    return all(getattr(said, name) == getattr(stored, name) for name in names)


def _lock(assessment: Assessment) -> None:
    """Lock the assessment, so that it is not withdrawn or answered by another meanwhile."""
    rows = Assessment.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk=assessment.pk).values_list("pk"))


@lock_what_it_is_about.register
def _lock_answered(reply: Reply) -> dict[str, Any]:
    _lock(reply.assessment)
    return {}


@read_in.register
def _read_in_reply(reply: Reply) -> dict[str, Any]:
    return {"text": reply.text}


@check_writer.register
def _writer_of_reply(reply: Reply, by: User | None, rights: Rights) -> None:
    if not rights.may_carry_on_for(reply.institution):
        raise UpdateRefused(
            {"institution": [_("You cannot reply for this institution. Choose your own.")]}
        )


@check_rules.register
def _rules_of_reply(reply: Reply, now: datetime) -> None:
    check_reply(facts_of(reply, is_sent_off=True))


# What waits for an account


def for_the_account(rights: Rights) -> QuerySet[Reply]:
    """Those that it is writing, and those that it can sign off; the oldest first."""
    return _rows(IN_THE_MAKING & Q(recorded_by=rights.account) | _can_sign_off(rights))


def for_others(rights: Rights) -> QuerySet[Reply]:
    """Its own, and those of its institutions, that wait for somebody else to sign them off."""
    mine = Q(recorded_by=rights.account) | Q(institution__in=rights.signs_for)
    return _rows(Q(state=Reply.State.SUBMITTED) & mine & ~_can_sign_off(rights))


def _can_sign_off(rights: Rights) -> Q:
    """`may_publish` and `needs_colleague` of `milestones/signatures.py` in SQL."""
    signs = Q(state=Reply.State.SUBMITTED, institution__in=rights.signs_for)
    own = Q(recorded_by=rights.account, assessment__commitment__plan__needs_sign_off=True)
    return signs & ~own


def _rows(which: Q) -> QuerySet[Reply]:
    steps = ReplyStep.objects.select_related("by").order_by("at", "pk")
    return (
        Reply.objects.filter(which, published_at=None)
        .select_related("institution", "recorded_by", "assessment__report")
        .select_related("assessment__commitment", "finding__milestone__commitment")
        .select_related("finding__assessment__report")
        .prefetch_related(Prefetch("steps", steps))
        .order_by("recorded_at", "pk")
    )
