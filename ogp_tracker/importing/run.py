"""One import: every sheet is judged and written in one transaction, which a preview takes back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.attribution import attributed_to
from commitments.models import ActionPlan, Commitment, Institution, Nation, OGPValue, PolicyArea
from commitments.rights import Rights, rights_of
from irm.models import Report

from .effects import Effect, EffectKind
from .lookups import Lookup, MilestoneLookup
from .sheet import ImportSheet, Refusal, SheetRow

TOLD_AFTER = 100


@dataclass(frozen=True)
class Question:
    """What only the person can say; until they do, the first choice holds."""

    key: str
    """Names it in a form and between two previews, such as "progress-5-label"."""
    sentence: str
    choices: tuple[tuple[str, str], ...]
    """Value and words of each."""
    answer: str


@dataclass(frozen=True)
class SourceDocument:
    """The document that progress comes from, where the sheet has no columns that name it."""

    title: str = ""
    url: str = ""
    published_on: date | None = None


@dataclass(frozen=True)
class LeftOut:
    """What of a report is not in the sheet."""

    report: Report
    stays: list[str]
    """Commitments whose assessment stays as it is."""
    to_do: list[str]
    """Commitments of its plan of which there is none, and will be none."""


@dataclass
class Run:
    """What is known, answered and found while the sheets of one import are gone through."""

    by: User | None = None
    """None for a command of the operator, which may write everything."""
    file_name: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Ids that were chosen for all rows, by column: {"report_id": "...", "plan_id": "..."}."""
    document: SourceDocument = field(default_factory=SourceDocument)
    answers: Mapping[str, str] = field(default_factory=dict)
    publish: bool = False
    """Whether a command publishes today what the sheets bring without a date of publication."""
    now: datetime = field(default_factory=timezone.now)
    tell: Callable[[str, int, int], None] = lambda sheet, done, of: None
    """Told of each hundred rows: the sheet, how many are done, of how many."""

    effects: list[Effect] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """About whole sheets: what was read how, and what is not written."""
    left_out: list[LeftOut] = field(default_factory=list)
    milestones_touched: set[int] = field(default_factory=set)
    commitments_touched: set[int] = field(default_factory=set)
    """Whose current copies are rebuilt at the end."""

    def __post_init__(self) -> None:
        self.rights: Rights = rights_of(self.by)
        self._attributed: dict[tuple[int | None, ...], tuple[Institution | None, str]] = {}
        self.nations: Lookup[Nation] = Lookup(Nation, "code")
        institutions = Institution.objects.select_related("nation", "succeeded_by")
        self.institutions: Lookup[Institution] = Lookup(Institution, rows=institutions)
        self.plans: Lookup[ActionPlan] = Lookup(ActionPlan)
        seen = Commitment.objects.all() if self.is_command else self.rights.seen_commitments()
        self.commitments: Lookup[Commitment] = Lookup(Commitment, rows=seen)
        parts = ("nations", "policy_areas", "values_claimed", "continues")
        whole = Commitment.objects.select_related("plan").prefetch_related(
            *parts, "involvements__institution"
        )
        self.any_commitments = Lookup(Commitment, rows=whole)
        """Those that the account does not see, too: their ids are taken."""
        reports = Report.objects.select_related("plan", "institution")
        self.reports: Lookup[Report] = Lookup(Report, rows=reports)
        self.policy_areas: Lookup[PolicyArea] = Lookup(PolicyArea, "name")
        self.values: Lookup[OGPValue] = Lookup(OGPValue, "name")
        self.milestones = MilestoneLookup()

    @property
    def is_command(self) -> bool:
        return self.by is None

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def reason(self) -> str:
        """What the history says of every row that is written."""
        return f"Imported from {self.file_name}"[:100]

    def refuse(self, sheet: ImportSheet, row: SheetRow | None, column: str, sentence: str) -> None:
        number, column = (row.number, row.head or column) if row else (0, column)
        where = sheet.cell(number, column)
        self.refusals.append(Refusal(sentence, sheet.name, number, column, where))

    def refuse_all(self, sheet: ImportSheet, row: SheetRow, error: ValidationError) -> None:
        for name, sentences in error.message_dict.items():
            for sentence in sentences:
                self.refuse(sheet, row, name, sentence)

    def ask(self, key: str, sentence: str, choices: Iterable[tuple[str, str]]) -> str:
        """The answer that was given, or else the first of the choices."""
        offered = tuple(choices)
        given = self.answers.get(key, "")
        answer = given if given in dict(offered) else offered[0][0]
        self.questions.append(Question(key, sentence, offered, answer))
        return answer

    def ask_as_printed(self, sheet: str, row: int, column: str, text: str) -> str:
        """A spreadsheet that takes a printed 1.10 for a number has lost its last zero."""
        said = _(
            "%(sheet)s, row %(row)d: the spreadsheet holds the number %(text)s as %(column)s."
            " How is it printed?"
        )
        words = {"sheet": sheet, "row": row, "text": text, "column": column}
        choices = [(text, text), (f"{text}0", f"{text}0")]
        return self.ask(f"{sheet}-{row}-{column}", said % words, choices)

    def rows_of(self, sheet: ImportSheet) -> Iterator[SheetRow]:
        for place, row in enumerate(sheet.rows, start=1):
            yield row
            if place % TOLD_AFTER == 0 or place == len(sheet.rows):
                self.tell(sheet.name, place, len(sheet.rows))

    @cached_property
    def edited(self) -> frozenset[int]:
        """The stored commitments that the account looked after when the import began."""
        return frozenset(self.rights.edited_commitments().values_list("pk", flat=True))

    def may_edit(self, commitment: int) -> bool:
        """Those that came with this import are asked about at its end."""
        return commitment in self.edited or commitment in self.commitments_touched

    def attributed_to(self, row: Model) -> tuple[Institution | None, str]:
        """On behalf of whom, and in which role, the account writes the row."""
        key = getattr(row, "commitment_id", None), getattr(row, "institution_id", None)
        if key not in self._attributed:
            self._attributed[key] = attributed_to(self.by, row)
        return self._attributed[key]

    @property
    def counts(self) -> list[tuple[EffectKind, int]]:
        return [(kind, sum(one.kind is kind for one in self.effects)) for kind in EffectKind]

    @property
    def does_anything(self) -> bool:
        return any(one.kind is not EffectKind.SAME for one in self.effects)

    @property
    def fingerprint(self) -> str:
        """Of all that it does; it differs once anything that is stored has changed."""
        return sha256(repr([one.essence for one in self.effects]).encode()).hexdigest()
