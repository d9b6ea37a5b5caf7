"""Sexual and gender-based violence: the track on which the survivor decides (behaviour 17: ESS10)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act, Role
from cases.codes import ReferralKind
from cases.commands import casework, clocks, coding, respondents
from cases.commands.outward import Help, refer
from cases.gates import OnRecord, lacking, standing
from cases.models import Case, Filing, Referral
from cases.policies import check_may
from cases.queries import on_record
from cases.queries.survivor import survivor_part
from cases.states import CASE, Gate
from grievance.forms import FilingForm
from notifications.commands import deliver, relay
from notifications.models import Notice
from supplychain.models import Employment
from tests.cases.conftest import AT, opened, screen

INVESTIGATE = next(move for move in CASE.transitions if move.verb == "investigate")
LOOKING_INTO = (Act.PLAN_HEARING, Act.RECORD_HEARING, Act.LOG_EVIDENCE, Act.NAME_PERSON, Act.RECORD_WORDS, Act.FIND)


@pytest.fixture
def specialist(person: Callable[..., User]) -> User:
    return person("nadia", Role.HANDLER, Role.INTAKE, Role.SURVIVOR)


@pytest.fixture
def hers(chain: dict[str, Any]) -> Case:
    """She allowed on the form that companies are told: that is not yet her agreement to this."""
    return opened(site_id=chain["mine"].pk, families=("GB",), openness="confidential", happened_on=date(2026, 3, 1))


def agree(case: Case) -> None:
    Filing.objects.filter(case=case).update(investigation_agreed_at=AT)


def missing(record: OnRecord) -> set[Gate]:
    return {one.gate for one in lacking(standing(INVESTIGATE, record))}


def test_behaviour_17_a_survivors_case_goes_to_specialists_alone(
    hers: Case, specialist: User, handler: User, supervisor: User, officer: User
) -> None:
    assert (hers.track, hers.severity) == ("survivor", "high")
    for user, sees in ((specialist, True), (handler, False), (supervisor, False), (officer, False)):
        assert hers.exists_for(user) is sees
    with pytest.raises(Refused, match="not_found"):
        casework.screen(case=hers, by=handler, at=AT)


def test_behaviour_17_nothing_is_looked_into_before_they_agreed(hers: Case, specialist: User) -> None:
    assert Gate.SURVIVOR_CONSENT in missing(on_record(hers, at=AT))
    Case.objects.update(stage="assessment")
    for act in LOOKING_INTO:
        with pytest.raises(Refused, match="survivor_consent"):
            check_may(specialist, act, Case.objects.get())
    agree(hers)
    assert Gate.SURVIVOR_CONSENT not in missing(on_record(hers, at=AT))
    for act in LOOKING_INTO:
        check_may(specialist, act, Case.objects.get())
    Filing.objects.update(investigation_agreed_at=None)  # taken back
    assert Gate.SURVIVOR_CONSENT in missing(on_record(hers, at=AT))


def test_behaviour_17_nobody_agrees_for_a_survivor_who_left(hers: Case) -> None:
    agree(hers)
    Filing.objects.update(withdrawn_at=AT)
    assert Gate.SURVIVOR_CONSENT in missing(on_record(hers, at=AT))


def test_behaviour_17_another_track_does_not_ask_for_it(case: Case) -> None:
    assert Gate.SURVIVOR_CONSENT not in missing(on_record(case, at=AT))


def test_behaviour_17_no_company_is_approved_or_told_without_that_same_agreement(hers: Case, specialist: User) -> None:
    screen(hers, specialist)
    company = hers.respondents.get(tier=0)
    facts: dict[str, Any] = {"by": specialist, "people_who_fit": 40, "safety_checked": True, "at": AT}
    with pytest.raises(Refused, match="survivor_consent"):
        respondents.approve(respondent=company, **facts)
    agree(hers)
    respondents.approve(respondent=company, **facts)
    Filing.objects.update(investigation_agreed_at=None)
    with pytest.raises(Refused, match="survivor_consent"):
        respondents.notify(respondent=company, by=specialist, facts="x", at=AT)
    company.refresh_from_db()
    assert (company.state, company.notified_at) == ("approved", None)


def test_behaviour_17_a_company_never_learns_that_the_case_exists_without_it(
    client: Client, hers: Case, specialist: User, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    """Worked on, weeks late, every ladder climbed to its end: no contact of any company of the chain hears a word."""
    contacts = [person(f"at-{name}", Role.RESPONDENT, works_for=chain[name]) for name in ("operator", "refiner", "one")]
    handler_there = person("once", Role.HANDLER, Role.SURVIVOR)
    Employment.objects.create(user=handler_there, organisation=chain["operator"], from_on=date(2020, 1, 1))
    screen(hers, specialist)
    casework.acknowledge(case=hers, by=specialist, at=AT)
    clocks.sweep(at=AT + timedelta(days=200))
    relay(at=timezone.now())
    deliver(at=timezone.now())
    outside = {one.pk for one in contacts} | {handler_there.pk}
    assert Notice.objects.exists()
    assert not Notice.objects.filter(recipient__in=outside).exists()
    assert not Notice.objects.exclude(respondent=None).exists()
    for user in (*contacts, handler_there):
        client.force_login(User.objects.get(pk=user.pk))
        assert client.get(f"/office/admin/cases/case/{hers.reference}/").status_code in {302, 403, 404}


def test_behaviour_17_a_referral_is_due_within_a_day_of_taking_the_track(
    hers: Case, chain: dict[str, Any], handler: User, specialist: User
) -> None:
    case = opened(site_id=chain["mine"].pk)
    assert hers.clocks.get(kind="referral_survivor").due_at == AT + timedelta(hours=24)
    assert not case.clocks.filter(kind="referral_survivor").exists()
    later = AT + timedelta(days=3)
    coding.code(case=case, codes=["GB02"], by=handler, at=later)
    assert case.clocks.get(kind="referral_survivor", stopped_at=None).due_at == later + timedelta(hours=24)
    coding.code(case=case, codes=["WG01"], by=specialist, at=later)
    assert not case.clocks.filter(kind="referral_survivor", stopped_at=None).exists()


@pytest.mark.parametrize("kind", [ReferralKind.AUTHORITY, ReferralKind.CHILD, ReferralKind.MEDICAL])
def test_behaviour_17_a_referral_stops_that_clock_and_none_is_made_without_their_word(
    hers: Case, specialist: User, kind: ReferralKind
) -> None:
    """Not even where a law would have others report to the police."""
    help_ = Help(kind, hers.filings.get(), "clinic", "sw", date(2026, 3, 9), consented=False)
    with pytest.raises(Refused, match="consent"):
        refer(case=hers, helper=help_, by=specialist, at=AT)
    assert hers.clocks.filter(kind="referral_survivor", stopped_at=None).exists()
    refer(case=hers, helper=replace(help_, consented=True), by=specialist, at=AT)
    assert not hers.clocks.filter(kind="referral_survivor", stopped_at=None).exists()


def test_behaviour_17_who_was_referred_already_is_not_due_again(hers: Case, specialist: User) -> None:
    Referral.objects.create(
        case=hers, kind="medical", sealed_words=b"x", follow_up_on=date(2026, 3, 9), by=specialist, at=AT
    )
    coding.code(case=hers, codes=["RT01"], by=specialist, at=AT)
    with_retal = User.objects.get(pk=specialist.pk)
    with_retal.grants.create(role=Role.RETAL, granted_at=AT)
    coding.code(case=hers, codes=["GB01"], by=User.objects.get(pk=specialist.pk), at=AT)
    assert not hers.clocks.filter(kind="referral_survivor", stopped_at=None).exists()


@pytest.mark.parametrize(
    ("happened_on", "hours", "is_open", "day_known"),
    [
        (date(2026, 3, 2), 63, True, True),
        (date(2026, 3, 1), 39, True, True),
        (date(2026, 2, 20), -177, False, True),
        (None, 72, True, False),
    ],
)
def test_behaviour_17_the_medical_window_says_no_more_time_than_there_surely_is(
    chain: dict[str, Any], happened_on: date | None, hours: int, is_open: bool, day_known: bool
) -> None:
    case = opened(site_id=chain["mine"].pk, families=("GB",), happened_on=happened_on, ongoing=False)
    part = survivor_part(case, AT)
    assert part is not None
    (window,) = part.windows
    assert window.until - AT == timedelta(hours=hours)
    assert (window.open, window.day_known, window.ongoing) == (is_open, day_known, False)


def test_behaviour_17_the_page_shows_the_time_left_and_asks_for_nothing_more(
    client: Client, chain: dict[str, Any], specialist: User
) -> None:
    now = datetime.now(UTC)
    case = opened(
        now - timedelta(hours=3), site_id=chain["mine"].pk, families=("GB",), happened_on=now.date(), ongoing=True
    )
    Case.objects.update(stage="assessment")
    client.force_login(specialist)
    shown = client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
    for words in ("The survivor decides", "within 72 hours", "Not referred to help yet", "the hours may begin anew"):
        assert words in shown
    assert shown.count('class="soon"') >= 1 or "in 3 days" in shown
    for slug in ("plan-hearing", "hearing-held", "evidence", "name-person", "find"):
        assert f'id="act-{slug}"' not in shown


def test_behaviour_17_the_form_asks_a_survivor_for_nothing_more() -> None:
    asked = [
        set(FilingForm(QueryDict(f"families={family}"), today=AT.date(), confidential=True).fields)
        for family in ("GB", "WG")
    ]
    assert asked[0] == asked[1]
