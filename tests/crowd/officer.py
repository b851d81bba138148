"""One process that acts for eight officers, who all report on the same six milestones."""

import itertools
import random
import signal

from django.contrib.auth import get_user_model

from commitments.models import Nation
from milestones import services
from milestones.facts import EvidenceFacts
from milestones.models import Milestone, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.crowd.journal import Journal
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    civil_society_for,
    contact_for,
    days_ago,
    lead_of,
    make_report,
    move_due_date,
)

OFFICERS = 8
STOP = {signal.SIGTERM}
# Where the token of a report stands in the row: no rule looks at it.
TOKEN = "source_locator"


def prepare():
    """Write two commitments with three milestones each; one plan asks for civil society's word."""
    lead = InstitutionFactory(slug="crowd-lead")
    for number in range(OFFICERS):
        officer = AccountFactory(username=f"crowd-officer-{number}")
        MembershipFactory(account=officer, institution=lead, role="lead")
    plans = [PlanFactory(), PlanFactory(needs_civil_society_sign_off=True)]
    for plan in plans:
        commitment = CommitmentFactory(plan=plan, lead=lead)
        for _ in "123":
            MilestoneFactory(commitment=commitment)
        contact_for(commitment, username=f"crowd-contact-{commitment.slug}")
        civil_society_for(commitment, username=f"crowd-society-{commitment.slug}")


class Officer:
    """An officer in this process: reports, corrects, returns, agrees, publishes, moves days."""

    def __init__(self, folder, name):
        self.journal = Journal(folder, name)
        self.name = name
        self.dice = random.Random(name)
        self.serial = itertools.count(1)
        self.told_to_stop = False
        accounts = get_user_model().objects
        self.officers = list(accounts.filter(username__startswith="crowd-officer-"))
        self.others = {one.username: one for one in accounts.filter(username__startswith="crowd-")}
        self.milestones = list(Milestone.objects.select_related("commitment__plan"))
        self.nations = list(Nation.objects.all())
        self.leads = {one.commitment_id: lead_of(one.commitment) for one in self.milestones}

    def work(self, number=None):
        """Report so many times, or until told to stop (SIGTERM)."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        for _ in range(number) if number else itertools.count():
            if self.told_to_stop:
                break
            self.report()
            if self.chance(15):
                self.publish_a_colleagues()
            if self.chance(5):
                self.move_due_date()

    def chance(self, percent):
        return self.dice.randrange(100) < percent

    def _stop(self, *_signal):
        self.told_to_stop = True

    def attempt(self, act, token, call, **more):
        """Do it, note it before and after, and give what came of it; None if it was refused."""
        with self.journal.trying(act, token, **more) as refuse:
            try:
                return call()
            except UpdateRefused as refusal:
                refuse(refusal.messages)

    # A report from its first word to the public

    def report(self):
        milestone = self.dice.choice(self.milestones)
        token = f"{self.name}/{next(self.serial)}"
        author, signer = self.dice.sample(self.officers, 2)
        update = self.record("record", milestone, token, author)
        if update is None or self.chance(50):
            return
        if self.chance(5):
            self.attempt("discard", token, lambda: services.discard_update(update, by=author))
            return
        if self.chance(10):
            self.record("revise", milestone, token, author, update)
        if self.submit(update, token, author) and self.chance(10):
            comment = {"comment": "Say more."}
            back = self.attempt(
                "return", token, lambda: services.return_update(update, by=signer, **comment)
            )
            if back and self.chance(50):
                self.record("revise", milestone, token, author, update)
            self.submit(update, token, author)
        if self.chance(75):
            self.publish(update, signer)

    def record(self, act, milestone, token, author, update=None):
        what = self.words(milestone, token, may_repeat=update is None)
        facts = {
            "codes": sorted(nation.code for nation in what.nations),
            "pieces": len(what.evidence),
        }
        given = {"institution": self.leads[milestone.commitment_id], "by": author}

        def write():
            # Half of the drafts do not ask the rules yet.
            asks = update is None or not self.chance(50)
            keep = services.record_update if asks else services.save_draft
            return keep(milestone, what, update=update, **given)

        return self.attempt(act, token, write, **facts)

    def words(self, milestone, token, may_repeat):
        source = {"source_locator": token}
        if may_repeat and self.chance(10):
            same = EvidenceFacts("The same", "https://www.gov.uk/same")
            return make_report("completed", narrative="The same.", evidence=[same], source=source)
        given = {"narrative": f"What was done, {token}.", "source": source}
        if may_repeat and self.chance(20):
            standing = milestone.updates.published().standing()
            given["corrects"] = standing.order_by("?").first()
        if self.chance(5):
            given["due_on_proposed"] = days_ago(-self.dice.randrange(1, 400))
            given["due_reason"] = f"Other work came first, {token}."
        pieces = [
            EvidenceFacts(f"Page {page}", f"https://www.gov.uk/{token}/{page}")
            for page in range(self.dice.randrange(1, 3))
        ]
        return make_report(
            self.dice.choice(["not_started", "limited", "substantial", "completed"]),
            nations=self.dice.sample(self.nations, self.dice.randrange(1, 5)),
            as_of=days_ago(self.dice.randrange(4)),
            evidence=pieces,
            obstacles="Other work came first.",
            **given,
        )

    def submit(self, update, token, author):
        return self.attempt("submit", token, lambda: services.submit_update(update, by=author))

    def publish(self, update, signer):
        token = getattr(update, TOKEN)
        commitment = update.milestone.commitment
        if commitment.plan.needs_civil_society_sign_off:
            society = self.others[f"crowd-society-{commitment.slug}"]
            self.attempt("agree", token, lambda: services.agree_to_update(update, by=society))
        self.attempt("publish", token, lambda: services.publish_update(update, by=signer))

    # What others do at the same time

    def publish_a_colleagues(self):
        waiting = ProgressUpdate.objects.filter(state="submitted").order_by("?")
        update = waiting.select_related("milestone__commitment__plan").first()
        if update is not None:
            others = [one for one in self.officers if one.pk != update.recorded_by_id]
            self.publish(update, self.dice.choice(others))

    def move_due_date(self):
        milestone = self.dice.choice(self.milestones)
        self.attempt(
            "move",
            f"{self.name}/{next(self.serial)}",
            lambda: move_due_date(
                milestone,
                to=days_ago(-self.dice.randrange(1, 400)),
                reason="The regulator asked for more time.",
                institution=None,
                by=None,
            ),
        )
