"""What waits for somebody who filed by text is announced once and without saying what; read, and answered, by a PIN."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import RoleGrant, User
from accounts.roles import Role
from cases.codes import AppealResult, LetterKind, ReferralKind, Result, SeatKind
from cases.commands import appeals, assessing, closing, consent, findings, outward
from cases.commands.appeals import Decision
from cases.commands.outward import Help
from cases.events import KINDS, Event
from cases.models import Case, CaseEvent, Determination, RemedyStep, Seat, Untold
from cases.states import Outcome, Stage
from grievance.codes import ConsentHow
from grievance.commands.bytext import by_pin
from grievance.models import (
    Complainant,
    Consent,
    ConsentQuestion,
    Grievance,
    PartnerCard,
    PartnerCode,
    PartnerNumber,
    Relay,
    TextReceipt,
)
from notifications.commands.announcing import ANNOUNCED
from notifications.commands.telling import relay
from tests.cases.conftest import AT
from tests.cases.inquiry import facts_talked_over, standing_in, verdict
from tests.cases.test_by_text import MINUTE, PIN, asks, case, gateway, lead, number, other, phone, step
from tests.grievance.partners import a_partner
from tests.grievance.phones import Phone

__all__ = ["case", "gateway", "lead", "number", "other", "phone", "step"]
pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WAITS = "Something waits for you. To read it: your number, your PIN and READ."
QUESTION = "There is a question for you. To read it: your number, your PIN and READ."
ON_WEB = "There is a question for you on the web: your number, your PIN and WEB."
FOUND = "You said the truth"


def hears(phone: Phone, before: int, at: object = AT + MINUTE) -> list[str]:
    relay(at=at)  # type: ignore[arg-type]
    return phone.thread()[before:]


def found(case: Case, by: User, **changes: object) -> None:
    """A finding, with all that came before it told already."""
    facts_talked_over(case, by)
    relay(at=AT)
    findings.find(case=case, verdict=verdict(theirs={"en": FOUND}, **changes), by=by, at=AT + MINUTE)


def test_a_finding_is_announced_once_without_what_it_says_and_read_with_the_pin(
    phone: Phone, number: str, case: Case, handler: User
) -> None:
    found(standing_in(case, Stage.INVESTIGATION), handler)
    before = len(phone.thread())
    assert hears(phone, before) == [WAITS]
    assert hears(phone, before, AT + 2 * MINUTE) == [WAITS]  # nothing is left to tell
    assert FOUND not in "".join(phone.thread())
    assert "Something waits for you." in asks(phone, f"{number} {PIN}", AT + 3 * MINUTE)[0]
    (read,) = asks(phone, f"{number} {PIN} READ", AT + 4 * MINUTE)
    assert FOUND in read
    assert read.endswith(ON_WEB)  # the minutes of the talk wait to be checked
    (later,) = asks(phone, f"{number} {PIN} READ", AT + 3 * DAY)
    assert later == ON_WEB


def test_what_was_told_in_the_middle_of_a_crash_is_told_by_what_stands_there(
    phone: Phone, case: Case, handler: User
) -> None:
    found(standing_in(case, Stage.INVESTIGATION), handler)
    before = len(phone.thread())
    event = CaseEvent.objects.get(kind=Event.FINDING_MADE)
    assert Untold.objects.filter(event=event).exists()
    case.findings.get().served.all().delete()  # it is for nobody, so nobody is told
    assert hears(phone, before) == []


def test_a_letter_with_the_reasons_is_announced_and_read(phone: Phone, number: str, case: Case, handler: User) -> None:
    found(standing_in(case, Stage.INVESTIGATION), handler, result=Result.UNSUBSTANTIATED)
    closing.write_letter(
        case=case, kind=LetterKind.CLOSING, language="en", body="For these reasons", by=handler, at=AT + MINUTE
    )
    relay(at=AT + MINUTE)
    before = len(phone.thread())
    later = AT + timedelta(hours=2)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=later)
    assert hears(phone, before, later) == [WAITS]
    assert "For these reasons" in asks(phone, f"{number} {PIN} READ", later + MINUTE)[0]


def test_what_a_panel_decided_is_announced_and_read(
    phone: Phone, number: str, case: Case, handler: User, person: Callable[..., User]
) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, handler, result=Result.UNSUBSTANTIATED)
    appeals.file_appeal(following=by_pin(Grievance.objects.get()), grounds="They lied", at=AT + 2 * MINUTE)
    relay(at=AT + 2 * MINUTE)
    before, later = len(phone.thread()), AT + timedelta(hours=2)
    member = person("paul")
    Seat.objects.create(case=case, user=member, kind=SeatKind.PANELLIST, given_by=handler, given_at=AT)
    decision = Decision(AppealResult.REJECTED, Stage.INVESTIGATION, {"en": "We looked again"})
    appeals.decide_appeal(case=case, decision=decision, by=User.objects.get(pk=member.pk), at=later)
    assert hears(phone, before, later) == [WAITS]
    assert "We looked again" in asks(phone, f"{number} {PIN} READ", later + MINUTE)[0]


def test_what_the_panel_determined_of_a_step_is_announced_and_read(
    phone: Phone, number: str, step: RemedyStep, handler: User
) -> None:
    asks(phone, f"{number} {PIN} READ")
    RemedyStep.objects.filter(pk=step.pk).update(state="determined")
    later = AT + 2 * DAY
    Determination.objects.create(step=step, done=True, sealed_reasons=b"x", by=handler, at=later)
    event = CaseEvent.objects.create(case=step.plan.case, kind="step_determined", at=later, data={"step": step.pk})
    Untold.objects.create(event=event, at=later)
    before = len(phone.thread())
    assert hears(phone, before, later) == [WAITS]
    (read,) = asks(phone, f"{number} {PIN} READ", later + MINUTE)
    assert read.endswith("The panel has ended this.")
    assert asks(phone, f"{number} {PIN} READ", later + 2 * DAY) == ["There is nothing new to read."]


def test_a_meeting_with_somebody_else_and_help_for_nobody_named_are_no_news(
    phone: Phone, case: Case, handler: User
) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    relay(at=AT)
    before = len(phone.thread())
    help_of = Help(
        kind=ReferralKind.LEGAL, filing=None, words="The clinic", language="en",
        follow_up_on=(AT + DAY).date(), consented=True,
    )  # fmt: skip
    outward.refer(case=case, helper=help_of, by=handler, at=AT + MINUTE)
    assert hears(phone, before) == []


def test_a_question_that_needs_more_than_a_word_is_announced_and_answered_on_the_web(
    phone: Phone, number: str, case: Case, handler: User
) -> None:
    case = standing_in(case, Stage.ASSESSMENT)
    relay(at=AT)
    before = len(phone.thread())
    assessing.ask_dialogue(case=case, by=handler, at=AT + MINUTE)
    assert hears(phone, before) == [QUESTION]
    assert asks(phone, f"{number} {PIN} READ", AT + 2 * MINUTE) == [ON_WEB]


def test_everything_that_is_announced_is_silent_after_stop_or_where_it_is_not_safe(
    phone: Phone, case: Case, handler: User
) -> None:
    found(standing_in(case, Stage.INVESTIGATION), handler)
    before = len(phone.thread())
    writer = phone.writer
    writer.unsafe_at = AT
    writer.save()
    assert hears(phone, before) == []
    writer.unsafe_at = None
    writer.save()
    phone.write("STOP", AT + MINUTE)
    before = len(phone.thread())
    consented(case, handler, AT + 2 * MINUTE)
    assert hears(phone, before, AT + 2 * MINUTE) == []


def test_nobody_is_told_whose_texts_were_not_said_to_be_safe_or_who_has_no_pin(
    phone: Phone, case: Case, handler: User
) -> None:
    relay(at=AT)
    before = len(phone.thread())
    Complainant.objects.update(safe_way=Complainant.Safe.NONE)
    consented(case, handler, AT + MINUTE)
    assert hears(phone, before) == []
    Complainant.objects.update(safe_way=Complainant.Safe.SMS)
    TextReceipt.objects.update(pin=None)
    ConsentQuestion.objects.all().delete()
    consented(case, handler, AT + 2 * MINUTE)
    assert hears(phone, before, AT + 2 * MINUTE) == []


def test_a_partner_whose_part_was_ended_hears_of_nothing_any_more(
    phone: Phone, case: Case, handler: User, lead: User
) -> None:
    relay(at=AT)
    before = len(phone.thread())
    passed_on_by(phone, lead, ended_at=AT, ended_because="person")
    consented(case, handler, AT + MINUTE)
    assert hears(phone, before) == []
    Relay.objects.update(ended_at=None, ended_because="")
    ConsentQuestion.objects.all().delete()
    consented(case, handler, AT + 2 * MINUTE)
    assert hears(phone, before, AT + 2 * MINUTE) == [QUESTION]


def passed_on_by(phone: Phone, lead: User, **changes: object) -> Relay:
    """As if the phone were a partner's, and had passed on what its grievance says."""
    RoleGrant.objects.get_or_create(user=lead, role=Role.LEAD, defaults={"granted_at": AT})
    partner = a_partner(User.objects.get(pk=lead.pk))
    card = PartnerCard.objects.create(partner=partner, label="one", made_by=lead, made_at=AT)
    code = PartnerCode.objects.create(card=card, lookup=b"x", used_at=AT)
    paired = PartnerNumber.objects.create(partner=partner, writer=phone.writer, code=code, paired_at=AT)
    return Relay.objects.create(
        grievance=Grievance.objects.get(), partner=partner, number=paired, reference="R-0000-0000", authority="asked",
        consent_how=ConsentHow.SPOKEN, at=AT, **changes,
    )  # fmt: skip


