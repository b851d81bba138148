"""Builders of rows for tests.

    commitment = CommitmentFactory()                      # public, current plan, all four nations
    CommitmentFactory(draft=True, nations=["sct", "wls"]) # hidden, delivered in two
    milestone = MilestoneFactory(commitment=commitment)   # 1, then 2, then 3 …
    make_update(milestone, "completed", nations=["sct"])  # published through the real door
    make_update(milestone, "limited", publish=False)      # recorded only

Whatever has a rule goes through the services, so that a test never stands on rows that the
tracker itself would have refused. Days are relative to today: a current plan stays current.
"""

import itertools
from contextlib import contextmanager
from datetime import timedelta

import factory
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from commitments.models import (
    ActionPlan,
    Commitment,
    FormerSlug,
    Institution,
    Involvement,
    Membership,
    Nation,
    OGPValue,
    PolicyArea,
    Unpublication,
)
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones import guards, services
from milestones.amendment_rules import AmendmentContent
from milestones.facts import EvidenceFacts, UpdateContent, copies_of, summary_of
from milestones.levels import NEEDS_EVIDENCE, NEEDS_OBSTACLES
from milestones.models import Milestone, NationProgress, ProgressUpdate, Reminder
from milestones.targets import columns_of, commitment_of, due_date_of, progress_of
from ogp_tracker.common import triggers

NATIONS = {
    "eng": ("England", "England (UK Government)", "GB-ENG", "E92000001", 1),
    "sct": ("Scotland", "Scotland", "GB-SCT", "S92000003", 2),
    "wls": ("Wales", "Wales", "GB-WLS", "W92000004", 3),
    "nir": ("Northern Ireland", "Northern Ireland", "GB-NIR", "N92000002", 4),
}

# All numbers have six digits: names that are made with them sort as texts as they do as numbers.
FIRST = 100_001

_serial = itertools.count(FIRST)


def today():
    return timezone.localdate()


def days_ago(number):
    """Return the day so many days before today; a negative number gives a day to come."""
    return today() - timedelta(days=number)


class RowFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _setup_next_sequence(cls):
        return FIRST


class NationFactory(RowFactory):
    class Meta:
        model = Nation
        django_get_or_create = ("code",)

    code = factory.Iterator(NATIONS)
    name = factory.LazyAttribute(lambda row: NATIONS[row.code][0])
    label = factory.LazyAttribute(lambda row: NATIONS[row.code][1])
    iso_code = factory.LazyAttribute(lambda row: NATIONS[row.code][2])
    ons_code = factory.LazyAttribute(lambda row: NATIONS[row.code][3])
    position = factory.LazyAttribute(lambda row: NATIONS[row.code][4])


def nation(code):
    """Return the nation of this code; a nation given comes back as it is."""
    return code if isinstance(code, Nation) else NationFactory(code=code)


def nations(codes=tuple(NATIONS)):
    """Return the nations of these codes, all four without any; nations given come back."""
    codes = list(codes)
    unknown = [code for code in codes if not isinstance(code, Nation)]
    found = Nation.objects.in_bulk(unknown, field_name="code")
    return [found.get(code) or nation(code) for code in codes]


# Where `nations` is the name of what is given.
nations_of = nations


class AccountFactory(RowFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"officer-{n}")
    email = factory.LazyAttribute(lambda row: f"{row.username}@example.org")

    class Params:
        superuser = factory.Trait(is_staff=True, is_superuser=True)


class PolicyAreaFactory(RowFactory):
    class Meta:
        model = PolicyArea

    slug = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")


class OGPValueFactory(RowFactory):
    class Meta:
        model = OGPValue

    slug = factory.Sequence(lambda n: f"value-{n}")
    name = factory.Sequence(lambda n: f"Value {n}")


class InstitutionFactory(RowFactory):
    class Meta:
        model = Institution

    slug = factory.Sequence(lambda n: f"institution-{n}")
    name = factory.Sequence(lambda n: f"Institution {n}")
    kind = Institution.Kind.DEPARTMENT
    nation = factory.SubFactory(NationFactory, code="eng")


class MembershipFactory(RowFactory):
    class Meta:
        model = Membership

    account = factory.SubFactory(AccountFactory)
    institution = factory.SubFactory(InstitutionFactory)
    role = Membership.Role.REPORTER


