from unittest import mock

import pytest
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_load_balancer_asks_and_hears_ok(client):
    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response["Cache-Control"]


def test_load_balancer_hears_that_the_database_is_away(client):
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        response = client.get("/healthz")

    assert (response.status_code, response.text) == (503, "database unavailable\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_load_balancer_needs_no_tls_but_everybody_else_does(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/robots.txt").status_code == 301
