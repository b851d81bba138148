"""The guide for researchers shows code that works, as far as it is Python."""

import io
import re
from pathlib import Path

import pandas
import pytest

from milestones.models import NationProgress
from tests.world import load_real_rows

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
BLOCKS = re.compile(r"<!-- run: pandas -->\n```python\n(.*?)```", re.DOTALL)


@pytest.mark.django_db
def test_researcher_who_follows_the_guide_gets_tables(client, monkeypatch, capsys):
    load_real_rows()
    from_file = pandas.read_csv
    monkeypatch.setattr(
        pandas,
        "read_csv",
        lambda address, **given: from_file(
            io.BytesIO(client.get(address.removeprefix("https://tracker.example.org")).getvalue()),
            **given,
        ),
    )
    names = {}
    for block in BLOCKS.findall(GUIDE.read_text(encoding="utf-8")):
        exec(block, names)

    assert list(names["counts"].index) == ["eng", "nir", "sct", "wls"]
    completed = NationProgress.objects.filter(level="completed", milestone__isnull=False)
    for code, counted in names["counts"]["completed"].items():
        assert counted == completed.filter(nation__code=code).count() > 0
    assert "UK0096" in set(names["both"]["commitment_id"])
    assert names["as_written"]("'=1") == "=1"
    assert names["as_written"]("plain") == "plain"
    assert "completed" in capsys.readouterr().out
