"""My work in a browser: with little and with a lot to do."""

import pytest

from tests.browser.looking import faults_of
from tests.factories import AccountFactory, administrator, contact_for, officer_of, researcher
from tests.signing_in import sign_in_browser
from tests.work_world import Desk, crowded_desk

pytestmark = pytest.mark.browser

LISTS = ("/admin/my-work/overdue/", "/admin/my-work/plan/silent/", "/admin/my-work/plan/")


def test_my_work_can_be_read_by_everybody(live_server, page, context, transactional_db):
    desk = crowded_desk()
    idle = Desk()
    accounts = {
        "everything": desk.lead,
        "reporter": idle.reporter,
        "nothing": officer_of(idle.partner, is_staff=True),
        "contact": contact_for(idle.commitment(), is_staff=True),
        "administrator": administrator(is_staff=True, is_superuser=True),
        "researcher": researcher(is_staff=True),
        "nobody": AccountFactory(is_staff=True),
    }
    found = []
    for name, account in accounts.items():
        sign_in_browser(context, live_server, account)
        for path in ("/admin/", *(LISTS if name == "everything" else ())):
            page.goto(live_server.url + path)
            found += faults_of(page)
    assert found == []