class PlanFactory(RowFactory):
    """A plan that runs today; `closed=True` or `coming=True` for one that does not."""

    class Meta:
        model = ActionPlan

    slug = factory.Sequence(lambda n: f"plan-{n}")
    member = "United Kingdom"
    title = factory.Sequence(lambda n: f"United Kingdom Action Plan {n}")
    cycle = factory.LazyAttribute(lambda row: str(row.start_date.year) if row.start_date else "")
    start_date = factory.LazyFunction(lambda: days_ago(400))
    end_date = factory.LazyFunction(lambda: days_ago(-300))

    class Params:
        closed = factory.Trait(
            start_date=factory.LazyFunction(lambda: days_ago(1100)),
            end_date=factory.LazyFunction(lambda: days_ago(400)),
        )
        coming = factory.Trait(
            start_date=factory.LazyFunction(lambda: days_ago(-30)),
            end_date=factory.LazyFunction(lambda: days_ago(-730)),
        )


class CommitmentFactory(RowFactory):
    """A published commitment with a lead; `draft=True`, `nations=[codes]`, `lead=institution`.

    `lead=False` leaves the lead out and says that the source names none.
    """

    class Meta:
        model = Commitment
        skip_postgeneration_save = True

    ogp_id = factory.Sequence(lambda n: f"UK{n}")
    slug = factory.LazyAttribute(lambda row: row.ogp_id or f"commitment-{next(_serial)}")
    plan = factory.SubFactory(PlanFactory)
    title = factory.Sequence(lambda n: f"Commitment {n}")
    published_on = factory.LazyFunction(lambda: days_ago(300))

    class Params:
        draft = factory.Trait(published_on=None)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        # A row and its lists are two versions. If a second began between them, the later one would
        # be an edit, which pages of changes and alerts tell of.
        row = model_class(*args, **kwargs)
        row._history_date = timezone.now()
        row.save(force_insert=True)
        return row

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        vars(instance).pop("_history_date", None)

    @factory.post_generation
    def nations(self, create, codes, **kwargs):
        if create:
            self.nations.set(nations(NATIONS if codes is None else codes))

    @factory.post_generation
    def lead(self, create, institution, **kwargs):
        if not create:
            return
        if institution is False:
            self.lead_unknown = True
            self.save(update_fields=["lead_unknown"])
        else:
            InvolvementFactory(
                commitment=self,
                institution=institution or InstitutionFactory(),
                role=Involvement.Role.LEAD,
            )


class InvolvementFactory(RowFactory):
    """A further part played in a commitment, which already has its lead."""

    class Meta:
        model = Involvement

    commitment = factory.SubFactory(CommitmentFactory)
    institution = factory.SubFactory(InstitutionFactory)
    role = Involvement.Role.PARTNER


class UnpublicationFactory(RowFactory):
    """A commitment was taken off the public site once."""

    class Meta:
        model = Unpublication

    commitment = factory.SubFactory(CommitmentFactory)
    name = factory.LazyAttribute(lambda row: str(row.commitment))
    published_on = factory.LazyFunction(lambda: days_ago(60))
    unpublished_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=50))
    reason = "The wrong text was published."


class FormerSlugFactory(RowFactory):
    class Meta:
        model = FormerSlug

    commitment = factory.SubFactory(CommitmentFactory)
    slug = factory.Sequence(lambda n: f"former-{n}")


class MilestoneFactory(RowFactory):
    """The next milestone of its commitment, not yet reported; without one, of a new commitment."""

    class Meta:
        model = Milestone
        skip_postgeneration_save = True

    commitment = factory.SubFactory(CommitmentFactory)
    number = factory.LazyAttribute(
        lambda row: row.commitment.milestones.count() + 1 if row.commitment.pk else 1
    )
    label = factory.LazyAttribute(lambda row: str(row.number))
    order = factory.SelfAttribute("number")
    text = factory.LazyAttribute(lambda row: f"Do what milestone {row.number} says")
    due_on = factory.LazyFunction(lambda: days_ago(-200))

    @factory.post_generation
    def cells(self, create, value, **kwargs):
        if create:
            services.rebuild_progress([self])


class ReminderFactory(RowFactory):
    """A digest that was begun; `account=None` for one to a team mailbox."""

    class Meta:
        model = Reminder

    account = factory.SubFactory(AccountFactory)
    institution = factory.Maybe("account", None, factory.SubFactory(InstitutionFactory))
    kind = Reminder.Kind.DIGEST
    subject = factory.Sequence(lambda n: f"2026-W{n}")
    address = "officer@example.org"
    claimed_at = factory.LazyFunction(timezone.now)


class ReportFactory(RowFactory):
    """A final report; `draft=True` for one that the public cannot see."""

    class Meta:
        model = Report

    slug = factory.Sequence(lambda n: f"report-{n}")
    kind = "results_report"
    plan = factory.SubFactory(PlanFactory, closed=True)
    title = factory.Sequence(lambda n: f"Results Report {n}")
    stage = Report.Stage.FINAL

    class Params:
        draft = factory.Trait(stage=Report.Stage.DRAFT)


