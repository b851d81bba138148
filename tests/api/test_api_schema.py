"""The description of the API is valid, whole and true of every answer about the fixtures."""

import json
from urllib.parse import urlsplit

import pytest
import yaml
from django.test import TestCase
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator, FormatChecker

from ogp_tracker.api import description, examples, problems
from ogp_tracker.api.resources import RESOURCES
from ogp_tracker.opendata.columns import Column
from tests.api_pages import API, REAL_ROWS, ask, every
from tests.make_api_examples import real_examples
from tests.pages import read
from tests.world import make_everything


def schema_of(answer):
    return answer | {"components": description.schema()["components"]}


def faults(value, answer):
    checker = Draft202012Validator(schema_of(answer), format_checker=FormatChecker())
    return [f"{list(error.path)}: {error.message}" for error in checker.iter_errors(value)]


def answers():
    for path, methods in description.schema()["paths"].items():
        assert list(methods) == ["get"], path
        yield path, methods["get"]


def content(operation, status="200"):
    answer = operation["responses"][status]
    if "$ref" in answer:
        answer = description.schema()["components"]["responses"][answer["$ref"].split("/")[-1]]
    (described,) = answer["content"].values()
    return described


def operation_of(address):
    parts = urlsplit(f"{API}{address}").path.split("/")
    for path, operation in answers():
        names = path.split("/")
        if len(names) == len(parts) and all(
            name == part or name.startswith("{") for name, part in zip(names, parts, strict=True)
        ):
            return operation
    raise AssertionError(address)


def test_description_is_valid_openapi():
    assert description.schema()["openapi"].startswith("3.1")
    validate_schema(description.schema())


def test_every_answer_is_described_whatever_happens():
    for path, operation in answers():
        expected = {"200", "304", "400", "406", "429", "500", "503"} | (
            {"404"} if "{" in path else set()
        )
        assert set(operation["responses"]) == expected, path
        assert operation["summary"], path


def test_every_kind_of_problem_is_described_by_an_example_that_is_one():
    told = [kind for kind in problems.KINDS if kind.name != "method-not-allowed"]
    for kind in told:
        operation = operation_of("plans/x/")
        assert faults(examples.problem(kind), content(operation, str(kind.status))["schema"]) == []


def test_every_field_is_that_of_its_column():
    components = description.schema()["components"]["schemas"]
    tables = [(one.row_name, one.table) for one in RESOURCES]
    tables += [(each.row_name, each.table) for one in RESOURCES for each in one.nested]
    for name, table in tables:
        fields = components[name]["properties"]
        assert list(fields)[: len(table.columns)] == table.names
        assert set(components[name]["required"]) == set(fields)
        for column in table.columns:
            check_field(fields[column.name], column)


def check_field(field: dict, column: Column):
    assert field["description"] == str(column.description)
    if column.codes:
        none = () if column.required else ("",)
        assert tuple(field["enum"]) == (*column.codes, *none)
    kinds = {"string": "string", "list": "array", "date": "string", "datetime": "string"}
    kind = kinds.get(column.kind, column.kind)
    assert field["type"] in (kind, [kind, "null"]), column.name


def test_every_field_and_parameter_is_on_the_page(client):
    page = read(client, f"{API}docs/")
    for resource in RESOURCES:
        section = page.section(resource.name)
        terms = {term.text() for term in section.all("dt")}
        assert set(resource.table.names) <= terms
        for part in resource.nested:
            assert set(part.table.names) <= terms
        for parameter in operation_of(f"{resource.name}/")["parameters"]:
            if parameter["in"] == "query":
                assert parameter["name"] in terms


@pytest.mark.django_db
def test_page_says_the_limit_that_there_is(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    assert "as many requests as you like" in read(client, f"{API}docs/").text()
    settings.API_REQUESTS_PER_MINUTE = 77
    assert "may send 77 requests a minute" in read(client, f"{API}docs/").text()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "media_type", "reads"),
    [
        ("*/*", "application/json", json.loads),
        ("application/json", "application/json", json.loads),
        ("application/openapi+json", "application/openapi+json", json.loads),
        ("application/yaml", "application/yaml", yaml.safe_load),
        ("application/openapi+yaml", "application/openapi+yaml", yaml.safe_load),
    ],
)
def test_description_comes_in_the_format_that_is_asked_for(client, accept, media_type, reads):
    answer = client.get(f"{API}schema/", headers={"accept": accept})

    assert answer["Content-Type"] == media_type
    assert reads(answer.content) == description.schema()


@pytest.mark.slow
class TestAnswers(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_everything()

    def test_every_answer_is_as_it_is_described(self):
        checked = 0
        for name in (*REAL_ROWS, ""):
            address = f"{name}/" if name else ""
            assert faults(ask(self.client, address), content(operation_of(address))["schema"]) == []
        for resource in RESOURCES:
            for row in every(self.client, f"{resource.name}/"):
                key = "/".join(str(row[one]) for one in resource.table.key)
                described = content(operation_of(f"{resource.name}/{key}/"))["schema"]
                assert faults(row, described) == []
                checked += 1
        assert checked > 100

    def test_examples_of_filters_find_something(self):
        for name, choices in examples.CHOICES.items():
            for choice, values in choices.items():
                for value in values:
                    found = ask(self.client, f"{name}/?{choice}={value}")["results"]
                    assert found, (name, choice, value)

    def test_examples_are_real_answers(self):
        """If this fails: `python -m pytest tests/make_api_examples.py` writes them anew."""
        kept = json.loads(examples.FILE.read_text())

        with self.settings(SITE_URL=examples.SITE, ALLOWED_HOSTS=["*"]):
            assert real_examples(self.client) == kept
