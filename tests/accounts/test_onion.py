"""The public pages by their onion address: found from every page, never led back to the open web, no office."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

pytestmark = pytest.mark.long

ADDRESS = "a2" * 28 + ".onion"
ONION = f"http://{ADDRESS}"


@pytest.fixture
def onion(settings: Any) -> None:
    """A production process of the open web that has an onion service too."""
    settings.ONION, settings.ONION_HOST = ONION, ADDRESS
    settings.ALLOWED_HOSTS = ["testserver", ADDRESS]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 1000


@pytest.mark.django_db
@pytest.mark.usefixtures("onion")
@pytest.mark.parametrize("path", ["/", "/en/", "/en/file/?site=ABC", "/sw/follow/", "/en/calendar/", "/en/nothing/"])
def test_every_public_page_names_its_twin(path: str) -> None:
    page = Client().get(path, secure=True)
    assert page.headers["Onion-Location"] == ONION + path
    assert page.headers["Strict-Transport-Security"]


@pytest.mark.django_db
@pytest.mark.usefixtures("onion")
@pytest.mark.parametrize(
    "path",
    [
        "/office/account/login/", "/healthz", "/static/public.css", "/api", "/api/v1/grievances/R-7K3M-Q2XA/",
        "/api/v1/sites/?q=mto", "/api/v1/problems/", "/sms/twilio/inbound/secret-of-the-gateway",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_names_none(path: str) -> None:
    assert "Onion-Location" not in Client().get(path, secure=True).headers


@pytest.mark.django_db
@pytest.mark.usefixtures("onion")
def test_whoever_came_by_it_stays_there() -> None:
    page = Client().get("/en/file/", headers={"host": ADDRESS})
    assert page.status_code == 200
    assert "Onion-Location" not in page.headers
    assert "Strict-Transport-Security" not in page.headers
    assert Client().get("/en/file/").headers["Location"].startswith("https://testserver/")


@pytest.mark.django_db
def test_without_one_nothing_is_said_and_its_name_is_refused() -> None:
    assert "Onion-Location" not in Client().get("/en/").headers
    assert Client().get("/en/", headers={"host": ADDRESS}).status_code == 400


def started(**given: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "RECOURSE_VAR": str(project.VAR_DIR), "RECOURSE_KEYS": str(project.KEYS_DIR), **given}
    command = [sys.executable, "-c", "from config import settings as s; print(s.ALLOWED_HOSTS[-1], s.ONION_HOST)"]
    return subprocess.run(
        command, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("address", ["https://example.org", f"{ONION}/path", f"{ONION}:80", "http://short.onion", "x"])
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    process = started(RECOURSE_ONION=address)
    assert process.returncode != 0
    assert "RECOURSE_ONION" in process.stderr


def test_the_process_answers_to_that_name() -> None:
    assert started(RECOURSE_ONION=f"{ONION}/").stdout.split() == [ADDRESS, ADDRESS]
