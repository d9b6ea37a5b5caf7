"""Notes that gates ask for, how long words are kept, and what holds them."""

import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import FPIC, Capacity, EvidenceKind, Forum, HoldReason, LetterKind, NoteKind
from cases.commands import casework, closing, evidence, notes, outward, persons, reading, retention, urgency
from cases.commands.evidence import Exhibit
from cases.models import Case, Person
from cases.queries import on_record
from cases.queries.kept import keeping_of, notes_opened
from cases.rules.packs import period_began
from cases.states import Outcome, Stage
from grievance import receipts
from grievance.commands import erasing, following
from grievance.commands.conversation import write
from grievance.commands.filing import Filed, file_grievance
from grievance.keys import data_key_for_office, seal_text
from grievance.models import CallGrant, Complainant, DataKey, FollowSession, IdentitySeal, KeyWrap, Opening, SealedChunk
from tests.cases.conftest import AT, STATEMENT, draft
from tests.cases.inquiry import found, standing_in, written
from tests.cases.pictures import upload
from tests.cases.test_remedy import designing, verified, verifier

__all__ = ["designing", "verifier"]

DAY = timedelta(days=1)
ERASED = AT + relativedelta(years=3)
SECRET = "Zwjnote of the office"


def noted(case: Case, by: User, kind: NoteKind = NoteKind.NOTE, at: datetime = AT) -> None:
    notes.write_note(case=case, kind=kind, body=SECRET, by=by, at=at)


@pytest.fixture
def closed(case: Case, handler: User) -> Case:
    """Closed as referred, with reasons; with words of the office."""
    case = standing_in(case, Stage.ASSESSMENT)
    noted(case, handler)
    case.referrals.create(kind="legal", sealed_words=b"sealed", follow_up_on=AT.date(), by=handler, at=AT)
    closing.write_letter(case=case, kind=LetterKind.CLOSING, language="sw", body="Kwa sababu", by=handler, at=AT)
    closing.close(case=case, outcome=Outcome.REFERRED, by=handler, at=AT)
    return Case.objects.get()


# -- Notes


def test_a_note_is_sealed_and_read_by_those_who_work_on_the_case(case: Case, handler: User, client: Client) -> None:
    noted(case, handler)
    note = case.notes.get()
    assert b"Zwjnote" not in bytes(note.sealed_body)
    assert notes_opened(case, handler, AT) == [(note, SECRET)]
    assert case.events.get(kind="note_written").data == {"note": "note"}
    client.force_login(handler)
    assert SECRET in client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "field"), [(NoteKind.NEW_FACTS, "new_facts"), (NoteKind.REFUSAL, "refusal"), (NoteKind.NOTE, None)]
)
def test_a_gate_reads_the_note_that_it_asks_for_and_no_other(
    closed: Case, handler: User, kind: NoteKind, field: str | None
) -> None:
    noted(closed, handler, kind, AT + DAY)
    record = on_record(closed, at=AT + DAY)
    assert [name for name in ("new_facts", "refusal") if getattr(record, name)] == ([field] if field else [])


@pytest.mark.parametrize("kind", [NoteKind.SAFETY_PLAN, NoteKind.EXTENSION])
def test_what_a_clock_hangs_on_is_no_plain_note(case: Case, handler: User, kind: NoteKind) -> None:
    with pytest.raises(Refused, match="own_deed"):
        noted(case, handler, kind)
    assert not case.notes.exists()


# -- Words erased at their date


def test_the_words_are_erased_three_years_after_closing_and_the_record_stays_behaviour_21(
    closed: Case, filed: Filed, handler: User
) -> None:
    assert closed.erase_at == ERASED
    assert retention.sweep(at=ERASED - timedelta(seconds=1)) == 0
    assert KeyWrap.objects.exists()
    assert retention.sweep(at=ERASED) == 1
    assert retention.sweep(at=ERASED + DAY) == 0
    closed.refresh_from_db()
    assert closed.erased_at == ERASED
    assert not KeyWrap.objects.exists()
    assert not DataKey.objects.filter(erased_at=None).exists()
    assert closed.events.get(kind="words_erased").at == ERASED
    with pytest.raises(Refused, match="unknown_receipt"):  # the receipt opens nothing
        following.open_session(receipt=filed.receipt, at=ERASED)
    with pytest.raises(Refused, match="erased"):  # and the office neither
        reading.read_filing(case=closed, filing=closed.filings.get(), by=handler, at=ERASED)
    with pytest.raises(Refused, match="erased"):
        data_key_for_office(closed.key_id)
    assert not Opening.objects.filter(at=ERASED).exists()
    # Who did what, when, stays: seven years (LkSG §10(1)).
    assert closed.events.filter(kind="case_closed").exists()
    assert closed.history.filter(history_change_reason="words_erased").exists()
    assert not Case.objects.record_past(AT + relativedelta(years=7) - DAY).exists()
    assert Case.objects.record_past(AT + relativedelta(years=7)).get() == closed


