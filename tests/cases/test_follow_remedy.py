"""The remedy on the follow page: the plan asked about, each step confirmed or disputed, the money, leaving, rating."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from cases.codes import Paid
from cases.commands import consent
from cases.commands.remedy import payments, plan
from cases.models import Case, Confirmation, Consultation, Filing, Payment, Rating, RemedyStep, Withdrawal
from grievance.commands.filing import Filed
from grievance.models import Consent
from tests.cases.conftest import AT
from tests.cases.promises import promised
from tests.cases.test_admin import text
from tests.cases.test_remedy import designing, verified, verifier

__all__ = ["designing", "verifier"]

PAGE = "/sw/follow/"


def enter(client: Client, filed: Filed) -> str:
    client.post(PAGE, {"receipt": filed.receipt})
    return text(client.get(PAGE))


def press(client: Client, act: str, **given: Any) -> Any:
    shown = client.get(PAGE)
    return client.post(PAGE, {"csrf": shown.context["csrf"], "act": act, **given})


def test_the_plan_is_read_and_answered(client: Client, designing: Case, filed: Filed, handler: User) -> None:
    plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    assert "Kampuni italipa" in enter(client, filed)
    plan.consult(case=designing, by=handler, at=timezone.now())
    assert 'name="agrees"' in enter(client, filed)
    answer = press(client, "plan", agrees="no", body="Haitoshi")
    assert answer.status_code == 303
    assert Consultation.objects.get().agrees is False
    assert 'name="agrees"' not in enter(client, filed)


def test_a_step_is_confirmed_and_taken_back_and_a_stale_page_is_told_so(
    client: Client,
    designing: Case,
    filed: Filed,
    handler: User,
    verifier: User,
) -> None:
    step = verified(designing, filed, handler, verifier)
    shown = enter(client, filed)
    assert 'name="confirmed"' in shown
    assert press(client, "step", step=step.pk, confirmed="yes", version=0).status_code == 303
    step.refresh_from_db()
    assert step.state == "confirmed"
    again = press(client, "step", step=step.pk, confirmed="no", version=0, body="Nusu tu")
    assert again.status_code == 200
    assert "Nusu tu" in text(again)
    step.refresh_from_db()
    assert step.state == "confirmed"
    assert press(client, "step", step=step.pk, confirmed="no", version=1).status_code == 303
    step.refresh_from_db()
    assert step.state == "disputed"
    assert Confirmation.objects.count() == 1


def test_a_step_of_somebody_else_cannot_be_named(
    client: Client,
    designing: Case,
    filed: Filed,
    handler: User,
    verifier: User,
) -> None:
    step = verified(designing, filed, handler, verifier)
    RemedyStep.objects.filter(pk=step.pk).update(state="agreed")
    enter(client, filed)
    assert press(client, "step", step=step.pk, confirmed="yes", version=0).status_code == 200
    assert not Confirmation.objects.exists()


def test_the_person_says_whether_the_money_came(
    client: Client,
    designing: Case,
    filed: Filed,
    handler: User,
) -> None:
    step = plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    filing = designing.filings.get()
    payments.schedule(
        step=step,
        filing=filing,
        basis=Paid.WAGES,
        amount=Decimal("120.50"),
        currency="USD",
        due_on=step.due_on,
        by=handler,
        at=AT,
    )
    assert "120,5" in enter(client, filed).replace(".", ",")
    assert press(client, "money", payment=Payment.objects.get().pk, received="no").status_code == 303
    assert Payment.objects.get().received is False


def test_leaving_and_rating(client: Client, case: Case, filed: Filed) -> None:
    enter(client, filed)
    assert press(client, "rate", score=4).status_code == 200  # not closed yet
    Case.objects.update(stage="closed", closed_at=AT)
    assert press(client, "rate", score=4).status_code == 303
    assert Rating.objects.get().score == 4
    assert press(client, "withdraw", pressed="yes", body="Niliogopa").status_code == 303
    assert Withdrawal.objects.get().pressed is True
    assert Filing.objects.get().withdrawn_at
    assert 'value="withdraw"' not in text(client.get(PAGE))


@pytest.mark.usefixtures("verifier")
def test_the_page_asks_as_often_for_many_steps_as_for_one(
    client: Client,
    designing: Case,
    filed: Filed,
    handler: User,
) -> None:
    enter(client, filed)
    asked = []
    for count in (1, 10):
        while RemedyStep.objects.count() < count:
            plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as questions:
            client.get(PAGE)
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_being_known_to_a_company_is_asked_and_answered_apart_from_telling_it(
    client: Client,
    designing: Case,
    filed: Filed,
    handler: User,
) -> None:
    company = designing.respondents.get(tier=0)
    consent.ask(case=designing, respondents=[company], few=False, identity=True, by=handler, at=timezone.now())
    assert 'name="identity"' in enter(client, filed)
    answer = press(client, "consent", organisation=company.organisation_id, identity="on", given="yes")
    assert answer.status_code == 303
    person = designing.filings.get().grievance.complainant
    known = Consent.newest([person.pk], company.organisation_id, kind="operator", identity=True)
    assert known[person.pk].given
    press(client, "consent", organisation=company.organisation_id, identity="on", given="no")
    known = Consent.newest([person.pk], company.organisation_id, kind="operator", identity=True)
    assert not known[person.pk].given
    assert Consent.newest([person.pk], company.organisation_id, kind="operator")[
        person.pk
    ].given  # telling it stays allowed
