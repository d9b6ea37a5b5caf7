"""What the interface says of itself, and that it keeps to it whatever is sent: schemathesis over its description."""

import json
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from accounts.models import User
from cases.api.open import described
from cases.urls import described as addresses
from grievance.models import FieldPartner
from tests.cases.programs import API, Program, a_body, token_for
from tests.factories import SiteFactory
from tests.grievance.partners import a_partner, at_work

EXAMPLES = 50  # of each call, good ones and bad ones
served = get_wsgi_application()


def application(environ: Any, start_response: Any) -> list[bytes]:
    """As a server calls it: to the end, and closed; but in the transaction of the test, which a server would end."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        answer = served(environ, start_response)
        with closing(answer):
            return [b"".join(answer)]
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


interface = schemathesis.openapi.from_dict(json.loads(described(addresses)))
interface.app = application
# Its own list of border cases is thousands of calls long; chance finds the same here in a minute.
interface.config.phases.coverage.enabled = False


@pytest.fixture
def secret(lead: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a partner that has filed, so that there is something to find; nothing is answered with "please wait"."""
    monkeypatch.setattr("cases.api.door.CALLS_A_MINUTE", 10**9)
    monkeypatch.setattr("cases.api.door.WRONG_TOKENS", 10**9)
    union: FieldPartner = a_partner(lead)
    SiteFactory.create()
    made = token_for(at_work(union, lead, "neema"))
    Program(made).post("grievances/", a_body())
    return made


@pytest.mark.long
@interface.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None, database=None)
def test_no_answer_is_a_fault_of_ours_or_undocumented(case: Any, secret: str) -> None:
    # What fits the shapes may still break a rule between two fields, which no shape says; and a list is answered with
    # 200 where single rows of it are refused. `test_api` asks of both.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"},
        excluded_checks=[positive_data_acceptance, negative_data_rejection],
    )


def test_the_description_is_public_and_may_be_kept(db: None) -> None:
    answer = Client().get(f"{API}schema/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert not answer.cookies
    assert answer.json()["openapi"].startswith("3.1")
