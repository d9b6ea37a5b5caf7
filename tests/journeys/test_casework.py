"""From a filing to a finding, by the pages alone: what each button does is what the next page shows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cases.codes import ELIGIBILITY
from cases.commands import clocks, intake
from cases.models import Case
from cases.queries import parties_of
from cases.queries.companies import company_words
from grievance import receipts
from grievance.commands.filing import file_grievance
from notifications.commands import deliver, relay
from notifications.models import Notice
from supplychain.models import Site
from tests.cases.conftest import AT, STATEMENT, chain, draft, handler, officer, person, supervisor

pytestmark = pytest.mark.long  # whole lives of cases, by the pages

__all__ = ["chain", "handler", "officer", "person", "supervisor"]

QUEUE, FOLLOW = "/office/admin/cases/case/", "/sw/follow/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


class Phone:
    """Somebody who files at the mine, and comes back with their number."""

    def __init__(self, site: Site, **words: Any) -> None:
        filed = file_grievance(draft=draft(site_id=site.pk, **words), nonce=receipts.new_nonce(), at=AT)
        intake.take_up(at=AT)
        self.client, self.receipt = Client(), filed.receipt

    @property
    def reads(self) -> str:
        """They come back with their number each time."""
        assert self.client.post(FOLLOW, {"receipt": self.receipt}).status_code == 303
        return str(self.client.get(FOLLOW).text)

    def press(self, act: str, **fields: str) -> None:
        csrf = re.search(r'name="csrf" value="(\w+)"', self.reads)
        assert csrf
        done = self.client.post(FOLLOW, {"csrf": csrf[1], "act": act, **fields})
        assert done.status_code == 303, done.text


@dataclass
class Desk:
    """Somebody of the office before the page of a case."""

    user: User
    case: Case

    def __post_init__(self) -> None:
        self.client = Client()
        self.client.force_login(self.user)
        self.page = f"{QUEUE}{self.case.reference}/"

    @property
    def reads(self) -> str:
        self.client.force_login(self.user)  # a session ends over night
        return str(self.client.get(self.page).text)

    def press(self, act: str, **fields: Any) -> None:
        """The button is on the page, and does it."""
        assert f'id="act-{act}"' in self.reads
        done = self.client.post(f"{self.page}do/{act}/", fields)
        assert done.status_code == 302, re.findall(r'class="(?:error|wrong)"[^>]*>(.*?)</', done.text)

    def is_refused(self, act: str, **fields: Any) -> str:
        return str(self.client.post(f"{self.page}do/{act}/", fields).text)

    def declares(self) -> None:
        self.press("declare", **{f"party-{party}": "free" for party in parties_of(self.case)})

    def screens(self, **answers: str) -> None:
        """Opens the words, takes the case up, and judges whether it is ours."""
        assert STATEMENT in self.reads
        self.press("screen")
        self.press("acknowledge")
        self.press("judge", **{**dict.fromkeys(ELIGIBILITY, "yes"), **answers})

    @property
    def stage(self) -> str:
        return Case.objects.get(pk=self.case.pk).stage


def test_an_anonymous_underpaid_miner_reads_what_was_found(
    chain: dict[str, Any], handler: User, supervisor: User, clock: time_machine.Traveller
) -> None:
    miner = Phone(chain["mine"], openness="anonymous")
    case = Case.objects.get()
    desk, boss, company = Desk(handler, case), Desk(supervisor, case), case.respondents.get(tier=0)
    boss.press("assign", handler=handler.pk)
    desk.screens()
    assert "declared themselves" in desk.is_refused("admit")
    desk.declares()
    desk.press("admit")
    desk.press("assess", scale=3, scope=3, irremediability=2, retaliation="medium")

    desk.press("ask-consent", respondent=company.pk, few="on")
    miner.press("consent", organisation=str(company.organisation_id), given="yes", informed="on")
    few = {"respondent": company.pk, "people_who_fit": 4}
    assert "a supervisor has to sign" in desk.is_refused("approve", **few, safety_checked="on")
    boss.press("countersign", **few)
    desk.press("approve", **few, safety_checked="on")
    desk.press("notify", respondent=company.pk, facts="Wages at this site are said to be unpaid.")
    (told,) = [one for one in company_words(case) if one.respondent == company]
    assert told.facts == "Wages at this site are said to be unpaid."  # the officer's own words, never theirs

    desk.press("investigate")
    speaker = f"filing-{case.filings.get().pk}"
    place = {"planned_on": "2026-03-05", "place": "kwa chama", "place_agreed": "on"}
    desk.press("plan-hearing", kind="facts", speaker=speaker, **place)
    assert "kwa chama" in miner.reads
    verdict = {
        "basis": "inquiry", "result": "substantiated", "office": "Payslips.", "companies": "Wages were held back.",
        "language": "en", "text_sw": "Ulisema kweli",
    }  # fmt: skip
    assert "not talked over with 1 person" in desk.is_refused("find", **verdict)
    clock.shift(4 * DAY)
    desk.press("hearing-held", hearing=case.hearings.get().pk, minutes="Januari haikulipwa", language="sw")
    miner.press("minutes", hearing=str(case.hearings.get().pk), right="yes")
    desk.press("find", **verdict)
    assert "Ulisema kweli" in miner.reads
    assert "Payslips." not in miner.reads

    desk.press("letter", kind="closing", language="sw", body="Kwa sababu hizi")
    assert "found true" in desk.is_refused("close", outcome="unsubstantiated")
    desk.press("design-remedy")
    assert desk.stage == "remedy_design"


def test_a_survivor_of_harassment_whose_respondent_never_learns_that_a_case_exists(
    chain: dict[str, Any], handler: User, person: Callable[..., User], clock: time_machine.Traveller
) -> None:
    contacts = [person(f"at-{name}", Role.RESPONDENT, works_for=chain[name]) for name in ("operator", "one")]
    survivor = Phone(chain["mine"], families=("GB",), openness="anonymous")
    case = Case.objects.get()
    sofia = Desk(person("sofia", Role.HANDLER, Role.INTAKE, Role.SURVIVOR), case)
    boss = Desk(person("bea", Role.SUPERVISOR, Role.SURVIVOR), case)
    company = case.respondents.get(tier=0).pk
    assert Desk(handler, case).client.get(sofia.page).status_code == 404
    boss.press("assign", handler=sofia.user.pk)
    sofia.screens()
    sofia.declares()
    sofia.press("admit")
    sofia.press("assess", scale=4, scope=1, irremediability=4, retaliation="high")
    assert "agreed" in sofia.is_refused("approve", respondent=company, people_who_fit=40, safety_checked="on")
    assert "agreed" in sofia.is_refused("investigate")
    sofia.press(
        "refer", kind="medical", filing=case.filings.get().pk, consented="on",
        words="Kliniki, mlango wa nyuma", language="sw", follow_up_on="2026-03-10",
    )  # fmt: skip
    assert "Kliniki, mlango wa nyuma" in survivor.reads

    # Every deadline is missed, every ladder climbed to its end.
    for month in range(1, 7):
        clock.shift(30 * DAY)
        now = AT + month * 30 * DAY
        clocks.sweep(at=now)
        relay(at=now)
        deliver(at=now)
    sofia.press("letter", kind="closing", language="sw", body="Umepata msaada ulioomba")
    sofia.press("close", outcome="referred")
    assert "Umepata msaada ulioomba" in survivor.reads
    relay(at=AT + 180 * DAY)
    outside = [one.pk for one in contacts]
    assert Notice.objects.exists()
    assert not Notice.objects.filter(recipient__in=outside).exists()
    assert not Notice.objects.exclude(respondent=None).exists()
    assert not case.respondents.exclude(state="identified").exists()
    for contact in contacts:
        assert Desk(contact, case).client.get(sofia.page).status_code in {302, 403, 404}


def test_an_ineligible_complaint_wins_its_appeal(
    chain: dict[str, Any], handler: User, supervisor: User, person: Callable[..., User], clock: time_machine.Traveller
) -> None:
    miner = Phone(chain["mine"])
    case = Case.objects.get()
    desk, boss = Desk(handler, case), Desk(supervisor, case)
    boss.press("assign", handler=handler.pk)
    desk.screens(chain="no")
    desk.declares()
    assert "A supervisor has to sign it too." in desk.is_refused("ineligible")
    boss.press("sign-ineligible")
    desk.press("letter", kind="ineligible", language="sw", body="Si mnyororo wetu")
    assert "Si mnyororo wetu" not in miner.reads
    desk.press("ineligible")
    assert "Si mnyororo wetu" in miner.reads

    clock.shift(30 * DAY)
    miner.press("appeal", body="Mgodi unauza kwa kiwanda")
    assert desk.stage == "appeal"
    boss.press("seat", guest=person("pia").pk, kind="panellist")
    assert 'id="act-decide-appeal"' not in desk.reads
    panel = Desk(User.objects.get(username="pia"), case)
    assert "Mgodi unauza kwa kiwanda" in panel.reads
    panel.declares()
    panel.press("decide-appeal", result="upheld", return_to="assessment", text_sw="Una haki: ni yetu")
    assert desk.stage == "assessment"
    assert "Una haki: ni yetu" in miner.reads
    assert 'id="act-assess"' in desk.reads


def test_a_complaint_about_an_officer_is_worked_on_where_they_cannot_see_it(
    chain: dict[str, Any], handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    miner = Phone(chain["mine"], families=("XX03",))
    case = Case.objects.get()
    omar = Desk(person("omar", Role.OVERSIGHT), case)
    omar.press("implicate", person=handler.pk)
    omar.press("assign", handler=omar.user.pk)
    omar.screens()
    omar.press("reply", body="Asante, tunaangalia", language="sw", filing=case.filings.get().pk, read_up_to=0)
    omar.declares()
    omar.press("admit")
    assert "Asante, tunaangalia" in miner.reads
    relay(at=AT)
    assert set(Notice.objects.values_list("recipient__username", flat=True)) <= {"omar"}
    for user in (handler, supervisor):
        theirs = Desk(user, case)
        assert theirs.client.get(theirs.page).status_code == 404
        assert theirs.client.post(f"{theirs.page}do/note/", {"kind": "general", "body": "x"}).status_code == 404
        assert case.reference not in theirs.client.get(QUEUE).text
    assert omar.stage == "assessment"
