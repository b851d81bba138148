"""The real data of `fixtures/`: what the tracker knows on its first day."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from .imports import grids_of, write
from .run import Run

VOCABULARIES = "vocabularies"
TABLES = settings.BASE_DIR / "fixtures" / "uk"


@transaction.atomic
def load_real_data(tell: Callable[[str, int, int], None] | None = None) -> Run:
    """Publish all of it today. `tell` hears of each hundred rows, as in `Run`."""
    call_command("loaddata", VOCABULARIES, verbosity=0)
    files = sorted(TABLES.glob("*.csv"))
    run = Run(file_name="fixtures/uk", publish=True)
    if tell is not None:
        run.tell = tell
    return write(grids_of((one.name, one.read_bytes()) for one in files), run)
