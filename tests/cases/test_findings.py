"""Evidence, people named, and findings with a text for each audience."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import Basis, Capacity, EvidenceKind, HearingKind, Result, SeatKind, ServedKind
from cases.commands import evidence, findings, hearings, persons
from cases.commands.evidence import Exhibit
from cases.commands.findings import Verdict
from cases.models import Case, Evidence, Filing, Finding, FindingText, Hearing, Person, Respondent, Seat
from cases.queries import findings_of
from cases.queries.opened import inquiry_of
from cases.states import Stage
from grievance.commands.filing import Filed
from grievance.models import Complainant, Consent, DataKey
from tests.cases.conftest import AT
from tests.cases.inquiry import facts_talked_over, meeting, reads, standing_in, told, verdict
from tests.cases.test_admin import at_desk, do, page_of, text


@pytest.fixture
def case(case: Case) -> Case:
    return standing_in(case, Stage.INVESTIGATION)


# -- Facts first


def test_facts_are_talked_over_with_who_filed_before_a_finding_behaviour_8(
    case: Case, filed: Filed, handler: User
) -> None:
    with pytest.raises(Refused, match="facts") as refused:
        findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    assert "1 person who filed" in str(refused.value.message)
    assert not Finding.objects.exists()
    facts_talked_over(case, handler)
    findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    finding = reads(filed)[-1]
    assert (finding.kind, finding.language, finding.body) == (ServedKind.FINDING, "sw", "Ulisema kweli")


@pytest.mark.parametrize(("days", "enough"), [(13, False), (14, True)])
def test_an_offer_to_talk_is_waited_for_two_weeks_behaviour_8(
    case: Case, handler: User, days: int, enough: bool
) -> None:
    hearings.plan_hearing(case=case, meeting=meeting(case), by=handler, at=AT)
    later = AT + timedelta(days=days)
    if enough:
        findings.find(case=case, verdict=verdict(), by=handler, at=later)
    else:
        with pytest.raises(Refused, match="facts"):
            findings.find(case=case, verdict=verdict(), by=handler, at=later)


def test_a_talk_that_is_agreed_for_a_later_day_is_waited_for_behaviour_8(case: Case, handler: User) -> None:
    day = AT + timedelta(days=20)
    hearings.plan_hearing(case=case, meeting=meeting(case, planned_on=day.date()), by=handler, at=AT)
    with pytest.raises(Refused, match="facts"):
        findings.find(case=case, verdict=verdict(), by=handler, at=AT + timedelta(days=15))
    findings.find(case=case, verdict=verdict(), by=handler, at=day)


def test_a_finding_is_made_once_however_often_the_button_is_pressed(case: Case, handler: User) -> None:
    facts_talked_over(case, handler)
    findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    with pytest.raises(Refused, match="found_already"):
        findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    assert case.events.filter(kind="finding_made").count() == 1


def test_who_declines_to_talk_holds_up_no_finding_behaviour_8(case: Case, handler: User) -> None:
    talk = hearings.plan_hearing(case=case, meeting=meeting(case), by=handler, at=AT)
    hearings.decline_hearing(hearing=talk, by=handler, at=AT)
    findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    assert case.findings.count() == 1


def test_a_settlement_needs_everybody_to_have_chosen_to_talk_behaviour_8(case: Case, handler: User) -> None:
    facts_talked_over(case, handler)
    settled = verdict(basis=Basis.SETTLEMENT)
    for wanted in (None, False):
        Filing.objects.update(dialogue_wanted=wanted, dialogue_answered_at=None if wanted is None else AT)
        with pytest.raises(Refused, match="opted_in"):
            findings.find(case=case, verdict=settled, by=handler, at=AT)
    Filing.objects.update(dialogue_wanted=True, dialogue_answered_at=AT)
    findings.find(case=case, verdict=settled, by=handler, at=AT)


def test_a_company_admits_at_any_time_once_it_was_told(case: Case, handler: User) -> None:
    company = case.respondents.order_by("tier")[0]
    admitted = {"basis": Basis.ADMISSION, "companies": "The wages of January are owed."}
    with pytest.raises(Refused, match="respondent"):
        findings.find(case=case, verdict=verdict(**admitted), by=handler, at=AT)
    with pytest.raises(Refused, match="company_not_told"):
        findings.find(case=case, verdict=verdict(**admitted, respondent=company), by=handler, at=AT)
    findings.find(case=case, verdict=verdict(**admitted, respondent=told(case)), by=handler, at=AT)


def test_nothing_to_put_right_is_neither_admitted_nor_settled(case: Case, handler: User) -> None:
    unfounded = verdict(basis=Basis.ADMISSION, result=Result.UNSUBSTANTIATED, companies="x", respondent=told(case))
    with pytest.raises(Refused, match="result"):
        findings.find(case=case, verdict=unfounded, by=handler, at=AT)


# -- A text for each audience


def test_each_audience_reads_its_own_text(case: Case, filed: Filed, handler: User) -> None:
    facts_talked_over(case, handler)
    company = told(case)
    with pytest.raises(Refused, match="text_missing"):
        findings.find(case=case, verdict=verdict(respondent=company), by=handler, at=AT)
    written = verdict(
        respondent=company, companies="Wages were held back at the site.", office="Payslips and a witness."
    )
    findings.find(case=case, verdict=written, by=handler, at=AT)
    assert set(FindingText.objects.values_list("audience", "language")) == {
        ("complainant", "sw"), ("respondent", "en"), ("office", "en"),
    }  # fmt: skip
    assert not any(b"Wages" in bytes(text.sealed_body) for text in FindingText.objects.all())
    assert [text.body for text in reads(filed) if text.kind == ServedKind.FINDING] == ["Ulisema kweli"]
    (found,) = inquiry_of(case, handler, AT).findings
    bodies = {body for _text, body in found.texts}
    assert bodies == {"Ulisema kweli", "Wages were held back at the site.", "Payslips and a witness."}
    assert found.fallback == []


def test_without_their_language_people_read_english_and_the_office_sees_it(
    case: Case, filed: Filed, handler: User
) -> None:
    facts_talked_over(case, handler)
    with pytest.raises(Refused, match="text_missing") as refused:
        findings.find(case=case, verdict=verdict(theirs={"fr": "Vous aviez raison"}), by=handler, at=AT)
    assert "Kiswahili" in str(refused.value.message)
    findings.find(case=case, verdict=verdict(theirs={"en": "You were right"}), by=handler, at=AT)
    assert (reads(filed)[-1].language, reads(filed)[-1].body) == ("en", "You were right")
    assert inquiry_of(case, handler, AT).findings[0].fallback == ["sw"]


def test_a_finding_is_written_in_their_language_later_and_they_read_that_one_alone_behaviour_7(
    client: Client, case: Case, filed: Filed, handler: User
) -> None:
    facts_talked_over(case, handler)
    findings.find(case=case, verdict=verdict(theirs={"en": "You were right"}), by=handler, at=AT)
    case = standing_in(case, Stage.REMEDY_DESIGN)
    finding = Finding.objects.get()
    desk = at_desk(client, handler)
    assert "Write the finding in one language more" in text(desk.get(page_of(case)))
    do(desk, case, "word-finding", finding=finding.pk, language="sw", body="Ulisema kweli")
    assert [one.body for one in reads(filed) if one.kind == ServedKind.FINDING] == ["Ulisema kweli"]
    assert inquiry_of(case, handler, AT).findings[0].fallback == []
    assert "Write the finding in one language more" not in text(desk.get(page_of(case)))
    with pytest.raises(Refused, match="written_already"):
        findings.word_finding(finding=finding, language="sw", body="Tena", by=handler, at=AT)
    Finding.objects.update(set_aside_at=AT)
    with pytest.raises(Refused, match="set_aside"):
        findings.word_finding(finding=finding, language="fr", body="Vous aviez raison", by=handler, at=AT)
    assert case.events.filter(kind="finding_worded").count() == 1


# -- People named


def accused(case: Case, by: User) -> Person:
    return persons.name_person(case=case, capacity=Capacity.ACCUSED, name="Bernard Foreman", by=by, at=AT)


def test_nobody_is_found_against_who_was_not_invited_to_answer(case: Case, handler: User) -> None:
    facts_talked_over(case, handler)
    person = accused(case, handler)
    with pytest.raises(Refused, match="accused"):
        findings.find(case=case, verdict=verdict(), by=handler, at=AT)
    persons.invite(person=person, by=handler, at=AT)
    findings.find(case=case, verdict=verdict(), by=handler, at=AT)


def test_inviting_the_accused_needs_the_consent_of_who_filed_behaviour_12(case: Case, handler: User) -> None:
    person = accused(case, handler)
    Consent.objects.create(complainant=Complainant.objects.get(), given=False, at=AT)
    with pytest.raises(Refused, match="consent"):
        persons.invite(person=person, by=handler, at=AT)
    person.refresh_from_db()
    assert person.asked_at is None


def test_a_survivor_agrees_to_the_inquiry_itself_before_anybody_at_the_site_hears_behaviour_17(
    case: Case, person: Callable[..., User]
) -> None:
    Case.objects.update(track="survivor")
    specialist = person("sofia", Role.HANDLER, Role.SURVIVOR)
    with pytest.raises(Refused, match="consent"):
        accused(case, specialist)
    Filing.objects.update(investigation_agreed_at=AT)
    foreman = accused(case, specialist)
    Filing.objects.update(investigation_agreed_at=None)  # taken back
    with pytest.raises(Refused, match="consent"):
        persons.invite(person=foreman, by=specialist, at=AT)
    Filing.objects.update(investigation_agreed_at=AT)
    persons.invite(person=foreman, by=specialist, at=AT)


def test_a_witness_is_heard_with_their_consent_alone(case: Case, handler: User) -> None:
    witness = persons.name_person(case=case, capacity=Capacity.WITNESS, name="Chantal", by=handler, at=AT)
    interview = meeting(case, kind=HearingKind.INTERVIEW, speaker=witness)
    hearing = hearings.plan_hearing(case=case, meeting=interview, by=handler, at=AT)
    for used in (
        lambda: hearings.hold_hearing(hearing=hearing, minutes="I saw it", language="en", by=handler, at=AT),
        lambda: persons.record_words(person=witness, consents=None, words="I saw it", by=handler, at=AT),
        lambda: persons.record_words(person=witness, consents=False, words="I saw it", by=handler, at=AT),
    ):
        with pytest.raises(Refused, match="person_consents"):
            used()
    persons.record_words(person=witness, consents=True, words="I saw it", by=handler, at=AT)
    hearings.hold_hearing(hearing=hearing, minutes="I saw it", language="en", by=handler, at=AT)
    (named,) = inquiry_of(case, handler, AT).persons
    assert (named.name, named.label, named.words) == ("Chantal", "Witness 1", "I saw it")


def test_a_witness_who_says_no_takes_their_words_back(case: Case, handler: User) -> None:
    witness = persons.name_person(case=case, capacity=Capacity.WITNESS, name="Chantal", by=handler, at=AT)
    persons.record_words(person=witness, consents=True, words="I saw it", by=handler, at=AT)
    persons.record_words(person=witness, consents=False, words="", by=handler, at=AT)
    witness.refresh_from_db()
    assert (witness.sealed_words, witness.answered_at) == (None, None)
    with pytest.raises(Refused, match="nothing_said"):
        persons.record_words(person=witness, consents=None, words="", by=handler, at=AT)


def test_a_name_is_shown_to_those_who_handle_or_decide_and_goes_with_its_own_key(
    case: Case, handler: User, person: Callable[..., User]
) -> None:
    accused(case, handler)
    investigator, panellist = person("ivan", Role.INVESTIGATOR), person("pia")
    Seat.objects.create(case=case, user=panellist, kind=SeatKind.PANELLIST, given_by=handler, given_at=AT)
    assert [inquiry_of(case, one, AT).persons[0].name for one in (handler, panellist)] == ["Bernard Foreman"] * 2
    assert inquiry_of(case, investigator, AT).persons[0].name is None
    named = Person.objects.get()
    assert named.key_id != case.key_id
    DataKey.objects.get(pk=named.key_id).wraps.all().delete()
    assert inquiry_of(case, handler, AT).persons[0].name is None


# -- Evidence


def exhibit(**changes: Any) -> Exhibit:
    return Exhibit(
        **{"kind": EvidenceKind.DOCUMENT, "obtained_on": AT.date(), "words": "Payslips of January", **changes}
    )


def test_evidence_says_what_it_is_and_whether_its_minutes_were_checked(case: Case, handler: User) -> None:
    talk = facts_talked_over(case, handler)
    evidence.log_evidence(case=case, exhibit=exhibit(hearing=talk), by=handler, at=AT)
    assert b"Payslips" not in bytes(Evidence.objects.get().sealed_words)
    (logged,) = inquiry_of(case, handler, AT).evidence
    assert logged.words == "Payslips of January"
    assert logged.hearing is not None
    assert logged.hearing.unchecked


def test_evidence_is_not_logged_from_the_future_nor_before_it_was_said(case: Case, handler: User) -> None:
    with pytest.raises(Refused, match="obtained_on"):
        evidence.log_evidence(case=case, exhibit=exhibit(obtained_on=AT.date() + timedelta(days=1)), by=handler, at=AT)
    talk = hearings.plan_hearing(case=case, meeting=meeting(case), by=handler, at=AT)
    with pytest.raises(Refused, match="not_held"):
        evidence.log_evidence(case=case, exhibit=exhibit(hearing=talk), by=handler, at=AT)
    assert not Evidence.objects.exists()


def test_an_inquiry_is_read_with_the_same_number_of_questions_however_long_it_is(
    case: Case, handler: User, django_assert_num_queries: Any
) -> None:
    inquiry_of(case, handler, AT)
    for result in Result:
        persons.name_person(case=case, capacity=Capacity.WITNESS, name=result, by=handler, at=AT)
        facts_talked_over(case, handler)
        findings.find(case=case, verdict=verdict(result=result), by=handler, at=AT)
    assert Hearing.objects.count() == len(findings_of(case)) == 3
    with django_assert_num_queries(9):
        assert len(inquiry_of(case, handler, AT).findings) == 3


def test_a_verdict_is_for_one_company_of_this_case(case: Case, handler: User) -> None:
    stranger = Respondent(case_id=case.pk + 1)
    with pytest.raises(Refused, match="not_found"):
        findings.find(case=case, verdict=verdict(respondent=stranger), by=handler, at=AT)
    assert isinstance(verdict(), Verdict)
