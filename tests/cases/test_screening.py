"""Is a case ours: the checklist, the second signature, the reasons, and admitting it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import ELIGIBILITY, LetterKind
from cases.commands import casework, independence, intake, screening
from cases.models import Appeal, Case, Letter
from cases.policies import check_gates, check_move
from cases.queries import on_record, undeclared
from cases.states import Outcome, Stage
from grievance import receipts
from grievance.commands.filing import file_grievance
from grievance.keys import data_key_for_office, seal_text
from tests.cases.conftest import AT, draft, screen
from tests.cases.test_admin import at_desk, do, page_of, text

OURS = dict.fromkeys(ELIGIBILITY, True)
NOT_OURS = {**OURS, "chain": False}
ANSWERS = dict.fromkeys(ELIGIBILITY, "yes")


def write_letter(case: Case, by: User, language: str = "sw") -> None:
    body = seal_text(data_key_for_office(case.key_id), "Tovuti hii haimo katika mnyororo.", "letter")
    Letter.objects.create(case=case, kind=LetterKind.INELIGIBLE, language=language, sealed_body=body, by=by, at=AT)


def declare_free(case: Case, by: User) -> None:
    independence.declare(case=case, towards=dict.fromkeys(undeclared(case)[by.pk], ()), by=by, at=AT)


@pytest.fixture
def screened(case: Case, handler: User, supervisor: User) -> Case:
    screen(case, handler)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    return Case.objects.get()


def test_any_no_makes_a_case_not_ours_with_that_as_its_reason(screened: Case, officer: User) -> None:
    decision = screening.judge(case=screened, answers={**NOT_OURS, "new": False}, by=officer, at=AT)
    assert not decision.eligible
    assert decision.reasons == ["chain", "new"]
    assert screening.judge(case=screened, answers=OURS, by=officer, at=AT).eligible
    assert on_record(screened, at=AT).eligible is True  # the newest holds
    assert list(screened.events.filter(kind="eligibility_judged").values_list("data__eligible", flat=True)) == [
        False,
        True,
    ]


@pytest.mark.parametrize("answers", [{}, {"harm": True}, {**OURS, "who": True}])
def test_every_question_of_the_checklist_is_answered(screened: Case, officer: User, answers: dict[str, bool]) -> None:
    with pytest.raises(Refused, match="checklist_incomplete"):
        screening.judge(case=screened, answers=answers, by=officer, at=AT)


def test_no_question_of_standing_is_asked_of_an_anonymous_person_behaviour_6(
    screened: Case, handler: User, officer: User
) -> None:
    """Nobody knows who it is, and the case is admitted all the same: the checklist is about the harm alone."""
    assert screened.filings.get().grievance.openness == "anonymous"
    assert set(ELIGIBILITY) == {"harm", "chain", "new", "good_faith"}
    screening.judge(case=screened, answers=OURS, by=officer, at=AT)
    declare_free(screened, handler)
    screening.admit(case=screened, by=handler, at=AT)
    assert Case.objects.get().stage == Stage.ASSESSMENT


def test_admitting_asks_for_the_decision_and_for_everybody_at_work(
    screened: Case, handler: User, officer: User
) -> None:
    with pytest.raises(Refused, match="eligible") as refused:
        screening.admit(case=screened, by=handler, at=AT)
    assert "Nobody has decided yet" in str(refused.value.message)
    assert "1 person at work" in str(refused.value.message)
    screening.judge(case=screened, answers=OURS, by=officer, at=AT)
    with pytest.raises(Refused, match="screened"):
        screening.admit(case=screened, by=handler, at=AT)
    declare_free(screened, handler)
    screening.admit(case=screened, by=handler, at=AT + timedelta(days=1))
    case = Case.objects.get()
    assert case.stage == Stage.ASSESSMENT
    assert not case.clocks.filter(kind="eligibility", stopped_at=None).exists()
    assert case.clocks.filter(kind="assessment", stopped_at=None).count() == 1


def test_an_intake_officer_admits_nothing(screened: Case, officer: User) -> None:
    screening.judge(case=screened, answers=OURS, by=officer, at=AT)
    with pytest.raises(Refused, match="not_yours"):
        screening.admit(case=screened, by=officer, at=AT)


def test_ineligible_needs_reasons_a_letter_and_a_second_signature_behaviour_7(
    screened: Case, handler: User, officer: User, supervisor: User
) -> None:
    """Closing is blocked without reasons in the complainant's language; and the person keeps the right to appeal."""
    close: dict[str, Any] = {"case": screened, "by": handler, "at": AT + timedelta(days=2)}
    with pytest.raises(Refused, match="ineligible_reasoned"):
        screening.find_ineligible(**close)
    screening.judge(case=screened, answers=NOT_OURS, by=supervisor, at=AT)
    write_letter(screened, officer, language="en")
    with pytest.raises(Refused, match="supervisor_signed") as refused:
        screening.find_ineligible(**close)
    assert "missing in: Kiswahili" in str(refused.value.message)
    with pytest.raises(Refused, match="same_signature"):
        screening.sign_ineligible(case=screened, by=supervisor, at=AT)
    with pytest.raises(Refused, match="not_yours"):
        screening.sign_ineligible(case=screened, by=handler, at=AT)
    screening.judge(case=screened, answers=NOT_OURS, by=officer, at=AT)
    screening.sign_ineligible(case=screened, by=supervisor, at=AT)
    with pytest.raises(Refused, match="reasons_given"):
        screening.find_ineligible(**close)
    assert Case.objects.get().stage == Stage.SCREENING
    write_letter(screened, officer)
    screening.find_ineligible(**close)
    _is_closed_and_may_be_appealed(Case.objects.get(), AT + timedelta(days=2))


