"""An address says nothing about who copied it, and hides nothing from who reads it."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from ogp_tracker.common.fields import WebAddressField, WebAddressFormField
from ogp_tracker.common.web_addresses import clean_address, warning_of

SAFELINKS = "https://eur01.safelinks.protection.outlook.com/?url="
BEHIND = "https://www.gov.scot/publications/c/"
ENCODED = "https%3A%2F%2Fwww.gov.scot%2Fpublications%2Fc%2F"
PROOFPOINT = "https-3A__www.gov.scot_publications_c_"
INSTEAD = f"Enter this address instead: {BEHIND}"
OPEN_IT = "Open it, and enter the address of the page that appears"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"{SAFELINKS}{ENCODED}&data=05%7C02%7Cofficer.name%40gov.example%7Cabc", INSTEAD),
        (f"{SAFELINKS}{SAFELINKS.replace('?', '%3F')}{ENCODED}", INSTEAD),
        (f"https://urldefense.com/v3/__{BEHIND}__;!!abc!xyz$", INSTEAD),
        (f"https://urldefense.proofpoint.com/v2/url?u={PROOFPOINT}", INSTEAD),
        (f"https://secure-web.cisco.com/1abc/{ENCODED}", INSTEAD),
        (f"https://news.example.org/click?to={ENCODED}&for=officer.name@gov.example", INSTEAD),
        ("https://www.gov.scot/c?user=officer.name%2540gov.example", OPEN_IT),
        ("https://www.gov.scot/c?user=officer.name@365.example", OPEN_IT),
        ("https://officer:secret@www.gov.scot/c", OPEN_IT),
        (f"https://web.archive.org/web/2026/{SAFELINKS}x", OPEN_IT),
        ("http://teamsite/minutes", "Only your office can open"),
    ],
)
def test_address_that_readers_should_not_see_is_refused_with_what_to_do(address, said):
    with pytest.raises(ValidationError) as refused:
        clean_address(address)
    assert said in refused.value.messages[0]


@pytest.mark.parametrize(
    "page",
    ["@minister@social.example/1", "@55.95,-3,z", f"2026/{BEHIND}", "a@2x.png", "a@1.2.3.zip"],
)
def test_address_of_a_public_page_stays_as_it_is(page):
    address = f"https://example.org/{page}"
    assert (clean_address(address), warning_of(address)) == (address, "")


@pytest.mark.parametrize("host", ["localhost:80", "intranet.gov.example", "[::1]", "a.local"])
def test_address_that_perhaps_only_an_office_can_open_is_warned_of(host):
    assert f"able to open https://{host}/a. Open it in a private" in warning_of(f"https://{host}/a")


def test_form_takes_out_what_nobody_sees_in_an_address():
    field = WebAddressFormField(assume_scheme="https")
    assert field.clean("www.gov\u200b.scot/\u202ea") == "https://www.gov.scot/a"


@pytest.mark.parametrize("name", ["milestones.Evidence.title", "commitments.ActionPlan.title"])
def test_name_with_a_letter_that_turns_or_hides_text_is_refused(name):
    app, model, column = name.split(".")
    with pytest.raises(ValidationError, match="invisible character in this name"):
        apps.get_model(app, model)._meta.get_field(column).clean("Minutes \u202efdp", None)


def test_every_address_that_people_type_has_the_rule():
    fields = [field for model in apps.get_models() for field in model._meta.fields]
    addresses = [field for field in fields if isinstance(field, models.URLField)]
    assert len(addresses) >= 7
    assert all(isinstance(field, WebAddressField) for field in addresses)
