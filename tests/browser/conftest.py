import sqlite3

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from commitments.models import Commitment
from tests.factories import days_ago
from tests.world import make_everything


@pytest.fixture(scope="session")
def kept():
    """Databases with rows that were made once, by what made them."""
    databases = {}
    yield databases
    for database in databases.values():
        database.close()


@pytest.fixture
def made_once(transactional_db, kept):
    """Have a function make rows in the empty database; or copy what it has made before."""

    def made_once(make):
        if make in kept:
            kept[make].backup(connection.connection)
            ContentType.objects.clear_cache()
        else:
            make()
            kept[make] = sqlite3.connect(":memory:")
            connection.connection.backup(kept[make])

    return made_once


@pytest.fixture
def everything(made_once):
    """Rows of every kind, for pages that a browser looks at."""
    made_once(make_everything)
    return Commitment.objects.get(ogp_id="UK9001")


@pytest.fixture
def complaints(page):
    """What the browser says is wrong with pages, as what breaks the security policy."""
    found = []
    page.on(
        "console", lambda message: found.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("response", lambda answer: found.append(answer.url) if answer.status >= 400 else None)
    return found


@pytest.fixture
def addresses(everything):
    """One address of each kind of public page, and of each state that looks different."""
    return (
        "/",
        "/nations/",
        "/nations/sct/",
        "/plans/",
        "/plans/uk-2019-2021/",
        "/plans/example-plan/",
        "/institutions/",
        "/institutions/scottish-government/",
        "/institutions/example-institution/",
        "/commitments/",
        "/commitments/?nation=sct&level=completed&sort=reported",
        "/commitments/?nation=nowhere&page=9",
        "/commitments/?completion=no_evidence_available&nation=wls&area=aid",
        "/commitments/UK0096/",
        "/commitments/UK0067/",
        "/commitments/UK9001/",
        "/commitments/UK0096/milestones/2/",
        "/commitments/UK9001/milestones/1/",
        f"/commitments/UK9001/?as_at={days_ago(0)}",
        "/plans/?as_at=tomorrow",
        "/reports/example-report/?as_at=2020-01-01",
        f"/commitments/UK9001/changes/?from={days_ago(1)}&until=tomorrow",
        "/changes/",
        "/follow/",
        "/mistake/",
        "/mistake/?page=/commitments/UK0096/",
        "/mistake/sent/",
        "/follow/?how_often=never",
        "/commitments/UK9001/embed/",
        "/search/?q=workshop&kind=nothing",
        "/search/?q=goverment",
        "/assessments/",
        "/assessments/?completion=limited",
        "/reports/united-kingdom-design-report-2019-2021/",
        "/reports/example-report/",
        "/reports/ogp-commitment-pages/",
        "/overdue/",
        "/disagreements/",
        "/plans/uk-2019-2021/repository/",
        "/about/",
        "/accessibility/",
        "/privacy/",
        "/api/v1/docs/",
        "/no-such-page/",
    )