def test_every_kind_that_is_announced_is_a_kind_of_event() -> None:
    assert set(ANNOUNCED) <= KINDS


# -- May a company be told?


def consented(case: Case, by: User, at: object, *tiers: int, few: bool = False) -> None:
    """The office asks for consent, of the operator alone if nothing else is said."""
    case = standing_in(case, Stage.ASSESSMENT)
    companies = [case.respondents.filter(tier=tier).order_by("pk")[0] for tier in tiers or (0,)]
    consent.ask(case=case, respondents=companies, few=few, by=by, at=at)  # type: ignore[arg-type]


@pytest.fixture
def asked(phone: Phone, number: str, case: Case, handler: User) -> Case:
    case = standing_in(case, Stage.ASSESSMENT)
    relay(at=AT)
    before = len(phone.thread())
    consented(case, handler, AT + MINUTE)
    assert hears(phone, before) == [QUESTION]
    return case


def test_a_company_may_be_told_by_one_word_and_the_pin_and_not_any_more_by_another(
    phone: Phone, number: str, asked: Case
) -> None:
    (read,) = asks(phone, f"{number} {PIN} READ", AT + 2 * MINUTE)
    company = asked.respondents.get(tier=0).organisation
    assert read == (
        f"1: May we tell {company} what happened, never your name? Your number, your PIN and ALLOW 1 or REFUSE 1."
    )
    (said,) = asks(phone, f"{number} {PIN} ALLOW", AT + 3 * MINUTE)
    assert said == "We noted that we may tell them. To take that back: your number, your PIN and REFUSE."
    given = Consent.objects.get()
    assert (given.organisation, given.given, given.informed, given.kind) == (company, True, False, "")
    assert CaseEvent.objects.filter(kind=Event.CONSENT_GIVEN).count() == 1
    asks(phone, f"{number} {PIN} siruhusu", AT + 4 * MINUTE)
    assert not Consent.objects.order_by("-pk")[0].given
    assert CaseEvent.objects.filter(kind=Event.CONSENT_REVOKED).count() == 1
    assert asks(phone, f"{number} {PIN} READ", AT + 5 * MINUTE) == ["There is nothing new to read."]


