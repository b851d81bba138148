"""The empty workbook of a plan, filled in as a point of contact does: made up, and says so."""

from openpyxl import load_workbook

COMMITMENTS = (
    *("public contracts", "spending over £500", "school places", "hospital waiting lists"),
    *("air quality", "bus times", "planning decisions", "ministers' meetings", "flood defences"),
    *("housing repairs", "court lists", "food hygiene", "water quality", "land ownership", "laws"),
)
MILESTONES = {
    "agree what is published": "30 June 2028",
    "publish a first part": "Spring 2028",
    "ask its users": "Q3 2028",
    "publish all of it": "end 2028",
    "review what it changed": "31 March 2029",
}
"""Of each commitment, with the due dates as a plan has them."""


class PlanWorkbook:
    """A downloaded workbook; each of its sheets has the names of its columns in the first row."""

    def __init__(self, path):
        self.path = path
        self.book = load_workbook(path)
        self.rows = dict.fromkeys(self.book.sheetnames, 1)

    def add(self, sheet, **cells):
        self.rows[sheet] += 1
        for name, value in cells.items():
            self.cell(sheet, self.rows[sheet], name).value = value

    def cell(self, sheet, row, name):
        page = self.book[sheet]
        return page.cell(row, [cell.value for cell in page[1]].index(name) + 1)

    def saved(self):
        self.book.save(self.path)
        return self.path

    def fill_in(self, plan_id, nation):
        for name in ("Records", "Transport"):
            named = {"name": f"Example data: Department for {name}", "kind": "devolved_government"}
            self.add("institutions", institution_id=f"example-{name.lower()}", **named)
        for number, subject in enumerate(COMMITMENTS, start=1):
            named = {"commitment_id": f"EXAMPLE-{number}"}
            self.add(
                "commitments",
                plan_id=plan_id,
                label=str(number),
                title=f"Example data: open data on {subject}",
                objective=f"Everyone can look up {subject} in one place.",
                end_date="31 March 2029",
                nation_codes=nation,
                lead_ids="example-records" if number % 5 else "example-transport",
                **named,
            )
            for place, (step, due) in enumerate(MILESTONES.items(), start=1):
                text = f"Example data: {step} ({subject})."
                self.add("milestones", label=f"{number}.{place}", text=text, due_on=due, **named)
