"""Letters with reasons, closing, opening again; referrals and proceedings elsewhere."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import Forum, LetterKind, NoteKind, ReferralKind, Result, ServedKind
from cases.commands import closing, outward
from cases.commands.outward import Help
from cases.models import Case, Clock, Filing, Letter, Note, Proceeding, Referral
from cases.queries.opened import letters_opened, outward_of
from cases.states import Outcome, Stage
from grievance.commands.filing import Filed
from tests.cases.conftest import AT
from tests.cases.inquiry import found, reads, standing_in, written

DAY = timedelta(days=1)


@pytest.fixture
def case(case: Case) -> Case:
    return standing_in(case, Stage.INVESTIGATION)


def noted(case: Case, kind: NoteKind, by: User, at: datetime) -> None:
    Note.objects.create(case=case, kind=kind, sealed_body=b"sealed", by=by, at=at)


# -- Closing


def test_a_full_inquiry_closes_as_unsubstantiated_with_reasons_in_their_language_behaviour_7(
    case: Case, filed: Filed, handler: User
) -> None:
    with pytest.raises(Refused, match="reasons_given") as refused:
        closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT)
    assert "Kiswahili" in str(refused.value.message)
    closing.write_letter(case=case, kind=LetterKind.CLOSING, language="en", body="Why", by=handler, at=AT)
    assert letters_opened(case, handler, AT).missing == ["sw"]
    with pytest.raises(Refused, match="reasons_given"):
        closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT)
    written(case, handler)
    assert letters_opened(case, handler, AT).missing == []
    with pytest.raises(Refused, match="remedy_or_refusal"):  # nobody has found anything yet
        closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT)
    found(case, handler, result=Result.UNSUBSTANTIATED)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT)
    case.refresh_from_db()
    assert (case.stage, case.outcome, case.closed_at) == (Stage.CLOSED, Outcome.UNSUBSTANTIATED, AT)
    assert case.erase_at == datetime.fromisoformat("2029-03-02T09:00:00+00:00")
    assert not Clock.objects.owed().filter(case=case).exists()
    letter = reads(filed)[-1]
    assert (letter.kind, letter.language, letter.body) == (ServedKind.LETTER, "sw", "Kwa sababu hizi")
    assert b"sababu" not in bytes(Letter.objects.latest("pk").sealed_body)


def test_a_harm_that_was_found_true_closes_with_remedy_or_its_recorded_refusal_alone(case: Case, handler: User) -> None:
    found(case, handler)
    written(case, handler)
    referred(case, handler)
    for outcome in set(Outcome) - {Outcome.INELIGIBLE}:
        with pytest.raises(Refused, match="remedy_or_refusal"):
            closing.close(case=case, outcome=outcome, by=handler, at=AT)
    assert Case.objects.get().stage == Stage.INVESTIGATION
    noted(case, NoteKind.REFUSAL, handler, AT)
    closing.close(case=case, outcome=Outcome.REMEDY_REFUSED, by=handler, at=AT)


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.REFERRED, Outcome.REMEDIED, Outcome.REMEDY_REFUSED])
def test_an_outcome_is_what_the_record_says(case: Case, handler: User, outcome: Outcome) -> None:
    written(case, handler)
    with pytest.raises(Refused, match="remedy_or_refusal"):
        closing.close(case=case, outcome=outcome, by=handler, at=AT)


def test_a_case_that_everybody_withdrew_from_closes_as_withdrawn(case: Case, handler: User) -> None:
    Filing.objects.update(withdrawn_at=AT)
    closing.close(case=case, outcome=Outcome.WITHDRAWN, by=handler, at=AT)
    assert Case.objects.get().outcome == Outcome.WITHDRAWN


def test_nobody_closes_a_case_as_not_ours_by_the_way(case: Case, handler: User) -> None:
    written(case, handler)
    with pytest.raises(Refused, match="outcome"):
        closing.close(case=case, outcome=Outcome.INELIGIBLE, by=handler, at=AT)


# -- Opening again


@pytest.fixture
def closed(case: Case, handler: User) -> Case:
    found(case, handler, result=Result.UNSUBSTANTIATED)
    written(case, handler)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT)
    return Case.objects.get()


def test_new_facts_open_a_case_again_and_everything_is_owed_again(closed: Case, handler: User) -> None:
    at = AT + 10 * DAY
    with pytest.raises(Refused, match="new_facts"):
        closing.reopen(case=closed, by=handler, at=at)
    noted(closed, NoteKind.NEW_FACTS, handler, at)
    closing.reopen(case=closed, by=handler, at=at)
    closed.refresh_from_db()
    assert (closed.stage, closed.outcome, closed.closed_at, closed.erase_at) == (Stage.ASSESSMENT, "", None, None)
    running = set(Clock.objects.owed().filter(case=closed).values_list("kind", flat=True))
    assert running == {"assessment", "update", "feedback"}


def test_a_case_that_was_opened_again_closes_with_a_letter_of_its_own(closed: Case, handler: User) -> None:
    noted(closed, NoteKind.NEW_FACTS, handler, AT + DAY)
    closing.reopen(case=closed, by=handler, at=AT + DAY)
    with pytest.raises(Refused, match="reasons_given"):
        closing.close(case=closed, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + 2 * DAY)
    written(closed, handler, at=AT + 2 * DAY)
    closing.close(case=closed, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + 2 * DAY)


def test_what_was_erased_is_not_opened_again(closed: Case, handler: User) -> None:
    noted(closed, NoteKind.NEW_FACTS, handler, AT + DAY)
    Case.objects.update(erased_at=AT + DAY)
    with pytest.raises(Refused, match="erased"):
        closing.reopen(case=closed, by=handler, at=AT + DAY)


# -- Referrals and proceedings


def helper(case: Case, **changes: object) -> Help:
    agreed: dict[str, object] = {
        "kind": ReferralKind.LEGAL,
        "filing": case.filings.get(),
        "words": "The law clinic at the market, Tuesdays",
        "language": "sw",
        "follow_up_on": (AT + 14 * DAY).date(),
        "consented": True,
    }
    return Help(**{**agreed, **changes})  # type: ignore[arg-type]


def referred(case: Case, by: User, **changes: object) -> Referral:
    return outward.refer(case=case, helper=helper(case, **changes), by=by, at=AT)


def test_a_person_reads_who_helps_them_and_is_asked_how_it_went(case: Case, filed: Filed, handler: User) -> None:
    referral = referred(case, handler)
    assert [(text.kind, text.body) for text in reads(filed)] == [
        (ServedKind.REFERRAL, "The law clinic at the market, Tuesdays")
    ]
    outward.follow_up(referral=referral, helped=True, by=handler, at=AT + 14 * DAY)
    with pytest.raises(Refused, match="already_recorded"):
        outward.follow_up(referral=referral, helped=False, by=handler, at=AT + 15 * DAY)
    referral.refresh_from_db()
    assert referral.helped is True


def test_a_button_pressed_twice_sends_somebody_on_once(case: Case, filed: Filed, handler: User) -> None:
    assert referred(case, handler) == referred(case, handler)
    assert len(reads(filed)) == 1
    assert case.events.filter(kind="referred").count() == 1
    assert referred(case, handler, words="Another clinic") != referred(case, handler)


@pytest.mark.parametrize(
    ("track", "kind", "allowed"),
    [
        ("standard", ReferralKind.LEGAL, False),
        ("standard", ReferralKind.AUTHORITY, True),
        ("child", ReferralKind.CHILD, True),
        ("survivor", ReferralKind.AUTHORITY, False),
        ("survivor", ReferralKind.MEDICAL, False),
    ],
)
def test_nobody_goes_to_the_police_for_a_survivor_without_their_consent_behaviour_17(
    case: Case, person: Callable[..., User], track: str, kind: ReferralKind, allowed: bool
) -> None:
    Case.objects.update(track=track)
    specialist = person("sofia", Role.HANDLER, Role.SURVIVOR, Role.CHILD)
    if allowed:
        referred(case, specialist, kind=kind, consented=False)
    else:
        with pytest.raises(Refused, match="consent"):
            referred(case, specialist, kind=kind, consented=False)
    assert Referral.objects.exists() is allowed
    referred(case, specialist, kind=kind)


@pytest.mark.parametrize(
    ("last", "warning"),
    [(date(2026, 3, 1), "past"), (date(2026, 3, 2), "near"), (date(2026, 5, 1), "near"), (date(2026, 5, 2), "")],
)
def test_the_last_day_for_acting_elsewhere_is_a_warning_until_the_proceeding_ends(
    case: Case, handler: User, last: date, warning: str
) -> None:
    outward.log_proceeding(
        case=case, forum=Forum.COURT, country="CD", limitation_on=last, words="RAT 12/26", by=handler, at=AT
    )
    assert [one.warning for one in outward_of(case, handler, AT).proceedings] == [warning]
    proceeding = Proceeding.objects.get()
    assert b"RAT" not in bytes(proceeding.sealed_words)
    outward.end_proceeding(proceeding=proceeding, by=handler, at=AT)
    assert [one.warning for one in outward_of(case, handler, AT).proceedings] == [""]
    with pytest.raises(Refused, match="already_recorded"):
        outward.end_proceeding(proceeding=proceeding, by=handler, at=AT)