class AssessmentFactory(RowFactory):
    """A published assessment; `draft=True` for one that the public cannot see."""

    class Meta:
        model = Assessment

    commitment = factory.SubFactory(CommitmentFactory)
    report = factory.SubFactory(ReportFactory, plan=factory.SelfAttribute("..commitment.plan"))
    is_recorded = True
    analysis = "What the assessor found."
    published_on = factory.LazyFunction(lambda: days_ago(10))

    class Params:
        draft = factory.Trait(published_on=None)


class FindingFactory(RowFactory):
    class Meta:
        model = MilestoneFinding

    assessment = factory.SubFactory(AssessmentFactory)
    milestone = factory.SubFactory(
        MilestoneFactory, commitment=factory.SelfAttribute("..assessment.commitment")
    )
    found = "What the assessor found of the milestone."


class ReplyFactory(RowFactory):
    """The lead's published answer to an assessment; `draft=True` keeps it back."""

    class Meta:
        model = Reply

    assessment = factory.SubFactory(AssessmentFactory)
    institution = factory.LazyAttribute(lambda row: lead_of(row.assessment.commitment))
    text = "What government answers."
    recorded_by = factory.LazyAttribute(lambda row: officer_of(row.institution))
    recorded_at = factory.LazyFunction(timezone.now)
    signed_off_by = factory.LazyAttribute(lambda row: officer_of(row.institution, "lead"))
    published_at = factory.LazyFunction(timezone.now)
    state = "published"

    class Params:
        draft = factory.Trait(signed_off_by=None, published_at=None, state="draft")


def publish_reply(reply):
    """Through the door that officers use."""
    reply = services.submit_update(reply, by=reply.recorded_by)
    return services.publish_update(reply, by=officer_of(reply.institution, "lead"))


def lead_of(commitment):
    row = commitment.involvements.filter(role=Involvement.Role.LEAD).first()
    return row.institution if row else None


def make_report(level="limited", *, nations=tuple(NATIONS), as_of=None, evidence=None, **given):
    number = next(_serial)
    if evidence is None:
        address = f"https://www.gov.uk/evidence/{number}"
        piece = EvidenceFacts(title=f"Evidence {number}", url=address)
        evidence = [piece] if level in NEEDS_EVIDENCE else []
    given |= given.pop("source", None) or {}
    is_open = level != "completed" and not given.get("source_title")
    late = given.setdefault("schedule", "on_schedule" if is_open else "") in NEEDS_OBSTACLES
    given.setdefault("obstacles", "Other work came first." if late else "")
    given.setdefault("narrative", f"What was done, part {number}.")
    if given.get("corrects"):
        given.setdefault("correction_reason", "The earlier report was wrong.")
    return UpdateContent(
        level=level, nations=nations_of(nations), as_of=as_of or today(), evidence=evidence, **given
    )


def make_update(
    milestone=None, level="limited", *, institution=None, by=None, now=None, publish=True, **report
):
    """Report progress through the services and return the update.

    `milestone`: a new one if not given. `institution`: the commitment's lead if not given. `by`: a
    reporter of it if not given; for words of a document nobody.
    `nations`: codes or nations, by default all in which the milestone applies. `publish`: False
    leaves it a draft. `now`: when it is recorded and published. The rest as in `make_report`:
    `as_of`, `narrative`, `obstacles`, `evidence`, `source`, `corrects`, `correction_reason`.
    """
    milestone = milestone or MilestoneFactory()
    now = now or timezone.now()
    institution = institution or lead_of(commitment_of(milestone))
    report.setdefault("nations", _in_scope(milestone))
    if report.get("as_of") is None:
        report["as_of"] = timezone.localdate(now)
    report.setdefault("schedule", "" if report.get("source") else on_time(milestone, level, report))
    update = services.record_update(
        milestone,
        make_report(level, **report),
        institution=institution,
        by=by or (None if report.get("source") else officer_of(institution)),
        now=now,
    )
    return publish_update(update, now=now) if publish else update


def on_time(target, level, report):
    """Whether an officer says that it is on schedule, where there is a due date."""
    due = due_date_of(target)
    if level == "completed" or due is None:
        return ""
    return "on_schedule" if report["as_of"] <= due else "behind_schedule"


def publish_update(update, *, now=None):
    commitment = update.commitment
    author = None if update.is_from_document else update.recorded_by
    update = services.submit_update(update, by=author, now=now)
    if update.is_from_document:
        return services.publish_update(update, by=None, now=now)
    if commitment.plan and commitment.plan.needs_civil_society_sign_off:
        services.agree_to_update(update, by=civil_society_for(commitment), now=now)
    return services.publish_update(update, by=officer_of(update.institution, "lead"), now=now)


