"""The remedy on the case page: its buttons, what they lead to, and what stands there afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from cases.commands.remedy import plan
from cases.models import Case, Evidence, Payment, RemedyStep
from grievance.commands.filing import Filed
from grievance.keys import data_key_for_office, seal_text
from tests.cases.conftest import AT
from tests.cases.promises import promised
from tests.cases.test_admin import at_desk, do, page_of, text
from tests.cases.test_remedy import designing, follow, verifier

__all__ = ["designing", "verifier"]

LATER = (timezone.now() + timedelta(days=30)).date().isoformat()


def typed(case: Case, **changes: Any) -> dict[str, Any]:
    given = {
        "type": "compensation",
        "owner": case.respondents.get(tier=0).pk,
        "due_on": LATER,
        "what": "Two months of wages",
        "indicator": "Proof of payment",
        "text_sw": "Mishahara ya miezi miwili",
        "text_en": "Two months of wages",
    }
    return {**given, **changes}


@pytest.fixture
def desk(client: Client, designing: Case, handler: User, settings: Any) -> Client:
    return at_desk(client, handler)


def test_a_remedy_is_planned_asked_about_and_agreed(desk: Client, designing: Case, filed: Filed) -> None:
    assert "Plan a step" in text(desk.get(page_of(designing)))
    do(desk, designing, "step", **typed(designing))
    step = RemedyStep.objects.get()
    assert set(step.texts.values_list("language", flat=True)) == {"sw", "en"}
    assert "No consultation with the people who filed is on record." in text(do(desk, designing, "agree-plan"))
    do(desk, designing, "consult")
    plan.answer_consultation(following=follow(filed), agrees=True, words="", at=timezone.now())
    do(desk, designing, "check-waivers", sure="on")
    do(desk, designing, "agree-plan")
    designing.refresh_from_db()
    assert designing.stage == "remedy_delivery"
    do(desk, designing, "claim", step=step.pk, words="Paid on Monday", delivered_on=AT.date().isoformat())
    shown = text(desk.get(page_of(designing)))
    for words in ("The company claims", "Paid on Monday", "Claimed delivered: 1. Confirmed by the people: 0."):
        assert words in shown
    assert "not reached" not in shown  # nobody is silent who was not asked
    assert 'do/verify/"' not in shown  # the handler does not verify what the handler carries


def test_bad_input_keeps_what_was_typed_and_says_what_is_wrong(desk: Client, designing: Case) -> None:
    shown = text(do(desk, designing, "step", **typed(designing, due_on="2020-01-01")))
    assert "The day has to lie after today" in shown
    assert "Mishahara ya miezi miwili" in shown
    shown = text(do(desk, designing, "step", **typed(designing, owner="")))
    assert "Two months of wages" in shown
    assert not RemedyStep.objects.exists()


def test_amounts_in_two_currencies_are_refused(desk: Client, designing: Case, handler: User) -> None:
    step = plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    filing = designing.filings.get()
    paid = {"step": step.pk, "filing": filing.pk, "basis": "wages", "amount": "120.50", "due_on": LATER}
    do(desk, designing, "payment", **paid, currency="USD")
    shown = text(do(desk, designing, "payment", **{**paid, "due_on": "2031-01-01"}, currency="CDF"))
    assert "in another currency" in shown
    assert Payment.objects.get().currency == "USD"
    sealed = seal_text(data_key_for_office(designing.key_id), "a slip", "evidence")
    slip = Evidence.objects.create(
        case=designing, kind="document", sealed_words=sealed, obtained_on=AT.date(), by=handler, at=AT
    )
    do(desk, designing, "prove", payment=Payment.objects.get().pk, evidence=slip.pk)
    assert Payment.objects.get().proved_at
    assert Payment.objects.get().received is None


def test_a_buyer_leaves_only_with_the_effect_on_the_workers_on_record(
    desk: Client,
    designing: Case,
) -> None:
    buyer = designing.respondents.get(tier=1)
    do(desk, designing, "exit", respondent=buyer.pk, leaves_on=LATER, workers=140, words="They lose their shift.")
    shown = text(desk.get(page_of(designing)))
    assert "140 workers affected" in shown
    assert "They lose their shift." in shown


def test_the_page_asks_as_often_for_twelve_steps_as_for_one(
    desk: Client,
    designing: Case,
    handler: User,
) -> None:
    desk.get(page_of(designing))
    asked = []
    for count in (1, 12):
        for number in range(RemedyStep.objects.count(), count):
            plan.plan_step(case=designing, promised=promised(designing, what=f"step {number}"), by=handler, at=AT)
        with CaptureQueriesContext(connection) as questions:
            assert f"step {count - 1}" in text(desk.get(page_of(designing)))
        asked.append(len(questions))
    assert asked[0] == asked[1]
