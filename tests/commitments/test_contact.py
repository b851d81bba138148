"""Readers are told where to write, or that nobody has said where."""

import pytest

from ogp_tracker.environment import email_address


@pytest.mark.parametrize("address", ["/accessibility/", "/privacy/"])
def test_reader_finds_where_to_write(client, settings, address):
    settings.CONTACT_EMAIL = "tracker@example.org"
    assert 'href="mailto:tracker@example.org"' in client.get(address).text

    settings.CONTACT_EMAIL = ""
    page = client.get(address).text
    assert "mailto:" not in page
    assert "does not give an email address" in page


def test_operator_is_told_of_an_address_that_is_none():
    assert email_address(" tracker@example.org ") == "tracker@example.org"
    with pytest.raises(ValueError, match="not an email address"):
        email_address("tracker")