def revise(update, level="limited", *, by=None, **report):
    """Put this report in place of an unpublished update, by its author if nobody else is named."""
    return services.record_update(
        update.target,
        make_report(level, **report),
        institution=update.institution,
        by=by or update.recorded_by,
        update=update,
    )


def make_amendment(target, content, *, institution, by, now=None):
    """Write, submit and publish an amendment at once."""
    with transaction.atomic():
        drafted = services.save_amendment(target, content, institution=institution, by=by, now=now)
        submitted = services.submit_update(drafted, by=by, now=now)
        return services.publish_update(submitted, by=by, now=now)


def officer_of(institution, role=Membership.Role.REPORTER, **account):
    return MembershipFactory(
        institution=institution, role=role, account=AccountFactory(**account)
    ).account


def contact_for(commitment, **account):
    return MembershipFactory(
        institution=InstitutionFactory(name=f"Central office {next(_serial)}"),
        role=Membership.Role.POINT_OF_CONTACT,
        plan=commitment.plan,
        account=AccountFactory(**account),
    ).account


def civil_society_for(commitment, **account):
    return MembershipFactory(
        institution=InstitutionFactory(kind=Institution.Kind.CIVIL_SOCIETY),
        role=Membership.Role.CIVIL_SOCIETY_LEAD,
        plan=commitment.plan,
        account=AccountFactory(**account),
    ).account


def administrator(**account):
    return MembershipFactory(
        institution=None, role=Membership.Role.ADMINISTRATOR, account=AccountFactory(**account)
    ).account


def researcher(**account):
    return officer_of(
        InstitutionFactory(kind=Institution.Kind.MULTILATERAL),
        Membership.Role.IRM_RESEARCHER,
        **account,
    )


def make_correction(update, level=None, **report):
    report.setdefault("nations", list(update.nations.all()))
    report.setdefault("as_of", update.as_of)
    report.setdefault("institution", update.institution)
    return make_update(update.target, level or update.level, corrects=update, **report)


def move_due_date(milestone, to, reason, *, by=None, now=None, **given):
    """Move the due date at once, as the lead institution of the commitment says."""
    institution = given.get("institution", lead_of(milestone.commitment))
    content = AmendmentContent("due_date_moved", timezone.localdate(now), reason, due_to=to)
    return make_amendment(milestone, content, institution=institution, by=by, now=now)


@contextmanager
def past_the_guards():
    """Take the triggers away meanwhile, for rows that only a database without them would have."""
    triggers.drop()
    yield
    triggers.install()


def make_document(title="Self-assessment report", **given):
    return {"source_title": title, "source_url": "https://www.gov.uk/report", **given}


def write_part(target, code, state, *, published_at=None):
    """Write where a milestone or a whole commitment stands in a nation, past the services.

    These would refuse most of it.

    For tests that compare two readings of the same rows. `state`: a level, "words" for
    words without one, "behind" or "going_on" for a schedule without one, "told" or "told completed"
    for one that only an assessor tells, "" for not reported, "not_applicable", or None for no row
    at all.
    """
    progress_of(target).filter(nation__code=code).delete()
    if state is not None:
        row = NationProgress(**columns_of(target), nation=nation(code))
        _write_row(row, state, published_at)
    if isinstance(target, Milestone):
        fresh = Milestone.objects.for_cells().get(pk=target.pk)
        Milestone.objects.filter(pk=target.pk).update(**summary_of(fresh))


def _write_row(row, state, published_at):
    if state == "not_applicable":
        row.applies, row.not_applicable_reason = False, "Not devolved"
    elif state:
        told, state = state.startswith("told"), state.removeprefix("told ")
        schedule = {"behind": "behind_schedule", "going_on": "on_schedule"}.get(state, "")
        level = "" if schedule else {"words": "", "told": "limited"}.get(state, state)
        with guards.loading():
            row.update = ProgressUpdate.objects.create(
                commitment=row.commitment,
                milestone=row.milestone,
                level=level,
                level_basis="given" if level else "",
                words_as_published="" if level else "In progress",
                schedule=schedule,
                provenance="assessor_report" if told else "published_elsewhere",
                as_of=timezone.localdate(published_at),
                narrative="Written past the services.",
                source_title="A test",
                obstacles="None.",
                recorded_at=published_at or timezone.now(),
                published_at=published_at or timezone.now(),
                state="published",
            )
            row.update.nations.add(row.nation)
        for name, value in copies_of(row.update).items():
            setattr(row, name, value)
    row.save()


def _in_scope(target):
    without = {row.nation_id for row in progress_of(target) if not row.applies}
    return [row for row in commitment_of(target).nations.all() if row.pk not in without]