def test_nobody_allows_what_they_have_not_read_and_a_no_holds_at_once(phone: Phone, number: str, asked: Case) -> None:
    assert asks(phone, f"{number} {PIN} ALLOW", AT + 2 * MINUTE) == [WAITS]
    assert not Consent.objects.exists()
    asks(phone, f"{number} {PIN} REFUSE", AT + 3 * MINUTE)
    assert not Consent.objects.get().given


def test_who_may_be_recognised_is_told_so_before_they_answer(
    phone: Phone, number: str, asked: Case, handler: User
) -> None:
    asks(phone, f"{number} {PIN} READ", AT + 2 * MINUTE)
    consented(asked, handler, AT + 3 * MINUTE, few=True)  # asked anew: what they read did not say so
    assert asks(phone, f"{number} {PIN} ALLOW", AT + 4 * MINUTE) == [WAITS]
    (read,) = asks(phone, f"{number} {PIN} READ", AT + 5 * MINUTE)
    assert "Few people fit what happened, so they may guess that it was you." in read
    asks(phone, f"{number} {PIN} ALLOW", AT + 6 * MINUTE)
    assert Consent.objects.get().informed


def test_of_several_companies_each_is_named_by_its_number(
    phone: Phone, number: str, asked: Case, handler: User
) -> None:
    consented(asked, handler, AT + 2 * MINUTE, 1)
    (read,) = asks(phone, f"{number} {PIN} READ", AT + 3 * MINUTE)
    assert read.startswith("1: ")
    assert "\n2: " in read
    (which,) = asks(phone, f"{number} {PIN} ALLOW", AT + 4 * MINUTE)
    assert which.endswith("for example: ALLOW 2")
    asks(phone, f"{number} {PIN} ALLOW 2", AT + 5 * MINUTE)
    # The other one still waits alone, and is named all the same.
    assert asks(phone, f"{number} {PIN} ALLOW", AT + 5 * MINUTE) == [which]
    asks(phone, f"{number} {PIN} REFUSE 1", AT + 6 * MINUTE)
    second = asked.respondents.filter(tier=1).order_by("pk")[0].organisation
    assert [(one.organisation, one.given) for one in Consent.objects.order_by("pk")] == [
        (second, True),
        (asked.respondents.get(tier=0).organisation, False),
    ]
    asks(phone, f"{number} {PIN} ALLOW 3", AT + 7 * MINUTE)
    assert Consent.objects.count() == 2


