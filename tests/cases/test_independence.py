"""Nobody works on a case who is not impartial: declarations, new parties, persons and units concerned, the panel."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import SeatKind
from cases.commands import casework, independence, intake, seats
from cases.commands.routing import route
from cases.models import Case, Declaration, Implicated
from cases.queries import handlers_free, on_record, parties_of, undeclared
from grievance import receipts
from grievance.commands.filing import file_grievance
from notifications.commands import relay
from notifications.models import Notice
from supplychain.models import Employment, Organisation, SupplyLink
from supplychain.queries import Unit
from tests.cases.conftest import AT, draft, screen
from tests.cases.test_admin import QUEUE, at_desk, do, page_of, rows, text
from tests.cases.test_policies import visible


def free(case: Case, by: User) -> None:
    independence.declare(case=case, towards=dict.fromkeys(undeclared(case)[by.pk], ()), by=by, at=AT)


@pytest.fixture
def assigned(case: Case, handler: User, supervisor: User) -> Case:
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    return Case.objects.get()


def names(case: Case, user: User) -> set[str]:
    missing = undeclared(case).get(user.pk, frozenset())
    return set(Organisation.objects.filter(pk__in=missing).values_list("name", flat=True))


def test_each_handler_declares_towards_every_party_behaviour_9(
    assigned: Case, handler: User, chain: dict[str, Any]
) -> None:
    assert len(names(assigned, handler)) == 5
    independence.declare(case=assigned, towards={chain["operator"].pk: ()}, by=handler, at=AT)
    assert len(names(assigned, handler)) == 4
    free(assigned, handler)
    assert not undeclared(assigned)
    assert visible(handler)


def test_a_tie_ends_work_and_sight_at_once_and_the_supervisor_is_told_behaviour_9(
    assigned: Case, handler: User, supervisor: User, chain: dict[str, Any]
) -> None:
    independence.declare(case=assigned, towards={chain["one"].pk: ["family"]}, by=handler, at=AT)
    case = Case.objects.get()
    assert case.handler is None
    assert not visible(handler)
    assert case.history.latest().history_change_reason == "conflict_declared"
    relay(at=AT)
    told = Notice.objects.filter(event__kind="conflict_declared")
    assert set(told.values_list("recipient__username", flat=True)) == {supervisor.username}
    with pytest.raises(Refused, match="conflicted"):
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    assert handler not in handlers_free(case, list(case.respondents.all()))


def test_a_tie_may_come_up_after_somebody_declared_themselves_free(
    assigned: Case, handler: User, chain: dict[str, Any]
) -> None:
    free(assigned, handler)
    with pytest.raises(Refused, match="declared_already"):
        independence.declare(case=assigned, towards={chain["one"].pk: ()}, by=handler, at=AT)
    independence.declare(case=assigned, towards={chain["one"].pk: ["money"]}, by=handler, at=AT)
    assert not visible(handler)
    assert Declaration.objects.get(user=handler, organisation=chain["one"]).ties == ["money"]
    assert list(assigned.events.filter(kind__contains="declared").values_list("kind", flat=True)) == [
        "declared",
        "conflict_declared",
    ]


@pytest.mark.parametrize(
    ("towards", "code"),
    [
        (lambda chain: {}, "nothing_declared"),
        (lambda chain: {chain["operator"].pk + 1000: ()}, "no_party"),
        (lambda chain: {chain["operator"].pk: ["gossip"]}, "tie_unknown"),
    ],
)
def test_a_declaration_names_parties_and_ties_that_there_are(
    assigned: Case, handler: User, chain: dict[str, Any], towards: Callable[..., Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        independence.declare(case=assigned, towards=towards(chain), by=handler, at=AT)
    assert not Declaration.objects.exists()


def test_a_conflict_declared_at_the_desk_leads_to_the_queue_with_a_word(
    client: Client, assigned: Case, handler: User, chain: dict[str, Any]
) -> None:
    desk = at_desk(client, handler)
    shown = text(desk.get(page_of(assigned)))
    for party in parties_of(assigned):
        assert f'name="party-{party}"' in shown
    said = {f"party-{party}": "free" for party in parties_of(assigned)}
    incomplete = dict(list(said.items())[1:])
    assert "This field is required." in text(do(desk, assigned, "declare", **incomplete))
    said[f"party-{chain['two'].pk}"] = "dispute"
    answer = do(desk, assigned, "declare", **said)
    assert answer.url == QUEUE
    queue = text(desk.get(QUEUE))
    assert "Your declaration is on record." in queue
    assert "That case is not yours to see any more." in queue
    assert assigned.reference not in queue
    assert desk.get(page_of(assigned)).status_code == 404


def test_the_page_says_who_has_not_declared_and_ties_are_for_those_who_assign(
    client: Client, assigned: Case, handler: User, supervisor: User, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    other = person("olu", Role.HANDLER)
    shown = text(at_desk(client, other).get(page_of(assigned)))
    assert "<b>tomas</b> has not declared themselves yet towards:" in shown
    do(client, assigned, "conflict", party=chain["one"].pk, tie="family")
    tie = "Somebody close to me works for it"
    assert f'<span class="quiet">{tie}</span>' in text(at_desk(client, supervisor).get(page_of(assigned)))
    shown = text(at_desk(client, handler).get(page_of(assigned)))
    assert "Tied to" in shown
    assert f'<span class="quiet">{tie}</span>' not in shown


def test_new_parties_make_everybody_declare_again_behaviour_9(
    assigned: Case, handler: User, chain: dict[str, Any]
) -> None:
    free(assigned, handler)
    late = _buys(chain, "late")
    route(Case.objects.get(), by=None, at=AT.replace(hour=10))
    assert names(assigned, handler) == {late.name}


def _buys(chain: dict[str, Any], name: str) -> Organisation:
    """One more buyer of the mine."""
    buyer = Organisation.objects.create(name=f"{name} (fictional)", kind="refiner", country="BE")
    SupplyLink.objects.create(
        site=chain["mine"], buyer=buyer, material="cobalt", from_on=date(2024, 1, 1), claim="audit"
    )
    return buyer


def test_a_party_that_comes_ends_the_work_of_its_people_behind_their_open_page_behaviour_9(
    client: Client, assigned: Case, handler: User, supervisor: User, chain: dict[str, Any]
) -> None:
    desk = at_desk(client, handler)
    assert desk.get(page_of(assigned)).status_code == 200
    Employment.objects.create(user=handler, organisation=_buys(chain, "late"), from_on=date(2020, 1, 1))
    route(Case.objects.get(), by=None, at=AT.replace(hour=10))
    assert do(desk, assigned, "acknowledge").status_code == 404
    assert desk.get(page_of(assigned)).status_code == 404
    assert rows(desk.get(QUEUE)) == []
    case = Case.objects.get()
    assert case.handler is None
    assert case.acknowledged_at is None
    relay(at=AT)
    assert Notice.objects.get(event__kind="conflict_found").recipient == supervisor


def test_a_handler_whose_employment_came_on_record_later_handles_nothing(
    assigned: Case, handler: User, chain: dict[str, Any]
) -> None:
    assert on_record(assigned, at=AT).handled
    Employment.objects.create(user=handler, organisation=chain["two"], from_on=date(2020, 1, 1))
    assert not on_record(Case.objects.get(), at=AT).handled


def test_an_employment_that_comes_on_record_later_takes_the_case_from_them_behaviour_9(
    assigned: Case, handler: User, supervisor: User, chain: dict[str, Any]
) -> None:
    assert independence.end_conflicts(at=AT) == 0
    Employment.objects.create(user=handler, organisation=chain["two"], from_on=date(2020, 1, 1))
    assert independence.end_conflicts(at=AT) == 1
    assert independence.end_conflicts(at=AT) == 0
    case = Case.objects.get()
    assert case.handler is None
    assert case.events.filter(kind="conflict_found", by=None).count() == 1
    relay(at=AT)
    assert Notice.objects.get(event__kind="conflict_found").recipient == supervisor


def test_whoever_has_an_employer_elsewhere_keeps_the_case(assigned: Case, handler: User, chain: dict[str, Any]) -> None:
    elsewhere = Organisation.objects.create(name="elsewhere (fictional)", kind="refiner", country="FI")
    Employment.objects.create(user=handler, organisation=elsewhere, from_on=date(2020, 1, 1))
    assert independence.end_conflicts(at=AT) == 0
    assert Case.objects.get().handler == handler


def test_a_guest_whose_employment_comes_on_record_later_sits_no_longer_behaviour_9(
    case: Case, person: Callable[..., User], supervisor: User, chain: dict[str, Any]
) -> None:
    guest = person("gilles")
    given = seats.seat(case=case, guest=guest, kind=SeatKind.VERIFIER, by=supervisor, at=AT)
    Employment.objects.create(user=guest, organisation=chain["one"], from_on=date(2020, 1, 1))
    assert independence.end_conflicts(at=AT) == 1
    given.refresh_from_db()
    assert given.ended_at == AT


def test_naming_the_site_takes_the_case_from_a_handler_who_works_for_its_operator(
    chain: dict[str, Any], person: Callable[..., User], officer: User
) -> None:
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    boss, both = person("boss", Role.SUPERVISOR, Role.INTAKE), person("both", Role.HANDLER, Role.INTAKE)
    casework.assign(case=Case.objects.get(), handler=both, by=boss, at=AT)
    # Said of nobody while the site is not known, because nobody can see it who has an employer in the industry.
    Employment.objects.create(user=both, organisation=chain["cells"], from_on=date(2021, 1, 1))
    casework.name_site(case=Case.objects.get(), site=chain["mine"], by=officer, at=AT)
    assert Case.objects.get().handler is None
    assert not visible(both)


# -- Persons and units concerned


def test_for_a_person_concerned_the_case_does_not_exist_any_more_behaviour_9(
    assigned: Case, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    omar = person("omar", Role.OVERSIGHT)
    independence.implicate(case=assigned, person=handler, by=omar, at=AT)
    assert not visible(handler)
    assert Case.objects.get().handler is None
    event = assigned.events.get(kind="implicated")
    assert event.data == {}
    assert handler not in handlers_free(assigned, list(assigned.respondents.all()))
    with pytest.raises(Refused, match="not_yours"):
        independence.implicate(case=assigned, person=omar, by=supervisor, at=AT)


def test_for_a_unit_concerned_the_case_does_not_exist_and_for_its_colleagues_it_does_behaviour_9(
    assigned: Case, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    house = Organisation.objects.create(
        name="house (fictional)", kind="mechanism", country="CH", runs_mechanism=True
    )  # fmt: skip
    inside, beside = person("inside", Role.HANDLER), person("beside", Role.HANDLER)
    Employment.objects.create(user=inside, organisation=house, unit="Field office", from_on=date(2020, 1, 1))
    Employment.objects.create(user=beside, organisation=house, unit="Head office", from_on=date(2020, 1, 1))
    omar = person("omar", Role.OVERSIGHT)
    independence.implicate(case=assigned, unit=Unit(house, "Field office"), by=omar, at=AT)
    assert not visible(inside)
    assert visible(beside)
    free_now = handlers_free(assigned, list(assigned.respondents.all()))
    assert beside in free_now
    assert inside not in free_now


def test_oversight_names_who_is_concerned_at_the_desk_and_alone_reads_it(
    client: Client, assigned: Case, handler: User, person: Callable[..., User]
) -> None:
    concerned = person("amos", Role.HANDLER)
    desk = at_desk(client, person("omar", Role.OVERSIGHT))
    assert "Choose a person, or a unit." in text(do(desk, assigned, "implicate"))
    do(desk, assigned, "implicate", person=concerned.pk)
    assert "This case does not exist for: amos" in text(desk.get(page_of(assigned)))
    assert "amos" not in text(at_desk(client, handler).get(page_of(assigned)))


# -- The operator of the mechanism is a party


@pytest.fixture
def for_panel(chain: dict[str, Any]) -> Case:
    """The refiner runs the mechanism, and buys from the mine."""
    chain["refiner"].runs_mechanism = True
    chain["refiner"].save()
    file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    return Case.objects.get()


def test_a_case_whose_party_runs_the_mechanism_exists_for_its_panel_and_oversight_alone_behaviour_9(
    for_panel: Case, handler: User, officer: User, supervisor: User, person: Callable[..., User]
) -> None:
    assert for_panel.for_panel
    assert not any(visible(user) for user in (handler, officer, supervisor))
    omar, judge = person("omar", Role.OVERSIGHT), person("judge")
    assert visible(omar)
    assert not visible(judge)
    seats.seat(case=for_panel, guest=judge, kind=SeatKind.PANELLIST, by=omar, at=AT)
    assert visible(judge)


def test_its_panel_works_on_it_as_a_handler_would_behaviour_9(
    for_panel: Case, person: Callable[..., User], handler: User
) -> None:
    omar, judge = person("omar", Role.OVERSIGHT), person("judge")
    with pytest.raises(Refused, match="conflicted"):
        casework.assign(case=for_panel, handler=handler, by=omar, at=AT)
    seats.seat(case=for_panel, guest=judge, kind=SeatKind.PANELLIST, by=omar, at=AT)
    assert handlers_free(for_panel, list(for_panel.respondents.all())) == [judge, omar]
    casework.assign(case=for_panel, handler=judge, by=omar, at=AT)
    screen(for_panel, judge)
    casework.acknowledge(case=for_panel, by=judge, at=AT)
    assert Case.objects.get().acknowledged_at == AT


def test_whoever_works_for_the_operator_of_the_mechanism_is_no_independent_panel_behaviour_9(
    for_panel: Case, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    omar, colleague = person("omar", Role.OVERSIGHT), person("colleague", works_for=chain["refiner"])
    with pytest.raises(Refused, match="conflicted"):
        seats.seat(case=for_panel, guest=colleague, kind=SeatKind.PANELLIST, by=omar, at=AT)
    seats.seat(case=for_panel, guest=colleague, kind=SeatKind.INTERPRETER, by=omar, at=AT)


def test_where_everyone_is_in_conflict_it_goes_to_oversight_behaviour_9(
    client: Client, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    for name, role in (("tomas", Role.HANDLER), ("irene", Role.SUPERVISOR), ("amina", Role.INTAKE)):
        person(name, role, works_for=chain["operator"])
    omar = person("omar", Role.OVERSIGHT)
    file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    case = Case.objects.get()
    relay(at=AT)
    assert set(Notice.objects.values_list("recipient__username", flat=True)) == {"omar"}
    desk = at_desk(client, omar)
    assert rows(desk.get(QUEUE)) == [case.reference]
    assert handlers_free(case, list(case.respondents.all())) == [omar]
    do(desk, case, "assign", handler=omar.pk)
    assert Case.objects.get().handler == omar


def test_implicated_rows_name_a_person_or_a_unit(assigned: Case, person: Callable[..., User]) -> None:
    omar = person("omar", Role.OVERSIGHT)
    independence.implicate(case=assigned, person=omar, by=omar, at=AT)
    assert Implicated.objects.get().user == omar
    assert not visible(omar)
