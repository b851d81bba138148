"""What a commitment needs before readers may see it. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

UNITED_KINGDOM = "GB"


@dataclass(frozen=True)
class PublicationFacts:
    has_lead: bool
    lead_unknown: bool
    has_nation: bool
    country: str | None
    """Of its plan, "" if not recorded; None without a plan."""
    is_from_document: bool
    """Whether it was loaded, and no officer entered it: a source may name no nation."""

    @property
    def needs_nation(self) -> bool:
        """The nations are those of the United Kingdom: other members' plans have none."""
        return self.country in {UNITED_KINGDOM, ""} and not self.is_from_document


def what_is_missing(facts: PublicationFacts) -> list[str]:
    missing = []
    if not (facts.has_lead or facts.lead_unknown):
        missing.append(
            _(
                "A public commitment needs a lead. Add the institution that leads it, or tick"
                " “The source names no lead”."
            )
        )
    if facts.needs_nation and not facts.has_nation:
        missing.append(_("Tick at least one nation, or nobody can report."))
    return missing
