"""Schemathesis asks the API what its description allows, and much that it does not.

Nothing may be a fault of ours, and every answer has to be one that is described. In the strict run
it asks at least 2,000 times on SQLite, and always the same; which database answers makes little
difference to what is asked, so on PostgreSQL it asks less.
"""

from collections import Counter

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from schemathesis.checks import CHECKS

from tests.environment import STRICT
from tests.world import make_everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

answers = Counter()


@pytest.fixture
def described(without_zeal, db, request):
    # Schemathesis writes there what it is at, and pytest 9.2 no longer has it.
    request.node._nodeid = request.node.nodeid
    whole = STRICT and connection.vendor == "sqlite"
    make_everything()
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    schema.config.generation.update(max_examples=40 if whole else 4, deterministic=STRICT)
    if STRICT:
        schema.config.seed = 1
    yield schema
    assert answers.total() >= (1000 if whole else 400), answers
    assert set(answers) >= {200, 304, 400, 404, 405}


@schemathesis.pytest.from_fixture("described").parametrize()
def test_program_that_asks_anything_gets_a_described_answer(case):
    answer = case.call()
    answers[answer.status_code] += 1
    # No description can say which rows there are: an id that fits may still be unknown.
    unknown = CHECKS.get_one("positive_data_acceptance")
    case.validate_response(answer, excluded_checks=[unknown])
