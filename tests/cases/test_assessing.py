"""From assessment onwards: severity, the way that a case takes, more time, and a People's consent."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import Basis, Fpic, Result, Risk
from cases.commands import assessing, clocks, consent, fpic, intake
from cases.labels import MOVES
from cases.models import Assessment, Case, CaseCode, Clock, Declaration, Filing, Finding, FpicEntry, Note
from cases.rules.severity import computed
from cases.states import CASE, Severity, Stage, Track
from grievance import receipts
from grievance.commands.filing import file_grievance
from grievance.keys import data_key_for_office, open_text
from grievance.models import Consent
from tests.cases.conftest import AT, draft

PARTS: dict[str, Any] = {"scale": 2, "scope": 2, "irremediability": 2, "imminent": False, "retaliation": Risk.LOW}


# -- The rule


@pytest.mark.parametrize(
    ("scale", "scope", "irremediability", "imminent", "level"),
    [
        (1, 1, 1, True, "critical"),
        (5, 1, 1, False, "critical"),
        (1, 1, 5, False, "critical"),
        (4, 1, 1, False, "high"),
        (1, 1, 4, False, "high"),
        (3, 4, 1, False, "high"),
        (1, 5, 3, False, "medium"),
        (3, 3, 1, False, "medium"),
        (1, 1, 3, False, "medium"),
        (2, 5, 2, False, "low"),
        (1, 1, 1, False, "low"),
    ],
)
def test_severity_follows_from_scale_scope_and_irremediability(
    scale: int, scope: int, irremediability: int, imminent: bool, level: str
) -> None:
    assert computed(scale=scale, scope=scope, irremediability=irremediability, imminent=imminent) == level


PART = st.integers(1, 5)


@given(PART, PART, PART, PART, PART, PART)
def test_a_graver_part_never_makes_a_milder_case(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    levels: list[str] = list(Severity)  # the gravest first
    mild = computed(scale=min(a, d), scope=min(b, e), irremediability=min(c, f), imminent=False)
    grave = computed(scale=max(a, d), scope=max(b, e), irremediability=max(c, f), imminent=False)
    assert levels.index(grave) <= levels.index(mild)


# -- Grading a case


@pytest.fixture
def assessed(case: Case, handler: User) -> Case:
    """Admitted, with a handler who is free of conflict, and everybody asked."""
    Case.objects.filter(pk=case.pk).update(stage=Stage.ASSESSMENT, handler=handler)
    parties = {case.site.operator_id, *case.respondents.values_list("organisation_id", flat=True)} if case.site else ()
    for party in parties:
        Declaration.objects.create(case=case, user=handler, organisation_id=party, clear=True, at=AT)
    case.refresh_from_db()
    return case


def put_code(case: Case, *codes: str) -> None:
    CaseCode.objects.bulk_create(CaseCode(case=case, code=code) for code in codes)


def test_the_newest_grading_holds_and_the_earlier_ones_are_kept(assessed: Case, handler: User) -> None:
    assessing.assess(case=assessed, by=handler, at=AT, **PARTS)
    assessing.assess(case=assessed, by=handler, at=AT, **{**PARTS, "irremediability": 4, "retaliation": Risk.HIGH})
    assessed.refresh_from_db()
    assert assessed.severity == Severity.HIGH
    assert [one.level for one in Assessment.objects.order_by("pk")] == ["low", "high"]
    assert assessed.events.filter(kind="severity_graded").count() == 2


def test_another_severity_than_the_computed_one_needs_a_reason_that_is_sealed(assessed: Case, handler: User) -> None:
    with pytest.raises(Refused, match="override_unreasoned"):
        assessing.assess(case=assessed, by=handler, at=AT, level=Severity.HIGH, **PARTS)
    graded = assessing.assess(case=assessed, by=handler, at=AT, level=Severity.HIGH, override="a child", **PARTS)
    assert (graded.computed, graded.level) == ("low", "high")
    sealed = bytes(graded.sealed_override or b"")
    assert b"child" not in sealed
    assert open_text(data_key_for_office(assessed.key_id), sealed, "override") == "a child"


def test_no_reason_takes_a_severity_under_the_floor_of_the_codes(assessed: Case, handler: User) -> None:
    put_code(assessed, "FL01")
    assert assessing.assess(case=assessed, by=handler, at=AT, **PARTS).level == "high"
    with pytest.raises(Refused, match="below_floor"):
        assessing.assess(case=assessed, by=handler, at=AT, level=Severity.LOW, override="no", **PARTS)


def test_a_harm_that_is_imminent_makes_the_case_urgent_with_its_clocks(assessed: Case, handler: User) -> None:
    assessing.assess(case=assessed, by=handler, at=AT, **{**PARTS, "imminent": True})
    assessed.refresh_from_db()
    assert (assessed.severity, assessed.urgent_since) == (Severity.CRITICAL, AT)
    plan = assessed.clocks.get(kind="safety_plan")
    assert plan.due_at == AT + timedelta(hours=24)


def test_nobody_grades_before_the_case_is_admitted_or_without_the_role(
    case: Case, assessed: Case, handler: User, person: Callable[..., User]
) -> None:
    with pytest.raises(Refused, match="not_yours"):
        assessing.assess(case=assessed, by=person("ina", Role.INVESTIGATOR), at=AT, **PARTS)
    Case.objects.update(stage=Stage.SCREENING)
    with pytest.raises(Refused, match="not_now"):
        assessing.assess(case=assessed, by=handler, at=AT, **PARTS)
    assert not Assessment.objects.exists()


# -- Which way it goes


def test_the_way_out_of_assessment_says_what_is_missing(assessed: Case, handler: User) -> None:
    with pytest.raises(Refused, match="assessed") as refused:
        assessing.investigate(case=assessed, by=handler, at=AT)
    assert "not graded yet" in str(refused.value.message)
    assessing.assess(case=assessed, by=handler, at=AT, **PARTS)
    Consent.objects.all().delete()
    with pytest.raises(Refused, match="assessed") as refused:
        assessing.investigate(case=assessed, by=handler, at=AT)
    assert "1 person has not been asked yet" in str(refused.value.message)
    consent.ask(case=assessed, respondents=list(assessed.respondents.all()), few=False, by=handler, at=AT)
    assessing.investigate(case=assessed, by=handler, at=AT)
    assessed.refresh_from_db()
    assert assessed.stage == Stage.INVESTIGATION
    assert assessed.clocks.get(kind="investigation").due_at == AT + timedelta(days=60)


def answer_dialogue(case: Case, wanted: bool) -> None:
    Filing.objects.filter(case=case).update(dialogue_wanted=wanted, dialogue_answered_at=AT)


def test_behaviour_8_a_dialogue_opens_when_everybody_chose_it(assessed: Case, handler: User) -> None:
    assessing.assess(case=assessed, by=handler, at=AT, **PARTS)
    with pytest.raises(Refused, match="opted_in"):
        assessing.open_dialogue(case=assessed, by=handler, at=AT)
    assessing.ask_dialogue(case=assessed, by=handler, at=AT)
    assert assessed.filings.get().dialogue_asked_at == AT
    with pytest.raises(Refused, match="everybody_asked"):
        assessing.ask_dialogue(case=assessed, by=handler, at=AT)
    answer_dialogue(assessed, False)
    with pytest.raises(Refused, match="opted_in"):
        assessing.open_dialogue(case=assessed, by=handler, at=AT)
    answer_dialogue(assessed, True)
    assessing.open_dialogue(case=assessed, by=handler, at=AT)
    assessed.refresh_from_db()
    assert assessed.stage == Stage.DIALOGUE


@pytest.mark.parametrize("code", ["GB", "GB01", "CL02", "RT01"])
def test_the_two_sides_never_meet_in_cases_of_violence_child_labour_or_retaliation(
    assessed: Case, handler: User, code: str
) -> None:
    put_code(assessed, code)
    assessing.assess(case=assessed, by=handler, at=AT, **PARTS)
    answer_dialogue(assessed, True)  # whatever they say: it is not theirs to be pressed into
    with pytest.raises(Refused, match="dialogue_allowed"):
        assessing.open_dialogue(case=assessed, by=handler, at=AT)
    with pytest.raises(Refused, match="dialogue_allowed"):
        assessing.ask_dialogue(case=assessed, by=handler, at=AT)
    assert assessed.filings.get().dialogue_asked_at is None


@pytest.mark.parametrize("track", [Track.SURVIVOR, Track.CHILD, Track.RETAL])
def test_nor_on_a_track_of_its_own(assessed: Case, person: Callable[..., User], track: Track) -> None:
    Case.objects.filter(pk=assessed.pk).update(track=track)
    special = person("sela", Role.HANDLER, Role.SURVIVOR, Role.CHILD, Role.RETAL)
    assessing.assess(case=assessed, by=special, at=AT, **PARTS)
    answer_dialogue(assessed, True)
    with pytest.raises(Refused) as refused:
        assessing.open_dialogue(case=assessed, by=special, at=AT)
    assert "the two sides are never brought together" in str(refused.value.message)


# -- More time


def investigate(case: Case, handler: User) -> Clock:
    assessing.assess(case=case, by=handler, at=AT, **PARTS)
    assessing.investigate(case=case, by=handler, at=AT)
    return case.clocks.get(kind="investigation", stopped_at=None)


def test_an_investigation_is_given_more_time_once_for_reasons(assessed: Case, handler: User) -> None:
    clock = investigate(assessed, handler)
    later = AT + timedelta(days=50)
    assessing.extend(case=assessed, reasons="the mine is flooded", by=handler, at=later)
    clock.refresh_from_db()
    assert (clock.due_at, clock.extended_at) == (AT + timedelta(days=90), later)
    note = Note.objects.get(kind="extension")
    assert open_text(data_key_for_office(assessed.key_id), note.sealed_body, "note") == "the mine is flooded"
    with pytest.raises(Refused, match="extended_already"):
        assessing.extend(case=assessed, reasons="again", by=handler, at=later)
    assert assessed.events.filter(kind="clock_extended").count() == 1


def test_an_extended_deadline_still_reminds_and_escalates(assessed: Case, handler: User) -> None:
    clock = investigate(assessed, handler)
    clocks.sweep(at=AT + timedelta(days=54))  # seven days before: told already
    assessing.extend(case=assessed, reasons="the mine is flooded", by=handler, at=AT + timedelta(days=55))
    clocks.sweep(at=AT + timedelta(days=61))
    assert not clock.events.filter(kind="deadline_passed").exists()
    clocks.sweep(at=AT + timedelta(days=98))
    said = list(clock.events.values_list("kind", flat=True))
    assert said == ["deadline_neared", "deadline_neared", "deadline_passed", "deadline_escalated", "deadline_escalated"]


def test_a_deadline_that_has_passed_is_not_extended(assessed: Case, handler: User) -> None:
    with pytest.raises(Refused, match="no_clock"):
        assessing.extend(case=assessed, reasons="x", by=handler, at=AT)
    clock = investigate(assessed, handler)
    with pytest.raises(Refused, match="too_late"):
        assessing.extend(case=assessed, reasons="x", by=handler, at=clock.due_at)


# -- Free, prior and informed consent


def substantiated(case: Case, by: User) -> None:
    Finding.objects.create(case=case, basis=Basis.INQUIRY, result=Result.SUBSTANTIATED, by=by, at=AT)


def test_behaviour_19_no_remedy_is_planned_before_the_people_has_chosen_who_speaks_for_it(
    assessed: Case, handler: User
) -> None:
    put_code(assessed, "IP01")
    investigate(assessed, handler)
    substantiated(assessed, handler)
    with pytest.raises(Refused, match="represented") as refused:
        assessing.design_remedy(case=assessed, by=handler, at=AT)
    assert "who chose them" in str(refused.value.message)
    for kind, words in (
        (Fpic.REPRESENTATIVES, "Mama Neema, chosen by the assembly of the village"),
        (Fpic.GIVEN, "if the spring stays open"),
    ):
        fpic.log(case=assessed, kind=kind, words=words, on=date(2026, 2, 1), by=handler, at=AT)
    entries = list(FpicEntry.objects.order_by("pk"))
    assert [entry.kind for entry in entries] == ["representatives", "given"]
    assert not any(b"Neema" in bytes(entry.sealed_words) for entry in entries)
    assessing.design_remedy(case=assessed, by=handler, at=AT)
    assessed.refresh_from_db()
    assert assessed.stage == Stage.REMEDY_DESIGN


def test_behaviour_19_the_log_is_for_cases_of_an_indigenous_people_alone(assessed: Case, handler: User) -> None:
    with pytest.raises(Refused, match="no_people"):
        fpic.log(case=assessed, kind=Fpic.GIVEN, words="x", on=date(2026, 2, 1), by=handler, at=AT)
    investigate(assessed, handler)
    substantiated(assessed, handler)
    assessing.design_remedy(case=assessed, by=handler, at=AT)


def test_every_transition_that_asks_something_has_a_name_before_it_is_taken() -> None:
    asking = {move.verb for move in CASE.transitions if move.gates}
    assert asking <= set(MOVES)


def test_a_case_of_many_is_asked_as_one(assessed: Case, handler: User, chain: dict[str, Any]) -> None:
    file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    Filing.objects.exclude(case=assessed).update(case=assessed)
    assessing.ask_dialogue(case=assessed, by=handler, at=AT)
    assert set(assessed.filings.values_list("dialogue_asked_at", flat=True)) == {AT}
    assert assessed.events.filter(kind="dialogue_asked").count() == 1