def test_whatever_lies_beside_the_data_key_goes_with_it(
    case: Case, filed: Filed, handler: User, person: Callable[..., User]
) -> None:
    """Contacts, names in custody, an open follow page, files, people who were named."""
    session = following.open_session(receipt=filed.receipt, at=AT)
    page = following.resume(session_key=session, at=AT)
    with contextlib.closing(upload()) as picture:
        write(following=page, body="picha", language="sw", uploads=[picture], at=AT)
    complainant = Complainant.objects.get()
    CallGrant.objects.create(complainant=complainant, given_at=AT, until_at=AT + relativedelta(years=9))
    Complainant.objects.update(sealed_contact=b"number", sealed_name=b"name")
    key = DataKey.objects.create(made_at=AT)
    KeyWrap.objects.create(key=key, holder="office", body=b"wrap")
    Person.objects.create(case=case, key=key, capacity="witness", by=handler, at=AT)
    Case.objects.update(stage=Stage.CLOSED, closed_at=AT, erase_at=ERASED)
    FollowSession.objects.update(expires_at=ERASED + DAY)
    assert SealedChunk.objects.exists()
    assert retention.sweep(at=ERASED) == 1
    complainant.refresh_from_db()
    assert (complainant.sealed_contact, complainant.sealed_name) == (None, None)
    assert not any(
        rows.exists() for rows in (KeyWrap.objects, SealedChunk.objects, IdentitySeal.objects, FollowSession.objects)
    )
    assert CallGrant.objects.get().revoked_at == ERASED
    with pytest.raises(Refused, match="session_over"):
        following.resume(session_key=session, at=ERASED)


def test_the_page_of_an_erased_case_works_and_says_so(
    closed: Case, handler: User, supervisor: User, client: Client
) -> None:
    retention.sweep(at=ERASED)
    for officer in (handler, supervisor):
        client.force_login(officer)
        answer = client.get(f"/office/admin/cases/case/{closed.reference}/")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "The words of this case were erased on" in page
        assert "nobody can open them any more" in page
        assert 'class="act"' not in page
        assert STATEMENT not in page
    posted = client.post(f"/office/admin/cases/case/{closed.reference}/do/note/", {"kind": "note", "body": "more"})
    assert posted.status_code == 200
    assert "nothing is added to it any more" in posted.content.decode()


def test_another_case_keeps_its_words(closed: Case, chain: dict[str, Any]) -> None:
    other = file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT + DAY)
    retention.sweep(at=ERASED)
    assert following.open_session(receipt=other.receipt, at=ERASED)


def test_a_case_that_was_opened_again_is_not_erased(closed: Case, handler: User) -> None:
    noted(closed, handler, NoteKind.NEW_FACTS, AT + DAY)
    closing.reopen(case=closed, by=handler, at=AT + 2 * DAY)
    assert Case.objects.get().erase_at is None
    assert retention.sweep(at=ERASED) == 0


def test_what_was_set_aside_is_kept_no_longer_than_what_was_closed(case: Case, handler: User) -> None:
    casework.set_aside(case=case, reason="enquiry", by=handler, at=AT)  # type: ignore[arg-type]
    assert Case.objects.get().erase_at == ERASED
    casework.bring_back(case=case, by=handler, at=AT + DAY)
    assert Case.objects.get().erase_at is None
    assert retention.sweep(at=ERASED) == 0
    casework.set_aside(case=case, reason="enquiry", by=handler, at=AT + DAY)  # type: ignore[arg-type]
    assert retention.sweep(at=ERASED + DAY) == 1


