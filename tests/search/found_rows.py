"""One row of every kind that the search knows, in readers' sight and out of it."""

from commitments.models import PolicyArea
from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.facts import EvidenceFacts
from ogp_tracker.search.finding import Choices, find
from ogp_tracker.search.query import parse
from ogp_tracker.search.sources import rows_by_source
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_amendment,
    make_update,
)

_number = iter(range(1, 10**6))


def make_one_of_each(word, *, hidden=(), **commitment):
    """Write one row of every kind that holds the word; return them by their class.

    `hidden` names what is not published: "commitment", "update", "report", "assessment", "reply".
    """
    unpublished = {name: {"draft": True} for name in hidden}
    number = next(_number)
    lead = InstitutionFactory(name=f"Office {number} of {word}")
    promised = CommitmentFactory(
        title=f"Commitment about {word}",
        plan=PlanFactory(title=f"Plan {number} for {word}"),
        lead=lead,
        **unpublished.get("commitment", {}),
        **commitment,
    )
    milestone = MilestoneFactory(commitment=promised, text=f"Do {word}")
    piece = EvidenceFacts(title=f"Minutes of {word}", url="https://www.gov.uk/minutes")
    update = make_update(
        milestone,
        "completed",
        narrative=f"We did {word}.",
        evidence=[piece],
        publish="update" not in hidden,
    )
    content = AmendmentContent("put_on_hold", days_ago(1), f"Waits for {word}.")
    write = services.save_amendment if "update" in hidden else make_amendment
    amendment = write(milestone, content, institution=lead, by=None)
    report = ReportFactory(
        plan=promised.plan, title=f"Report {number} on {word}", **unpublished.get("report", {})
    )
    assessment = AssessmentFactory(
        commitment=promised,
        report=report,
        analysis=f"They did {word}.",
        **unpublished.get("assessment", {}),
    )
    finding = FindingFactory(assessment=assessment, milestone=milestone, found=f"Of {word}.")
    reply = ReplyFactory(
        assessment=assessment, finding=finding, text=f"No {word}.", **unpublished.get("reply", {})
    )
    area = PolicyArea.objects.create(name=f"Area {number} of {word}", slug=f"area-{number}")
    promised.policy_areas.add(area)
    nation = promised.nations.first()
    nation.other_names = word
    nation.save()
    rows = (promised, promised.plan, lead, milestone, update, update.evidence.get(), nation, area)
    return {type(row): row for row in (*rows, amendment, reply, report, assessment, finding)}


def found(text, **choices):
    """Return the rows that a reader finds, as (model, key) in their order."""
    keys = find(parse(text), Choices(**choices)).keys
    return [(source.model, pk) for key in keys for source, [pk] in rows_by_source([key]).items()]


def titles_found(model, text):
    keys = [pk for kind, pk in found(text) if kind is model]
    rows = model.objects.in_bulk(keys)
    return [rows[key].title for key in keys]
