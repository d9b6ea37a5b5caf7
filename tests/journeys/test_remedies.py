"""From a harm to its remedy, for one and for forty: done when the people harmed say so, by the commands alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import EvidenceKind, Paid, RemedyType, SeatKind
from cases.commands.evidence import Exhibit, log_evidence
from cases.commands.remedy import delivery, payments, plan, saying
from cases.commands.remedy.plan import Promised
from cases.models import Case, Confirmation, Filing, Payment, RemedyStep
from cases.queries import disclosures, figures
from grievance.models import Consent
from notifications.catalogue.letters import letter
from notifications.commands import relay
from notifications.models import Notice
from supplychain.models import Employment
from tests.cases.conftest import AT, chain, person
from tests.factories import UserFactory
from tests.journeys.remedy import DAY, Office, at_the_desk, on_the_phone

pytestmark = pytest.mark.long  # a village of forty

__all__ = ["chain", "person"]

VILLAGE = 40
NAME = "Furaha wa Kubuniwa"


@pytest.fixture
def contact(chain: dict[str, Any]) -> User:
    """Somebody at the company that runs the mine, who is told of what concerns it."""
    user: User = UserFactory.create(username="sami", roles=[Role.RESPONDENT])
    Employment.objects.create(user=user, organisation=chain["operator"], from_on=AT.date() - timedelta(days=900))
    return user


def promised(office: Office, type_: RemedyType, what: str, days: int = 60, **more: Any) -> Promised:
    due_on = (office.at + days * DAY).date()
    return Promised(type_, office.owner, due_on, what, "Seen at the site", office.texts(what), **more)


def states() -> list[str]:
    return list(RemedyStep.objects.order_by("number").values_list("state", flat=True))


def rows(user: User, office: Office) -> dict[str, tuple[int, int]]:
    found = figures(user=user, since=AT - DAY, until=office.at + DAY)
    return {str(row.label): (row.part, row.whole) for row in [found.steps, *found.ratios]}


def test_a_village_of_forty_says_together_and_each_alone_whether_the_water_is_clean(
    chain: dict[str, Any], handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    # Given forty people of a village who each wrote that their water is dirty,
    office = Office(handler, supervisor, languages=("sw", "fr"))
    village = [
        office.files(
            site_id=chain["mine"].pk, families=("EN",), language=office.languages[number % 2],
            statement=f"Maji ni machafu, asema shahidi-{number:02}.", place=f"nyumba-{number:02}",
        )
        for number in range(VILLAGE)
    ]  # fmt: skip
    first, *others = Case.objects.order_by("pk")
    office.admits(first)
    office.takes_together(others)
    assert office.people.count() == VILLAGE
    # and a mine that admits it, plans with them, and delivers,
    office.tells_the_owner()
    office.hears_that_it_is_admitted()
    well = office.plans(promised(office, RemedyType.RESTITUTION, "A new well"))
    office.agrees_the_plan(village)
    vera = office.seats(person("vera"), SeatKind.VERIFIER)
    office.wait(20)
    office.delivers(well, "The well was dug", vera)
    # when 31 say that it was done, 3 that it was not, and 6 say nothing,
    for filed in village[:31]:
        office.says(filed, well, done=True)
    assert well.state == "verified"
    for filed in village[31:34]:
        office.says(filed, well, done=False)
    # then the step is held, for all of them, and the office sees why.
    assert (well.state, well.disputes) == ("disputed", 1)
    assert "31 of 40 confirmed, 3 dispute, 6 not reached" in at_the_desk(handler, first)
    with pytest.raises(Refused, match="steps_ended"):
        delivery.monitor(case=first, by=handler, at=office.at)
    # When it is done again, 34 say so, and nobody ever hears of the six,
    office.redoes(well)
    office.wait(10)
    office.delivers(well, "The well is deeper now", vera)
    for filed in village[:34]:
        office.says(filed, well, done=True)
    # then their silence confirms nothing: three tries over ninety days, and the step lapses, marked as unanswered.
    assert "34 of 40 confirmed, 0 dispute, 6 not reached" in at_the_desk(handler, first)
    for _month in range(3):
        assert well.state == "verified"
        office.wait(30)
        delivery.sweep(at=office.at)
        well.refresh_from_db()
    assert (well.state, well.tries) == ("lapsed", 3)
    assert rows(handler, office)["Remedy steps confirmed by the people / claimed delivered"] == (0, 1)
    delivery.monitor(case=first, by=handler, at=office.at)
    # A late answer counts: once the six say so too, it is confirmed.
    for filed in village[34:]:
        office.says(filed, well, done=True)
    assert well.state == "confirmed"
    assert rows(handler, office)["Remedy steps confirmed by the people / claimed delivered"] == (1, 1)
    office.closes()
    assert office.stage() == "closed"
    # Each reads the letter in their language, and nobody anything of anybody else.
    for number in (0, 33):
        shown = on_the_phone(village[number], office.languages[number % 2])
        assert "Imekwisha" in shown
        assert "A new well" in shown
        assert set(re.findall(r"shahidi-\d\d", shown)) <= {f"shahidi-{number:02}"}
        assert "nyumba-07" not in shown
        assert not re.search(r"\b(40|34|31)\b", re.sub(r"<[^>]*>", " ", shown.partition("<main")[2]))


def test_back_pay_reaches_one_person_through_an_intermediary_and_the_company_never_learns_who(
    chain: dict[str, Any],
    handler: User,
    supervisor: User,
    person: Callable[..., User],
    contact: User,
    client: Client,
) -> None:
    # Given one person who gave us their name, and no company the right to it,
    office = Office(handler, supervisor)
    filed = office.files(site_id=chain["mine"].pk, openness="open", name=NAME, statement="Sijalipwa tangu Januari")
    office.admits(Case.objects.get())
    office.tells_the_owner()
    office.finds_it_true()
    one = office.people.get()
    # when a payment for them alone is planned without anybody between, it binds nobody;
    direct = office.plans(promised(office, RemedyType.COMPENSATION, "Two months of wages", filing=one))
    with pytest.raises(Refused, match="known_or_through_another"):
        office.agrees_the_plan([filed])
    assert office.stage() == "remedy_design"
    # through the union it is agreed, scheduled and paid.
    through = promised(office, RemedyType.COMPENSATION, "Two months of wages", filing=one, intermediary=True)
    office.wait(1)
    plan.change_step(step=direct, promised=through, by=handler, at=office.at)
    office.agrees_the_plan([filed])
    given: dict[str, Any] = {"basis": Paid.WAGES, "amount": Decimal("240.00"), "due_on": (office.at + 20 * DAY).date()}
    payment = payments.schedule(step=direct, filing=one, currency="USD", by=handler, at=office.at, **given)
    office.wait(20)
    slip = Exhibit(EvidenceKind.DOCUMENT, office.at.date(), "The union's receipt, without a name")
    shown = log_evidence(case=office.case, exhibit=slip, by=handler, at=office.at)
    payments.prove(payment=payment, evidence=shown, by=handler, at=office.at)
    vera = office.seats(person("vera"), SeatKind.VERIFIER)
    office.delivers(direct, "Paid to the union", vera)
    # Then only they say whether it came: first the money, and then that it was put right.
    assert Payment.objects.get().received is None
    saying.say_of_payment(following=office.page(filed), payment=payment, received=True, at=office.at)
    office.says(filed, direct, done=True)
    assert Payment.objects.get().received is True
    assert direct.state == "confirmed"
    # And the company was told what to do, by its own reference, and never for whom.
    relay(at=office.at)
    told = Notice.objects.filter(recipient=contact)
    assert {"respondent_notified", "step_agreed"} <= set(told.values_list("event__kind", flat=True))
    for notice in told:
        said = letter(notice)
        for secret in (NAME, "Furaha", filed.receipt, office.case.reference, str(one.pk)):
            assert secret not in said.subject
            assert secret not in said.body.split()
    assert not Consent.objects.filter(identity=True).exists()
    assert office.owner.pk in disclosures([office.case.pk])[office.case.pk]
    client.force_login(contact)
    for page in (f"/office/admin/cases/case/{office.case.reference}/", "/office/admin/cases/case/"):
        assert client.get(page).status_code in {302, 403, 404}


def test_what_is_disputed_twice_is_determined_by_a_panel_and_never_counts_as_confirmed(
    chain: dict[str, Any], handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    # Given an apology that was promised, claimed, seen, and disputed,
    office = Office(handler, supervisor)
    filed = office.files(site_id=chain["mine"].pk)
    office.admits(Case.objects.get())
    office.tells_the_owner()
    office.finds_it_true()
    apology = office.plans(promised(office, RemedyType.APOLOGY, "An apology at the gate"))
    office.agrees_the_plan([filed])
    vera = office.seats(person("vera"), SeatKind.VERIFIER)
    office.delivers(apology, "It was read out", vera)
    office.says(filed, apology, done=False)
    # when it is done again and disputed again,
    office.redoes(apology)
    office.delivers(apology, "It was read out again", vera)
    office.says(filed, apology, done=False)
    with pytest.raises(Refused, match="disputed_once"):
        office.redoes(apology)
    # then neither whoever handles it nor whoever looked decides, but a panel of others, with reasons.
    for other in (handler, vera):
        with pytest.raises(Refused, match="not_yours"):
            delivery.determine(step=apology, done=True, reasons="Enough", by=other, at=office.at)
    pia = office.seats(person("pia"), SeatKind.PANELLIST)
    with pytest.raises(Refused, match="panel_decided"):
        delivery.determine(step=apology, done=True, reasons=" ", by=pia, at=office.at)
    delivery.determine(step=apology, done=True, reasons="It was read out before everybody.", by=pia, at=office.at)
    assert states() == ["determined"]
    assert "It was read out before everybody." in at_the_desk(handler, office.case)
    # It was claimed; nobody confirmed it; the gap between the two stays.
    assert rows(handler, office)["Remedy steps confirmed by the people / claimed delivered"] == (0, 1)
    assert "Claimed delivered: 1. Confirmed by the people: 0." in at_the_desk(handler, office.case)
    assert not Confirmation.objects.filter(confirmed=True).exists()
    delivery.monitor(case=office.case, by=handler, at=office.at)
    office.closes()
    assert Filing.objects.live().count() == 1
    assert rows(handler, office)["Closed as remedied / closed"] == (1, 1)