def test_one_case_that_cannot_be_erased_holds_up_no_other(
    closed: Case, chain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = DataKey.objects.create(made_at=AT)
    Case.objects.create(
        reference="Zwj", stage=Stage.CLOSED, opened_at=AT, closed_at=AT, erase_at=AT, key=key, site=chain["mine"]
    )
    erase = erasing.erase_words

    def broken(**given: Any) -> None:
        if key.pk in given["keys"]:
            raise ConnectionError
        erase(**given)

    monkeypatch.setattr(retention, "erase_words", broken)
    with pytest.raises(ExceptionGroup):
        retention.sweep(at=ERASED)
    assert Case.objects.get(pk=closed.pk).erased_at == ERASED
    assert Case.objects.get(reference="Zwj").erased_at is None


# -- Holds


def held(case: Case, by: User, until: date, at: datetime = AT) -> None:
    retention.lay_hold(case=case, reason=HoldReason.COURT, words="Zwjground", until_on=until, by=by, at=at)


def test_a_legal_hold_stops_erasure_until_its_end_and_no_longer_behaviour_21(closed: Case, supervisor: User) -> None:
    held(closed, supervisor, (ERASED + 10 * DAY).date())
    hold = closed.holds.get()
    assert b"Zwjground" not in bytes(hold.sealed_words)
    assert keeping_of(closed, supervisor, ERASED).held_until == hold.until_at
    assert retention.sweep(at=ERASED) == 0
    assert retention.sweep(at=hold.until_at - timedelta(seconds=1)) == 0
    assert retention.sweep(at=hold.until_at) == 1
    closed.refresh_from_db()
    assert keeping_of(closed, supervisor, hold.until_at).holds == [(hold, None, False)]


def test_a_hold_that_is_released_holds_no_longer(closed: Case, supervisor: User) -> None:
    held(closed, supervisor, (ERASED + 100 * DAY).date())
    hold = closed.holds.get()
    assert retention.sweep(at=ERASED) == 0
    retention.release_hold(hold=hold, by=supervisor, at=ERASED + DAY)
    with pytest.raises(Refused, match="already_released"):
        retention.release_hold(hold=hold, by=supervisor, at=ERASED + DAY)
    assert retention.sweep(at=ERASED + DAY) == 1


def test_a_hold_has_an_end_and_is_laid_by_a_second_pair_of_eyes(
    closed: Case, supervisor: User, handler: User, person: Callable[..., User]
) -> None:
    with pytest.raises(Refused, match="hold_end"):
        held(closed, supervisor, AT.date())
    for other in (handler, person("ida", Role.INTAKE)):
        with pytest.raises(Refused):
            held(closed, other, (AT + DAY).date())
    assert not closed.holds.exists()


@pytest.mark.parametrize("months", [0, 1, 36])
def test_a_period_that_began_then_is_over_now(months: int) -> None:
    now = ERASED + relativedelta(months=months)
    assert period_began("words_kept", now) == AT + relativedelta(months=months)


# -- A file that is full


@pytest.fixture
def full(designing: Case, filed: Filed, handler: User, verifier: User, supervisor: User) -> Case:
    """A case with a record of every kind, each with a mark in its words, closed long ago."""
    case, key = designing, data_key_for_office(designing.key_id)
    verified(case, filed, handler, verifier)
    standing_in(case, Stage.INVESTIGATION)
    found(case, handler, office=SECRET, companies=SECRET)
    evidence.log_evidence(case=case, exhibit=Exhibit(EvidenceKind.DOCUMENT, AT.date(), SECRET), by=handler, at=AT)
    persons.name_person(case=case, capacity=Capacity.WITNESS, name=SECRET, by=handler, at=AT)
    outward.log_proceeding(
        case=case, forum=Forum.COURT, country="CD", limitation_on=None, words=SECRET, by=handler, at=AT
    )
    noted(case, handler)
    held(case, supervisor, (AT + DAY).date())
    sealed = {"sealed_override": seal_text(key, SECRET, "override")}
    case.assessments.create(
        scale=5, scope=1, irremediability=1, computed="critical", level="low", retaliation="low", by=handler, at=AT,
        **sealed,
    )  # fmt: skip
    case.fpic_entries.create(
        kind="informed", sealed_words=seal_text(key, SECRET, "fpic"), on=AT.date(), by=handler, at=AT
    )
    case.codes.create(code=sorted(FPIC)[0])
    case.respondents.update(sealed_facts=seal_text(key, SECRET, "facts"))
    urgency.mark_urgent(case=case, by=handler, at=AT)
    urgency.plan_safety(case=case, plan=SECRET, by=handler, at=AT)
    written(case, handler)
    Case.objects.update(stage=Stage.CLOSED, closed_at=AT, erase_at=ERASED)
    return Case.objects.get()


def test_a_full_file_opens_before_and_after_its_words_are_erased(
    full: Case, handler: User, supervisor: User, person: Callable[..., User], client: Client
) -> None:
    officers = (handler, supervisor, person("omar", Role.OVERSIGHT))
    address = f"/office/admin/cases/case/{full.reference}/"
    client.force_login(handler)
    before = client.get(address).content.decode()
    assert before.count(SECRET) >= 8
    assert STATEMENT in before
    assert retention.sweep(at=ERASED) == 1
    for officer in officers:
        client.force_login(officer)
        answer = client.get(address)
        assert answer.status_code == 200, officer
        page = answer.content.decode()
        for gone in (SECRET, STATEMENT, "Two months of wages", "January was not paid", "Zwjground"):
            assert gone not in page, gone
        assert "What the gates ahead ask" not in page
    found_again = reading.search_own_words(typed="Hatujalipwa", by=handler, at=ERASED)
    assert not found_again.hits
