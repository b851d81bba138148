"""A small world for the walk through all rights: accounts by role, and rows by name.

Two departments and two commitments of England, each beside the other's business; the Scottish
Government with two of its own and one that is delivered in England, too. Of each there is a draft
and what is public, and under them reports, evidence, assessments and replies in every state.

The free words of every row hold its `mark`, so that a test can tell whether a page gives away
anything of a row that it should hide.
"""

from django.contrib.auth import get_user_model

from commitments.models import ActionPlan, Commitment, Institution
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.facts import EvidenceFacts
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from ogp_tracker.mistakes.models import Mistake
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PlanFactory,
    PolicyAreaFactory,
    ReminderFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_document,
    make_report,
    move_due_date,
    nation,
    nations,
)
from tests.signing_in import TrackerClient, sign_in

Account = get_user_model()


AUTHORS = {
    "own": ("colleague", "lead"),
    "neighbour": ("neighbour reporter", "neighbour"),
    "scottish": ("scottish", "several"),
}
"""Who writes and who signs off in the name of whom."""


def mark(model, name):
    return f"«{model._meta.model_name}: {name}»"


class World:
    """All rows by model and name, and a way to be any of the accounts."""

    def __init__(self):
        self.rows = {}
        self.sent = {}
        nations()
        for code in ("eng", "sct", "wls", "nir"):
            self.add(code, nation(code))
        self._make_plans_and_institutions()
        self._make_accounts()
        self.add("week", ReminderFactory(account=self.account("lead")))
        for name in ("open", "sent"):
            self.add(name, Mistake.objects.create(text=mark(Mistake, name), state=name))
        self._make_commitments()
        self._make_milestones()
        self._make_reports_of_progress()
        self._make_assessments()
        self.cookies = {
            name: sign_in(TrackerClient(), account).cookies
            for name, account in self.rows[Account].items()
            if name != "unused"
        }
        # Signed in, and switched off while the session lasts.
        Account.objects.filter(pk=self.account("switched off").pk).update(is_active=False)
        self._name_the_rest()

    def add(self, name, row):
        self.rows.setdefault(type(row), {})[name] = row
        return row

    def client(self, name):
        """Return a client of the account as it has just signed in; "nobody" has not."""
        client = TrackerClient()
        client.cookies.load(self.cookies.get(name, {}))
        return client

    def account(self, name):
        return self.rows[Account][name]

    def _make_plans_and_institutions(self):
        plans = {"own": {}, "neighbour": {}, "scottish": {"needs_civil_society_sign_off": True}}
        for name, given in plans.items():
            self.add(name, PlanFactory(title=mark(ActionPlan, name), **given))
        for name, kind, code in (
            ("home", "government_department", "eng"),
            ("neighbour", "government_department", "eng"),
            ("idle", "group", "eng"),
            ("scottish", "devolved_government", "sct"),
            ("centre", "group", None),
            ("civil society", "civil_society", "sct"),
            ("assessors", "multilateral", None),
        ):
            row = InstitutionFactory(
                name=mark(Institution, name),
                kind=kind,
                nation=nation(code) if code else None,
                team_mailbox=f"mailbox-of-{name.replace(' ', '-')}@example.org",
            )
            self.add(name, row)
        self.add("area", PolicyAreaFactory())
        self.add("value", OGPValueFactory())

    def _make_accounts(self):
        """Make each account with its memberships; a membership is called as its account."""
        own, scottish = self.rows[ActionPlan]["own"], self.rows[ActionPlan]["scottish"]
        for name, memberships in {
            "reporter": [("reporter", "home", None)],
            "lead": [("lead", "home", None)],
            "plan": [("point_of_contact", "centre", own)],
            "nation": [("point_of_contact", "home", None)],
            "civil": [("civil_society_lead", "civil society", scottish)],
            "irm": [("irm_researcher", "assessors", None)],
            "admin": [("administrator", None, None)],
            "super": [],
            "several": [
                ("lead", "scottish", None),
                ("point_of_contact", "home", None),
                ("administrator", None, None),
            ],
            "colleague": [("reporter", "home", None)],
            "neighbour": [("lead", "neighbour", None)],
            "neighbour reporter": [("reporter", "neighbour", None)],
            "scottish": [("reporter", "scottish", None)],
            "no role": [],
            "switched off": [("lead", "home", None)],
            "unused": [],
        }.items():
            account = AccountFactory(
                username=f"account-{name.replace(' ', '-')}",
                first_name=mark(Account, name),
                is_superuser=name == "super",
            )
            self.add(name, account)
            for role, institution, plan in memberships:
                row = MembershipFactory(
                    account=account,
                    role=role,
                    institution=institution and self.rows[Institution][institution],
                    plan=plan,
                )
                called = name if len(memberships) == 1 else f"{name} as {role}"
                self.add(called, row)

    def _make_commitments(self):
        for name, plan, lead, codes in (
            ("own", "own", "home", ["eng"]),
            ("own draft", "own", "home", ["eng"]),
            ("neighbour", "neighbour", "neighbour", ["eng"]),
            ("neighbour draft", "neighbour", "neighbour", ["eng"]),
            ("scottish", "scottish", "scottish", ["sct"]),
            ("scottish draft", "scottish", "scottish", ["sct"]),
            ("joint", "scottish", "scottish", ["eng", "sct"]),
            ("led", "scottish", "scottish", ["sct"]),
        ):
            row = CommitmentFactory(
                title=mark(Commitment, name),
                plan=self.rows[ActionPlan][plan],
                lead=self.rows[Institution][lead],
                nations=codes,
                draft="draft" in name,
            )
            self.add(name, row)
            self.add(name, row.involvements.get())

    def _make_milestones(self):
        commitments = self.rows[Commitment]
        for name in (*commitments, "own reported", "neighbour reported", "scottish reported"):
            commitment = commitments[name.removesuffix(" reported")]
            lead = self.rows[Institution]["home"] if name == "led" else None
            row = MilestoneFactory(commitment=commitment, text=mark(Milestone, name), lead=lead)
            self.add(name, row)
            if name in {"own draft", "own reported", "neighbour reported", "scottish reported"}:
                self._move_due_date(name, row)
        self._propose_amendment()

    def _propose_amendment(self):
        milestone, reporter = self.rows[Milestone]["own reported"], self.account("reporter")
        draft = services.save_amendment(
            milestone,
            AmendmentContent("withdrawn", days_ago(1), mark(Amendment, "own proposed")),
            institution=milestone.commitment.involvements.get().institution,
            by=reporter,
        )
        self.add("own proposed", services.submit_update(draft, by=reporter))

    def _move_due_date(self, name, milestone):
        """Proposed by the point of contact of the nation, signed off by that of the plan."""
        institution = milestone.commitment.involvements.get().institution
        reason = mark(Amendment, name)
        if not name.startswith("own"):
            change = move_due_date(milestone, to=days_ago(-300), reason=reason)
        else:
            content = AmendmentContent("due_date_moved", days_ago(1), reason, due_to=days_ago(-300))
            contact, plan = self.account("nation"), self.account("plan")
            draft = services.save_amendment(milestone, content, institution=institution, by=contact)
            change = services.publish_update(services.submit_update(draft, by=contact), by=plan)
        self.add(name, change)

    def _make_reports_of_progress(self):
        for name, milestone, author, steps in (
            ("my draft", "own reported", "reporter", 0),
            ("colleague's draft", "own reported", "colleague", 0),
            ("submitted", "own reported", "colleague", 1),
            ("published", "own reported", "colleague", 2),
            ("document", "own reported", "plan", 0),
            ("neighbour draft", "neighbour reported", "neighbour reporter", 0),
            ("neighbour published", "neighbour reported", "neighbour reporter", 2),
            ("scottish draft", "scottish reported", "scottish", 0),
            ("scottish submitted", "scottish reported", "scottish", 1),
            ("scottish published", "scottish reported", "scottish", 2),
        ):
            self._report(name, self.rows[Milestone][milestone], self.account(author), steps)

    def _report(self, name, milestone, author, steps):
        lead = milestone.commitment.involvements.get().institution
        piece = EvidenceFacts(
            title=mark(Evidence, name), url=f"https://www.gov.uk/{milestone.pk}/{steps}"
        )
        report = make_report(
            "substantial",
            nations=milestone.commitment.nations.all(),
            narrative=mark(ProgressUpdate, name),
            evidence=[piece],
            source=make_document() if name == "document" else None,
        )
        update = services.record_update(milestone, report, institution=lead, by=author)
        if steps:
            update = services.submit_update(update, by=author)
        if steps == 2:
            if update.milestone.commitment.plan.needs_civil_society_sign_off:
                services.agree_to_update(update, by=self.account("civil"))
            _writes, signs = AUTHORS[name.removesuffix("published").strip() or "own"]
            update = services.publish_update(update, by=self.account(signs))
        self.add(name, update)
        self.add(name, update.evidence.get())

    def _make_assessments(self):
        plan = self.rows[ActionPlan]["own"]
        final = ReportFactory(title=mark(Report, "final"), plan=plan)
        draft = ReportFactory(title=mark(Report, "draft"), plan=plan, draft=True)
        self.add("final", final)
        self.add("draft", draft)
        for name, of, published, report in (
            ("own", "own", True, final),
            ("own unpublished", "joint", False, final),
            ("own in a draft report", "own", True, draft),
            ("of a draft", "own draft", False, final),
            ("neighbour", "neighbour", True, final),
            ("scottish", "scottish", True, final),
        ):
            assessment = AssessmentFactory(
                commitment=self.rows[Commitment][of],
                report=report,
                draft=not published,
                title_in_report=mark(Assessment, name),
            )
            self.add(name, assessment)
            self.add(
                name,
                FindingFactory(
                    assessment=assessment,
                    milestone=self.rows[Milestone][of],
                    found=mark(MilestoneFinding, name),
                ),
            )
        for name, of, about_finding in (
            ("own draft", "own", True),
            ("own published", "own", False),
            ("neighbour draft", "neighbour", True),
            ("neighbour published", "neighbour", False),
            ("scottish published", "scottish", False),
        ):
            assessment = self.rows[Assessment][of]
            finding = self.rows[MilestoneFinding][of] if about_finding else None
            given = {"draft": "draft" in name, "finding": finding, "text": mark(Reply, name)}
            writes, signs = AUTHORS[of]
            given["recorded_by"] = self.account(writes)
            if "published" in name:
                given["signed_off_by"] = self.account(signs)
            self.add(name, ReplyFactory(assessment=assessment, **given))

    def _name_the_rest(self):
        """Call the cells by milestone and nation; see that every row of the world has a name."""
        names = {row.pk: name for name, row in self.rows[Milestone].items()}
        for cell in NationProgress.objects.select_related("nation"):
            self.add(f"{names[cell.milestone_id]} in {cell.nation.code}", cell)
        for model, named in self.rows.items():
            kept = {row.pk for row in model._default_manager.all()}
            assert kept == {row.pk for row in named.values()}, model
            for row in named.values():
                row.refresh_from_db()
