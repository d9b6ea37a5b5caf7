"""The inquiry on the case page, as an officer, an investigator and a panel meet it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from cases.codes import Capacity, EvidenceKind, Forum, Result, SeatKind, ServedKind
from cases.commands import appeals, evidence, outward, persons, reviews
from cases.commands.evidence import Exhibit
from cases.models import Case, Finding, Hearing, Letter, Person, Proceeding, Referral, Seat
from cases.states import Outcome, Stage
from grievance.commands.filing import Filed
from tests.cases.conftest import AT
from tests.cases.inquiry import coming_back, found, reads, standing_in, told, written
from tests.cases.test_admin import at_desk, do, page_of, text


@pytest.fixture
def case(case: Case) -> Case:
    return standing_in(case, Stage.INVESTIGATION)


def test_a_whole_inquiry_is_done_with_the_buttons_of_the_page(
    client: Client, case: Case, filed: Filed, handler: User
) -> None:
    desk = at_desk(client, handler)
    shown = text(desk.get(page_of(case)))
    for button in ("Plan a hearing", "Log evidence", "Name a person", "Make a finding", "Write the letter with reasons",
                   "Close the case", "Log a proceeding elsewhere", "Send to somebody who can help"):  # fmt: skip
        assert button in shown
    for button in ("Record a hearing", "Decide a review", "Decide the appeal", "Open again"):
        assert button not in shown  # there is nothing to record, to decide or to open
    person = f"filing-{case.filings.get().pk}"
    plan = {"kind": "facts", "speaker": person, "planned_on": "2026-03-05", "place": "the union", "place_agreed": "on"}
    do(desk, case, "plan-hearing", **plan)
    hearing = Hearing.objects.get()
    do(desk, case, "hearing-held", hearing=hearing.pk, minutes="Haukulipwa", language="sw")
    do(desk, case, "name-person", capacity="accused", name="Bernard Foreman")
    accused = Person.objects.get()
    do(desk, case, "invite", person=accused.pk)
    do(desk, case, "person-words", person=accused.pk, consents="", words="I paid")
    do(desk, case, "evidence", kind="document", obtained_on="2026-03-01", words="Payslips", hearing=hearing.pk)
    told_texts = {"office": "Not shown", "language": "en", "text_sw": "Haikuonekana", "text_en": ""}
    do(desk, case, "find", basis="inquiry", result="unsubstantiated", **told_texts)
    do(desk, case, "letter", kind="closing", language="sw", body="Kwa sababu hizi")
    shown = text(desk.get(page_of(case)))
    for words in ("Who was heard", "Haukulipwa", "Minutes not checked by the speaker", "Bernard Foreman", "Accused 1",
                  "I paid", "Payslips", "Findings", "Haikuonekana", "Not shown", "Kwa sababu hizi"):  # fmt: skip
        assert words in shown
    do(desk, case, "close", outcome="unsubstantiated")
    assert Case.objects.get().outcome == Outcome.UNSUBSTANTIATED
    kinds = [served.kind for served in reads(filed)]
    assert kinds == [ServedKind.MINUTES, ServedKind.FINDING, ServedKind.LETTER]


def test_what_was_typed_is_never_lost_when_it_is_refused(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    find = {"basis": "inquiry", "result": "partly", "office": "Payslips", "language": "en", "text_sw": "Ulisema kweli"}
    shown = text(do(desk, case, "find", **find))
    assert "The facts were not talked over with 1 person who filed" in shown
    assert "Ulisema kweli" in shown
    assert not Finding.objects.exists()
    shown = text(do(desk, case, "plan-hearing", kind="facts", place="at the gate"))
    assert "at the gate" in shown
    assert not Hearing.objects.exists()


def test_referrals_proceedings_and_their_ends(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    helper = {"kind": "legal", "filing": case.filings.get().pk, "words": "Law clinic", "language": "sw"}
    do(desk, case, "refer", follow_up_on="2999-03-20", consented="on", **helper)
    do(desk, case, "proceeding", forum="court", country="CD", limitation_on="2020-01-01", words="RAT 12")
    shown = text(desk.get(page_of(case)))
    for words in ("Law clinic", "RAT 12", "The last day for acting was 1 Jan 2020", "Ask how it went on 20 Mar 2999"):
        assert words in shown
    do(desk, case, "follow-up", referral=Referral.objects.get().pk, helped="no")
    do(desk, case, "end-proceeding", proceeding=Proceeding.objects.get().pk)
    shown = text(desk.get(page_of(case)))
    assert "It did not help" in shown
    assert "The last day for acting" not in shown


def test_a_panel_reads_the_grounds_and_decides_and_an_investigator_reads_no_name(
    client: Client, case: Case, filed: Filed, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    persons.name_person(case=case, capacity=Capacity.ACCUSED, name="Bernard Foreman", by=handler, at=AT)
    investigator = at_desk(Client(), person("ivan", Role.INVESTIGATOR))
    shown = text(investigator.get(page_of(case)))
    assert "Accused 1" in shown
    assert "Bernard" not in shown
    found(case, handler, result=Result.UNSUBSTANTIATED)
    appeals.file_appeal(following=coming_back(filed), grounds="Hamkusikiliza", at=AT)
    panellist = person("pia", Role.INTAKE)
    Seat.objects.create(case=case, user=panellist, kind=SeatKind.PANELLIST, given_by=supervisor, given_at=AT)
    panel = at_desk(client, panellist)
    shown = text(panel.get(page_of(case)))
    for words in ("Hamkusikiliza", "Waits for the panel", "Decide the appeal", "Bernard Foreman"):
        assert words in shown
    finding = Finding.objects.get()
    decision = {"result": "upheld", "return_to": "investigation", "text_sw": "Tumeangalia", "set_aside": finding.pk}
    do(panel, case, "decide-appeal", **decision)
    finding.refresh_from_db()
    assert finding.set_aside_at is not None
    assert Case.objects.get().stage == Stage.INVESTIGATION


def test_a_supervisor_decides_a_review_on_the_page_and_never_of_their_own_finding(
    client: Client, case: Case, handler: User, supervisor: User
) -> None:
    company = told(case)
    finding = found(case, handler, companies="Wages are owed.")
    desk = at_desk(Client(), handler)
    do(desk, case, "review", respondent=company.pk, finding=finding.pk, grounds="We paid")
    assert "Decide a review" not in text(desk.get(page_of(case)))
    do(at_desk(client, supervisor), case, "decide-review", review=company.reviews.get().pk, upheld="yes")
    finding.refresh_from_db()
    assert finding.set_aside_at is not None
    assert "Set aside on" in text(desk.get(page_of(case)))


def test_the_page_asks_as_often_for_a_long_inquiry_as_for_a_short_one(
    client: Client, case: Case, handler: User
) -> None:
    told(case)
    asked = []
    for rounds in (1, 3):
        for _round in range(rounds):
            _inquire(case, handler)
        desk = at_desk(client, handler)
        desk.get(page_of(case))
        with CaptureQueriesContext(connection) as queries:
            desk.get(page_of(case))
        asked.append(len(queries))
    assert Letter.objects.count() == 4
    assert asked[0] == asked[1]


def _inquire(case: Case, by: User) -> None:
    """One of everything that an inquiry puts on record."""
    company = case.respondents.order_by("tier")[0]
    finding = found(case, by, companies="x")
    reviews.record_review(respondent=company, finding=finding, grounds="x", by=by, at=AT)
    logged = Exhibit(EvidenceKind.DOCUMENT, AT.date(), "x", hearing=Hearing.objects.latest("pk"))
    evidence.log_evidence(case=case, exhibit=logged, by=by, at=AT)
    persons.name_person(case=case, capacity=Capacity.WITNESS, name="x", by=by, at=AT)
    outward.log_proceeding(case=case, forum=Forum.NCP, country="DE", limitation_on=None, words="x", by=by, at=AT)
    written(case, by)
    Finding.objects.update(set_aside_at=AT)
