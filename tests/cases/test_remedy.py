"""A remedy is done when the person harmed says so: planned with them, delivered, looked at, confirmed or disputed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import Involved, Method, RemedyType, SeatKind
from cases.commands import intake, responses
from cases.commands.remedy import delivery, plan, saying
from cases.models import Case, Confirmation, Filing, Involvement, RemedyStep, Seat
from cases.queries import plan_record, says_of, shared_key_of
from grievance import receipts
from grievance.commands import following
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following
from grievance.keys import open_text
from grievance.models import Consent
from tests.cases.conftest import AT, draft
from tests.cases.promises import WORDS, promised

DAY = timedelta(days=1)


@pytest.fixture
def designing(case: Case, handler: User) -> Case:
    """A case whose remedy is being planned, with an operator that takes part."""
    Case.objects.update(stage="remedy_design", handler=handler)
    Filing.objects.update(vetted_at=AT, vetted_by=handler)
    company = case.respondents.get(tier=0)
    case.respondents.filter(pk=company.pk).update(
        state="accepted", approved_at=AT, approved_by=handler, notified_at=AT, people_who_fit=40
    )
    return Case.objects.get()


@pytest.fixture
def verifier(designing: Case, person: Callable[..., User], supervisor: User) -> User:
    guest = person("vera")
    Seat.objects.create(case=designing, user=guest, kind=SeatKind.VERIFIER, given_by=supervisor, given_at=AT)
    return guest


def follow(filed: Filed) -> Following:
    return following.resume(session_key=following.open_session(receipt=filed.receipt, at=AT), at=AT)


def verified(case: Case, filed: Filed, handler: User, verifier: User) -> RemedyStep:
    """A step on its way to the people who filed."""
    step = plan.plan_step(case=case, promised=promised(case), by=handler, at=AT)
    plan.consult(case=case, by=handler, at=AT)
    plan.answer_consultation(following=follow(filed), agrees=True, words="Sawa", at=AT)
    plan.check_waivers(case=case, by=handler, at=AT)
    plan.agree(case=case, by=handler, at=AT)
    delivery.claim(step=step, words="Receipts", evidence=None, delivered_on=AT.date(), by=handler, at=AT)
    delivery.verify(step=step, method=Method.BANK, holds=True, words="Seen", by=verifier, at=AT)
    step.refresh_from_db()
    return step


def test_behaviour_18_no_plan_is_agreed_without_recorded_consultation(
    designing: Case, filed: Filed, handler: User
) -> None:
    plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    plan.check_waivers(case=designing, by=handler, at=AT)
    with pytest.raises(Refused, match="consulted"):
        plan.agree(case=designing, by=handler, at=AT)
    plan.consult(case=designing, by=handler, at=AT)
    with pytest.raises(Refused, match="consulted"):
        plan.agree(case=designing, by=handler, at=AT + 13 * DAY)
    plan.answer_consultation(following=follow(filed), agrees=False, words="Haitoshi", at=AT)
    plan.agree(case=designing, by=handler, at=AT)
    assert Case.objects.get().stage == "remedy_delivery"
    assert RemedyStep.objects.get().state == "agreed"


def test_behaviour_18_each_company_is_cause_contribute_or_linked_and_the_shares_make_a_hundred(
    designing: Case, handler: User
) -> None:
    mine, buyer = designing.respondents.order_by("tier")[:2]
    plan.involve(respondent=mine, kind=Involved.CAUSE, share=70, by=handler, at=AT)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="shares"):
        plan.involve(respondent=buyer, kind=Involved.LINKED, share=31, by=handler, at=AT)  # type: ignore[arg-type]
    plan.involve(respondent=buyer, kind=Involved.LINKED, share=30, by=handler, at=AT)  # type: ignore[arg-type]
    plan.involve(respondent=mine, kind=Involved.CONTRIBUTE, share=60, by=handler, at=AT)  # type: ignore[arg-type]
    held = {row.respondent_id: row.kind for row in Involvement.objects.newest(designing)}
    assert held == {mine.pk: "contribute", buyer.pk: "linked"}


def test_behaviour_14_no_plan_is_agreed_before_somebody_looked_for_waivers(
    designing: Case, filed: Filed, handler: User
) -> None:
    step = plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    plan.consult(case=designing, by=handler, at=AT)
    plan.answer_consultation(following=follow(filed), agrees=True, words="", at=AT)
    with pytest.raises(Refused, match="no_waiver"):
        plan.agree(case=designing, by=handler, at=AT)
    plan.check_waivers(case=designing, by=handler, at=AT)
    # Whoever changes the plan afterwards has it looked at, and asked about, again.
    plan.change_step(step=step, promised=promised(designing, what="Other words"), by=handler, at=AT + DAY)
    with pytest.raises(Refused, match="consulted"):
        plan.agree(case=designing, by=handler, at=AT + DAY)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_on": AT.date()}, "due_before_plan"),
        ({"due_on": date(2020, 1, 1)}, "due_before_plan"),
        ({"indicator": "  "}, "step_complete"),
        ({"what": ""}, "step_complete"),
    ],
)
def test_a_step_that_is_not_whole_is_refused(designing: Case, handler: User, changes: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        plan.plan_step(case=designing, promised=promised(designing, **changes), by=handler, at=AT)
    assert not RemedyStep.objects.exists()


def test_a_company_that_was_not_told_owns_no_step(designing: Case, handler: User) -> None:
    untold = designing.respondents.get(tier=1)
    with pytest.raises(Refused, match="owner_not_told"):
        plan.plan_step(case=designing, promised=promised(designing, owner=untold), by=handler, at=AT)


def test_before_a_finding_only_interim_steps_are_planned(designing: Case, handler: User) -> None:
    Case.objects.update(stage="investigation")
    with pytest.raises(Refused, match="not_planning"):
        plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    interim = promised(designing, type=RemedyType.INTERIM, due_on=(AT + 14 * DAY).date())
    step = plan.plan_step(case=designing, promised=interim, by=handler, at=AT)
    plan.agree_step(step=step, by=handler, at=AT)  # waits for neither consultation nor plan
    assert RemedyStep.objects.get().state == "agreed"
    assert designing.clocks.running().get(step=step).kind == "remedy_step_interim"


def test_a_step_for_one_person_needs_their_consent_to_be_known_or_an_intermediary(
    designing: Case, filed: Filed, handler: User
) -> None:
    Case.objects.update(stage="remedy_delivery")
    filing = designing.filings.get()
    step = plan.plan_step(case=designing, promised=promised(designing, filing=filing), by=handler, at=AT)
    plan.consult(case=designing, by=handler, at=AT)
    plan.answer_consultation(following=follow(filed), agrees=True, words="", at=AT)
    plan.check_waivers(case=designing, by=handler, at=AT)
    with pytest.raises(Refused, match="known_or_through_another"):
        plan.agree_step(step=step, by=handler, at=AT)
    owner = designing.respondents.get(tier=0).organisation
    # Consent to telling what happened is no consent to being known.
    Consent.objects.create(
        complainant=filing.grievance.complainant, organisation=owner, given=True, identity=True, at=AT
    )
    plan.agree_step(step=step, by=handler, at=AT)
    assert RemedyStep.objects.get().state == "agreed"


def test_the_people_who_filed_read_the_promise_in_their_language_with_their_own_number(
    designing: Case, filed: Filed, handler: User
) -> None:
    step = plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    filing = Filing.objects.get()
    from_receipt = follow(filed).data_key
    key = shared_key_of(filing, from_receipt)
    assert key
    text = step.texts.get(language="sw")
    assert open_text(key, text.sealed_body, "step") == WORDS["sw"]
    assert b"mishahara" not in bytes(text.sealed_body)


def test_confirmed_by_the_person_alone(designing: Case, filed: Filed, handler: User, verifier: User) -> None:
    step = verified(designing, filed, handler, verifier)
    assert step.state == "verified"
    with pytest.raises(Refused, match="steps_ended"):
        delivery.monitor(case=designing, by=handler, at=AT)
    saying.say(following=follow(filed), step=step, confirmed=True, version=0, at=AT)
    step.refresh_from_db()
    assert step.state == "confirmed"
    assert designing.events.filter(kind="step_confirmed").count() == 1
    delivery.monitor(case=designing, by=handler, at=AT)
    # And may be taken back through monitoring.
    saying.say(following=follow(filed), step=step, confirmed=False, version=1, words="Bado", at=AT + DAY)
    step.refresh_from_db()
    assert (step.state, step.disputes) == ("disputed", 1)


def test_two_phones_at_once_make_one_outcome_and_one_event(
    designing: Case, filed: Filed, handler: User, verifier: User
) -> None:
    step = verified(designing, filed, handler, verifier)
    one, other = follow(filed), follow(filed)
    saying.say(following=one, step=step, confirmed=True, version=0, at=AT)
    with pytest.raises(Refused, match="answered_meanwhile"):
        saying.say(following=other, step=step, confirmed=False, version=0, at=AT)
    step.refresh_from_db()
    assert step.state == "confirmed"
    assert Confirmation.objects.get().confirmed
    said = designing.events.filter(kind__in=("step_confirmed", "step_disputed", "step_said"))
    assert said.count() == 1


def test_disputed_once_is_done_again_and_disputed_twice_is_for_the_panel(
    designing: Case, filed: Filed, handler: User, verifier: User, person: Callable[..., User], supervisor: User
) -> None:
    step = verified(designing, filed, handler, verifier)
    saying.say(following=follow(filed), step=step, confirmed=False, version=0, words="Nusu tu", at=AT)
    delivery.redo(step=step, due_on=(AT + 20 * DAY).date(), by=handler, at=AT)
    delivery.claim(step=step, words="More", evidence=None, delivered_on=AT.date(), by=handler, at=AT + DAY)
    delivery.verify(step=step, method=Method.BANK, holds=True, words="Seen", by=verifier, at=AT + DAY)
    # The answer to the first round is no answer to the second.
    saying.say(following=follow(filed), step=step, confirmed=False, version=0, at=AT + 2 * DAY)
    with pytest.raises(Refused, match="disputed_once"):
        delivery.redo(step=step, due_on=(AT + 30 * DAY).date(), by=handler, at=AT + 2 * DAY)
    panel = person("pia")
    Seat.objects.create(case=designing, user=panel, kind=SeatKind.PANELLIST, given_by=supervisor, given_at=AT)
    with pytest.raises(Refused, match="not_yours"):
        delivery.determine(step=step, done=True, reasons="Paid in full", by=handler, at=AT + 3 * DAY)
    delivery.determine(step=step, done=True, reasons="Paid in full", by=panel, at=AT + 3 * DAY)
    step.refresh_from_db()
    assert step.state == "determined"
    assert not Confirmation.objects.filter(confirmed=True).exists()


def test_the_handler_does_not_verify(designing: Case, filed: Filed, handler: User, verifier: User) -> None:
    step = verified(designing, filed, handler, verifier)
    RemedyStep.objects.filter(pk=step.pk).update(state="delivered")
    Seat.objects.create(case=designing, user=handler, kind=SeatKind.VERIFIER, given_by=verifier, given_at=AT)
    handler.__dict__.pop("_seats_held", None)
    with pytest.raises(Refused, match="independent_verifier"):
        delivery.verify(step=step, method=Method.VISIT, holds=True, words="", by=handler, at=AT)


def test_silence_lapses_after_three_tries_over_ninety_days_and_a_late_answer_counts(
    designing: Case, filed: Filed, handler: User, verifier: User
) -> None:
    step = verified(designing, filed, handler, verifier)
    assert delivery.sweep(at=AT + 29 * DAY) == 0
    for day, tries in ((30, 2), (60, 3), (89, 3)):
        delivery.sweep(at=AT + day * DAY)
        step.refresh_from_db()
        assert (step.state, step.tries) == ("verified", tries)
    assert delivery.sweep(at=AT + 90 * DAY) == 1
    assert delivery.sweep(at=AT + 91 * DAY) == 0
    step.refresh_from_db()
    assert step.state == "lapsed"
    delivery.monitor(case=designing, by=handler, at=AT + 91 * DAY)
    saying.say(following=follow(filed), step=step, confirmed=True, version=0, at=AT + 200 * DAY)
    step.refresh_from_db()
    assert step.state == "confirmed"


def join(case: Case, chain: dict[str, Any], *, vetted: bool, number: int) -> Filed:
    """One more person in the same case, as a merge leaves them."""
    filed = file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    filing = Filing.objects.order_by("-pk")[0]
    Filing.objects.filter(pk=filing.pk).update(case=case, vetted_at=AT if vetted else None)
    assert number
    return filed


def test_one_dispute_holds_the_step_for_everybody_and_who_is_not_vetted_confirms_nothing(
    designing: Case, filed: Filed, handler: User, verifier: User, chain: dict[str, Any]
) -> None:
    step = verified(designing, filed, handler, verifier)
    second = join(designing, chain, vetted=True, number=2)
    stranger = join(designing, chain, vetted=False, number=3)
    saying.say(following=follow(filed), step=step, confirmed=True, version=0, at=AT)
    saying.say(following=follow(stranger), step=step, confirmed=True, version=0, at=AT)
    step.refresh_from_db()
    assert step.state == "verified"
    saying.say(following=follow(second), step=step, confirmed=False, version=0, at=AT)
    step.refresh_from_db()
    assert step.state == "disputed"
    say = says_of([step], Filing.objects.live().filter(case=designing).select_related("grievance"))[step.pk]
    assert (len(say.confirmed), len(say.disputing), len(say.silent), say.unvetted_confirmed) == (1, 1, 0, 1)
    saying.say(following=follow(second), step=step, confirmed=True, version=1, at=AT)
    step.refresh_from_db()
    assert step.state == "confirmed"


def test_somebody_of_another_case_says_nothing(
    designing: Case, filed: Filed, handler: User, verifier: User, chain: dict[str, Any]
) -> None:
    step = verified(designing, filed, handler, verifier)
    elsewhere = file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    with pytest.raises(Refused, match="not_found"):
        saying.say(following=follow(elsewhere), step=step, confirmed=True, version=0, at=AT)
    assert not Confirmation.objects.exists()


def test_a_plan_asks_its_questions_in_a_number_that_does_not_grow(
    designing: Case, handler: User, chain: dict[str, Any], django_assert_num_queries: Any
) -> None:
    for number in range(3):
        plan.plan_step(case=designing, promised=promised(designing, what=f"step {number}"), by=handler, at=AT)
        join(designing, chain, vetted=True, number=number + 1)
    people = list(Filing.objects.live().filter(case=designing).select_related("grievance"))
    with django_assert_num_queries(4):
        record = plan_record(designing, people, AT)
    assert (record.steps, record.gaps, record.consulted) == (3, 0, False)


def test_the_roles_of_a_remedy_are_kept_apart(designing: Case, officer: User, person: Callable[..., User]) -> None:
    for outsider in (officer, person("lia", Role.LEAD), person("ivo", Role.INVESTIGATOR)):
        with pytest.raises(Refused):
            plan.plan_step(case=designing, promised=promised(designing), by=outsider, at=AT)


def test_a_company_that_owns_a_step_is_not_released_before_somebody_else_owns_it(
    designing: Case, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    step = plan.plan_step(case=designing, promised=promised(designing), by=handler, at=AT)
    owner = designing.respondents.get(tier=0)
    designing.respondents.filter(pk=owner.pk).update(state="contested")
    responses.release(respondent=owner, by=supervisor, at=AT)
    second = person("ines", Role.SUPERVISOR)
    events = designing.events.count()
    with pytest.raises(Refused, match="owns_no_step"):
        responses.release(respondent=owner, by=second, at=AT)
    owner.refresh_from_db()
    assert (owner.state, designing.events.count()) == ("contested", events)
    plan.drop_step(step=step, by=handler, at=AT)
    responses.release(respondent=owner, by=second, at=AT)
    owner.refresh_from_db()
    assert owner.state == "released"
