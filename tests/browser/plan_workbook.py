"""The empty workbook of a plan, filled in as a point of contact does: made up, and says so."""

from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell import Cell

COMMITMENTS, MILESTONES_OF_EACH = 15, 5
DATES = ("30 June 2028", "Spring 2028", "Q3 2028", "end 2028", "31 March 2029")
"""As a plan gives them, in words."""

SUBJECTS = (
    *("public contracts", "spending over £500", "school places", "hospital waiting lists"),
    *("air quality", "bus times", "planning decisions", "ministers' meetings", "flood defences"),
    *("housing repairs", "court lists", "food hygiene", "water quality", "land ownership"),
    "the use of algorithms",
)
STEPS = (
    "Agree what is published",
    "Publish a first part",
    "Ask its users",
    "Publish all",
    "Review",
)


class PlanWorkbook:
    """A downloaded workbook; each of its sheets has the names of its columns in the first row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path)

    def add(self, sheet: str, **cells: str) -> None:
        page = self.book[sheet]
        row = 2
        while any(cell.value is not None for cell in page[row]):
            row += 1
        for name, value in cells.items():
            self.put(sheet, row, name, value)

    def put(self, sheet: str, row: int, name: str, value: str) -> str:
        """Return which cell it is, such as "B4"."""
        cell = self.cell(sheet, row, name)
        cell.value = value
        return cell.coordinate

    def cell(self, sheet: str, row: int, name: str) -> Cell:
        page = self.book[sheet]
        return page.cell(row, [cell.value for cell in page[1]].index(name) + 1)

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path

    def fill_in(self, plan_id: str, nation: str) -> None:
        for name in ("Records", "Transport"):
            self.add(
                "institutions",
                institution_id=f"example-department-for-{name.lower()}",
                name=f"Example data: Department for {name}",
                kind="government_department",
            )
        for number, subject in enumerate(SUBJECTS[:COMMITMENTS], start=1):
            named = f"EXAMPLE-{number}"
            lead = "transport" if number % 5 == 0 else "records"
            self.add(
                "commitments",
                commitment_id=named,
                plan_id=plan_id,
                label=str(number),
                title=f"Example data: open data on {subject}",
                objective=f"Everyone can look up {subject} in one place.",
                timeline_as_published="January 2028 to March 2029",
                start_date="1 January 2028",
                end_date="31 March 2029",
                nation_codes=nation,
                lead_ids=f"example-department-for-{lead}",
            )
            for place, (step, due) in enumerate(zip(STEPS, DATES, strict=True), start=1):
                self.add(
                    "milestones",
                    commitment_id=named,
                    label=f"{number}.{place}",
                    text=f"Example data: {step} ({subject}).",
                    due_on=due,
                )