def _is_closed_and_may_be_appealed(case: Case, at: Any) -> None:
    assert (case.stage, case.outcome, case.closed_at) == (Stage.CLOSED, Outcome.INELIGIBLE, at)
    assert set(case.clocks.running().values_list("kind", flat=True)) == {"appeal_filed"}
    assert case.next_due_at is None
    Appeal.objects.create(
        case=case, filing=case.filings.get(), sealed_grounds=b"sealed", filed_at=at, interrupted=case.stage
    )
    check_gates(check_move(case, "appeal"), on_record(case, at=at))


def test_nothing_is_signed_twice_or_without_a_decision(screened: Case, officer: User, supervisor: User) -> None:
    with pytest.raises(Refused, match="nothing_to_sign"):
        screening.sign_ineligible(case=screened, by=supervisor, at=AT)
    screening.judge(case=screened, answers=NOT_OURS, by=officer, at=AT)
    screening.sign_ineligible(case=screened, by=supervisor, at=AT)
    with pytest.raises(Refused, match="nothing_to_sign"):
        screening.sign_ineligible(case=screened, by=supervisor, at=AT)
    screening.judge(case=screened, answers=NOT_OURS, by=officer, at=AT)  # made anew, it is unsigned again
    assert not on_record(screened, at=AT).signed


# -- At the desk


def test_a_case_is_judged_declared_for_and_admitted_at_the_desk(client: Client, screened: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    shown = text(desk.get(page_of(screened)))
    assert "You have not declared yourself yet towards:" in shown
    assert "do/admit/" not in shown
    do(desk, screened, "judge", **ANSWERS)
    assert "It is ours to work on." in text(desk.get(page_of(screened)))
    assert "have not declared" in text(do(desk, screened, "admit")) or "has not declared" in text(
        do(desk, screened, "admit")
    )
    parties = {f"party-{pk}": "free" for pk in undeclared(screened)[handler.pk]}
    do(desk, screened, "declare", **parties)
    shown = text(desk.get(page_of(screened)))
    assert "You have not declared yourself yet" not in shown
    assert "Who declared" in shown
    do(desk, screened, "admit")
    assert Case.objects.get().stage == Stage.ASSESSMENT


def test_a_case_is_found_ineligible_at_the_desk(
    client: Client, screened: Case, handler: User, supervisor: User
) -> None:
    desk = at_desk(client, handler)
    do(desk, screened, "judge", **{**ANSWERS, "chain": "no"})
    shown = text(desk.get(page_of(screened)))
    for words in ("It is not ours to work on.", str(ELIGIBILITY["chain"]), "The second signature is missing."):
        assert words in shown
    assert "do/sign-ineligible/" not in shown
    refused = text(do(desk, screened, "ineligible"))
    assert "A supervisor has to sign it too." in refused
    assert "missing in: Kiswahili" in refused
    do(at_desk(client, supervisor), screened, "sign-ineligible")
    write_letter(screened, handler)
    do(at_desk(client, handler), screened, "ineligible")
    assert Case.objects.get().outcome == Outcome.INELIGIBLE


def test_two_officers_press_the_same_button_and_one_is_told_so(
    client: Client, screened: Case, handler: User, person: Callable[..., User]
) -> None:
    """Both have the page open; one outcome, one event, a clear word to the other."""
    other = person("theo", Role.HANDLER)
    screening.judge(case=screened, answers=OURS, by=handler, at=AT)
    declare_free(screened, handler)
    first, second = at_desk(Client(), handler), at_desk(client, other)
    for desk in (first, second):
        assert "do/admit/" in text(desk.get(page_of(screened)))
    assert do(first, screened, "admit").status_code == 302
    assert "not possible at the stage where the case stands now" in text(do(second, screened, "admit"))
    assert screened.events.filter(kind="case_admitted").count() == 1


def test_evidence_withdrawn_behind_an_open_page_blocks_the_move(
    client: Client, screened: Case, handler: User, officer: User
) -> None:
    screening.judge(case=screened, answers=OURS, by=handler, at=AT)
    declare_free(screened, handler)
    desk = at_desk(client, handler)
    assert "do/admit/" in text(desk.get(page_of(screened)))
    screening.judge(case=screened, answers=NOT_OURS, by=officer, at=AT)
    assert "Nobody has decided yet that this case is ours" in text(do(desk, screened, "admit"))
    assert Case.objects.get().stage == Stage.SCREENING


def test_what_arrives_is_judged_by_what_happened_and_not_by_who_speaks(
    chain: dict[str, Any], handler: User, officer: User
) -> None:
    """A union, a neighbour, nobody at all: the same four questions."""
    for openness in ("anonymous", "confidential", "open"):
        words = draft(site_id=chain["mine"].pk, openness=openness)
        file_grievance(draft=words, nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    for case in Case.objects.all():
        screen(case, handler)
        assert screening.judge(case=case, answers=OURS, by=officer, at=AT).eligible
