"""What the interface says of itself, and that it keeps to it whatever is sent: schemathesis over its description."""

import json
from contextlib import closing
from typing import Any
from uuid import uuid4

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
from grievance.models import FieldPartner, Relay
from tests.cases.programs import API, Program, a_body, token_for
from tests.factories import SiteFactory
from tests.grievance.partners import a_partner, at_work

EXAMPLES = 50  # of each call, good ones and bad ones, beside those that its shapes give
LIVES = 20  # of calls that follow on one another
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
# What the shapes give as examples, their border cases one by one, then chance.
interface.config.phases.examples.fill_missing = True
# What fits the shapes may still break a rule between two fields, which no shape says.
EXCLUDED = [positive_data_acceptance]
# A list is answered with 200 where single rows of it are refused. `test_api_filing` asks of both.
OF_LISTS = [*EXCLUDED, negative_data_rejection]


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
    excluded = OF_LISTS if case.operation.path.endswith("/batches/") else EXCLUDED
    case.call_and_validate(headers=known(secret), excluded_checks=excluded)


@pytest.mark.long
def test_no_answer_is_either_where_calls_follow_on_one_another(secret: str) -> None:
    """What was filed is asked for, gets files, and stands on the pages of the list: along the description's links."""

    class Life(interface.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Any) -> None:
            if case.operation.definition.raw["operationId"] == "file_grievance":  # else one in many fits every rule
                case.body, case.headers["Idempotency-Key"] = a_body(), str(uuid4())

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": known(secret)}

        def validate_response(self, response: Any, case: Any, additional_checks: Any = (), **more: Any) -> None:
            case.validate_response(
                response, excluded_checks=OF_LISTS, additional_checks=list(additional_checks), **more
            )

    lives = settings(max_examples=LIVES, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    Life.run(settings=lives)
    assert Relay.objects.count() > 1


def known(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}


def test_the_description_is_public_and_may_be_kept(db: None) -> None:
    answer = Client().get(f"{API}schema/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert not answer.cookies
    assert answer.json()["openapi"].startswith("3.1")