def test_who_agreed_meanwhile_is_not_told_that_they_are_asked(
    phone: Phone, number: str, case: Case, handler: User
) -> None:
    relay(at=AT)
    before = len(phone.thread())
    consented(case, handler, AT + MINUTE)
    consent.answer(following=by_pin(Grievance.objects.get()), organisation=None, given=True, at=AT + 2 * MINUTE)
    assert hears(phone, before, AT + 2 * MINUTE) == []


def test_yes_is_no_word_for_it_and_nothing_counts_without_the_pin(phone: Phone, number: str, asked: Case) -> None:
    asks(phone, f"{number} {PIN} READ", AT + 2 * MINUTE)
    asks(phone, f"{number} 730492 ALLOW", AT + 3 * MINUTE)
    asks(phone, f"{number} ALLOW", AT + 4 * MINUTE)
    asks(phone, f"{number} {PIN} YES", AT + 5 * MINUTE)
    assert not Consent.objects.exists()


def test_a_partners_phone_allows_and_refuses_nothing(phone: Phone, number: str, asked: Case, lead: User) -> None:
    asks(phone, f"{number} {PIN} READ", AT + 2 * MINUTE)
    passed_on_by(phone, lead)
    for hours, word in enumerate(("ALLOW", "REFUSE"), start=1):
        (said,) = asks(phone, f"{number} {PIN} {word}", AT + hours * timedelta(hours=1))
        assert said.startswith("This phone is a partner's.")
    assert not Consent.objects.exists()
