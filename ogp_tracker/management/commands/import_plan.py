"""`manage.py import_plan FILE...`: what the import pages of the admin do, for operators."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ogp_tracker.common.written_dates import InvalidDate, read_day
from ogp_tracker.importing.effects import EffectKind
from ogp_tracker.importing.imports import grids_of, preview, write
from ogp_tracker.importing.run import Run, SourceDocument
from ogp_tracker.importing.sheet import Refusal, SheetRefused


class Command(BaseCommand):
    help = (
        "Bring in a plan: a workbook (XLSX) or CSV files with the columns of the exports. First"
        " shows what every row would do, then asks. All of it is written, or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--publish", action="store_true", help="publish today what has no date of publication"
        )
        parser.add_argument("--preview", action="store_true", help="write nothing")
        parser.add_argument("--no-input", action="store_true", help="write without asking")
        parser.add_argument("--plan", default="", help="id of the plan, for rows that name none")
        parser.add_argument("--report", default="", help="id of the report, likewise")
        parser.add_argument("--commitment", default="", help="id of the commitment, likewise")
        parser.add_argument("--document", default="", help="title of the document of progress")
        parser.add_argument("--document-url", default="", help="its web address")
        parser.add_argument("--document-date", type=_day, help="when it was published")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="answer to a question of the preview; can be given several times",
        )

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            grids = grids_of(map(content_of, files))
            shown = preview(grids, self.run_of(files, options))
            self.show(shown)
            if options["preview"] or not shown.does_anything:
                return
            if not options["no_input"] and not self.agrees():
                self.stdout.write("Nothing was written.")
                return
            done = write(grids, self.run_of(files, options), shown=shown.fingerprint)
        except SheetRefused as refused:
            self.refuse(refused.refusals)
        number = sum(one.kind is not EffectKind.SAME for one in done.effects)
        words = "1 row is written." if number == 1 else f"{number} rows are written."
        self.stdout.write(self.style.SUCCESS(words))

    def run_of(self, files: list[Path], options: dict[str, Any]) -> Run:
        document = SourceDocument(
            options["document"], options["document_url"], options["document_date"]
        )
        ids = {f"{name}_id": options[name] for name in ("plan", "report", "commitment")}
        return Run(
            file_name=", ".join(one.name for one in files),
            chosen={name: value for name, value in ids.items() if value},
            document=document,
            answers=dict(one.split("=", 1) for one in options["answer"] if "=" in one),
            publish=options["publish"],
            tell=self.tell,
        )

    def tell(self, sheet: str, done: int, of: int) -> None:
        """One line that grows, for people who watch; nothing for a log."""
        if self.stderr.isatty():
            # Without its style: only errors are red.
            self.stderr.write(f"\r{sheet}: {done:,} of {of:,} rows ", str, ending="")
            if done == of:
                self.stderr.write("", str)

    def show(self, shown: Run) -> None:
        for note in shown.notes:
            self.stdout.write(note)
        for effect in shown.effects:
            if effect.kind is EffectKind.SAME and not effect.notes:
                continue
            first, *more = effect.sentences
            self.stdout.write(f"{effect.sheet}, row {effect.row}: {effect.name}: {first}")
            for sentence in (*more, *effect.notes, *effect.warnings):
                self.stdout.write(f"    {sentence}")
        for question in shown.questions:
            choices = ", ".join(f"{value} ({words})" for value, words in question.choices)
            self.stdout.write(f"{question.sentence} Taken: {question.answer}. One of: {choices}.")
            self.stdout.write(f"    To change it: --answer {question.key}=...")
        counted = "; ".join(f"{kind.value}: {number}" for kind, number in shown.counts)
        self.stdout.write(counted if shown.does_anything else "No changes.")

    def agrees(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was written. Add --no-input to write without asking.")
        return input("Write all of this? [y/N] ").strip().lower() in {"y", "yes"}

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        for one in refusals:
            row = f"row {one.row}" if one.row else ""
            place = ", ".join(part for part in (one.sheet, one.cell or row, one.column) if part)
            self.stderr.write(
                self.style.ERROR(f"{place}: {one.sentence}" if place else one.sentence)
            )
        raise CommandError("Nothing was written. Correct the sheets and start again.")


def content_of(file: Path) -> tuple[str, bytes]:
    try:
        return file.name, file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _day(words: str) -> date:
    try:
        return read_day(words)
    except InvalidDate as invalid:
        raise ArgumentTypeError(invalid.message) from None
