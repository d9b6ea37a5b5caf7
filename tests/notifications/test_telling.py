"""Who is told of what happened, once, and who never is."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError

from accounts.models import User
from accounts.roles import Role
from cases.commands.outbox import MOST_TRIES
from cases.models import Case, CaseEvent, Clock, Respondent, Untold
from config import logs
from notifications.catalogue import table
from notifications.commands import deliver, relay, telling
from notifications.models import Notice, Unheard
from notifications.queries import automakers_above, buyers_of
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.notifications.conftest import Chain, Happen, climb, new_case, told

Party = Callable[..., Respondent]
Contact = Callable[..., User]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What production would write into its log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(production=True))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


OWN = (
    ("deadline_neared", "T-7", ("handler",)),
    ("deadline_neared", "T-2", ("handler",)),
    ("deadline_passed", "T", ("handler", "supervisor")),
    ("deadline_escalated", "T+3", ("lead",)),
)


def test_a_new_case_is_told_to_those_who_read_what_comes_in(
    happen: Happen, officer: User, handler: User, supervisor: User, outsider: User, superuser: User
) -> None:
    happen("case_opened", data={"urgent": False})
    assert relay(at=AT) == 1
    assert told() == {("amina", "intake")}
    assert not Untold.objects.exists()


def test_an_urgent_one_goes_first_and_by_text_too(happen: Happen, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(phone="+15550100009")
    happen("case_opened", data={"urgent": True})
    relay(at=AT)
    assert told() == {("amina", "intake"), ("amina", "intake-sms")}
    assert all(Notice.objects.values_list("urgent", flat=True))


def test_without_a_gateway_nobody_is_promised_a_text(happen: Happen, officer: User, settings: Any) -> None:
    settings.PRODUCTION = True
    User.objects.filter(pk=officer.pk).update(phone="+15550100009")
    happen("case_opened", data={"urgent": True})
    relay(at=AT)
    assert told() == {("amina", "intake")}


def test_silent_events_leave_the_outbox(happen: Happen, officer: User) -> None:
    happen("case_routed")
    assert relay(at=AT) == 1
    assert not Untold.objects.exists()
    assert told() == set()


def test_again_tells_nobody_twice(happen: Happen, officer: User) -> None:
    event = happen("case_opened", data={})
    relay(at=AT)
    Untold.objects.create(event=event, at=AT)  # as if a worker had died before its commit was seen
    relay(at=AT)
    assert Notice.objects.count() == 1


def test_a_worker_that_dies_in_the_middle_loses_nothing(happen: Happen, officer: User) -> None:
    happen("case_opened", data={})
    with mock.patch.object(telling, "told", side_effect=SystemExit), pytest.raises(SystemExit):
        relay(at=AT)
    assert (Notice.objects.count(), Untold.objects.count()) == (0, 1)
    relay(at=AT)
    assert (Notice.objects.count(), Untold.objects.count()) == (1, 0)


def test_more_events_take_no_more_questions(
    happen: Happen, officer: User, supervisor: User, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        happen("case_opened", data={})
    with django_assert_max_num_queries(16):
        relay(at=AT)
    assert Notice.objects.count() == 30


def test_nobody_is_told_of_what_they_did_themselves(happen: Happen, case: Case, handler: User) -> None:
    Case.objects.filter(pk=case.pk).update(handler=handler)
    happen("case_brought_back", by=handler)
    relay(at=AT)
    assert told() == set()


class TestConflict:
    def test_whoever_ever_worked_for_a_party_is_never_told(self, happen: Happen, officer: User, chain: Chain) -> None:
        former = UserFactory.create(username="claire", roles=[Role.INTAKE, Role.SUPERVISOR, Role.OVERSIGHT])
        EmploymentFactory.create(user=former, organisation=chain.organisations["one"], until_on=date(2021, 1, 1))
        happen("case_opened", data={})
        happen("reading_budget_spent", data={"by": officer.pk})
        relay(at=AT)
        assert told() == {("amina", "intake")}

    def test_where_everyone_is_conflicted_it_goes_to_oversight(
        self, happen: Happen, officer: User, oversight: User, chain: Chain
    ) -> None:
        EmploymentFactory.create(user=officer, organisation=chain.organisations["operator"])
        happen("case_opened", data={})
        relay(at=AT)
        assert told() == {("ona", "intake")}

    def test_what_is_about_the_mechanism_goes_straight_to_oversight(
        self, happen: Happen, officer: User, supervisor: User, oversight: User, chain: Chain
    ) -> None:
        happen("case_opened", data={}, on=new_case(site=chain.sites["operator"], about_mechanism=True))
        relay(at=AT)
        assert told() == {("ona", "intake")}


class TestHandler:
    def test_the_handler_of_the_case(self, happen: Happen, case: Case, handler: User, officer: User) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        happen("message_arrived")
        relay(at=AT)
        assert told() == {("tomas", "handler")}

    def test_none_yet_intake_hears(self, happen: Happen, handler: User, officer: User) -> None:
        happen("message_arrived")
        relay(at=AT)
        assert told() == {("amina", "handler")}

    def test_past_intake_a_supervisor_hears(self, happen: Happen, case: Case, officer: User, supervisor: User) -> None:
        Case.objects.filter(pk=case.pk).update(stage="assessment")
        happen("message_arrived")
        relay(at=AT)
        assert told() == {("irene", "handler")}

    def test_one_who_may_not_know_it_any_more_is_passed_over(
        self, happen: Happen, case: Case, chain: Chain, handler: User, officer: User
    ) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        EmploymentFactory.create(user=handler, organisation=chain.organisations["refiner"])
        happen("message_arrived")
        relay(at=AT)
        assert told() == {("amina", "handler")}


class TestLadder:
    def test_each_step_has_its_people(self, case: Case, handler: User, supervisor: User, lead: User) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        climb(case, OWN[0])
        relay(at=AT)
        assert told() == {("tomas", "handler")}

    def test_after_an_outage_each_person_gets_one_notice_of_one_deadline(
        self, case: Case, handler: User, supervisor: User, lead: User
    ) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        climb(case, *OWN)
        assert relay(at=AT) == 4
        assert told() == {("tomas", "handler"), ("irene", "supervisor"), ("lin", "lead")}
        assert Notice.objects.get(recipient=handler).event.kind == "deadline_passed"

    def test_and_so_where_the_chunks_of_two_workers_part_them(
        self, case: Case, handler: User, supervisor: User, lead: User
    ) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        climb(case, *OWN)
        while relay(at=AT, limit=1):
            pass
        assert Notice.objects.count() == 3

    def test_a_supervisor_in_the_handlers_place_hears_once(self, case: Case, supervisor: User) -> None:
        Case.objects.filter(pk=case.pk).update(stage="assessment")
        climb(case, OWN[2])
        relay(at=AT)
        assert Notice.objects.count() == 1


class TestCompanies:
    def test_an_approved_company_is_told_by_its_contacts_of_today(
        self, case: Case, party: Party, contact: Contact, chain: Chain, handler: User, supervisor: User
    ) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        contact("operator", phone="+15550100001")
        gone = UserFactory.create(username="gone", roles=[Role.RESPONDENT])
        EmploymentFactory.create(user=gone, organisation=chain.organisations["operator"], until_on=date(2025, 1, 1))
        EmploymentFactory.create(
            user=UserFactory.create(username="no-contact"), organisation=chain.organisations["operator"]
        )
        climb(case, ("deadline_passed", "T", ("handler", "supervisor", "respondent")),
              respondent=party("operator", "notified"))  # fmt: skip
        relay(at=AT)
        assert told() == {
            ("tomas", "handler"),
            ("irene", "supervisor"),
            ("contact-operator", "respondent"),
            ("contact-operator", "respondent-sms"),
        }

    def test_one_that_is_not_approved_is_not_told_and_the_supervisor_is_asked(
        self, case: Case, party: Party, contact: Contact, supervisor: User
    ) -> None:
        contact("operator")
        climb(case, ("deadline_neared", "50%", ("respondent",)), respondent=party("operator", "identified"))
        relay(at=AT)
        assert told() == {("irene", "respondent-ask")}

    def test_where_nobody_is_there_to_be_told_the_supervisor_is_asked(
        self, case: Case, party: Party, supervisor: User
    ) -> None:
        climb(case, ("deadline_neared", "50%", ("respondent",)), respondent=party("operator", "notified"))
        relay(at=AT)
        assert told() == {("irene", "respondent-ask")}

    def test_the_buyer_on_the_path_is_told_when_it_is_a_party_itself(
        self, case: Case, party: Party, contact: Contact, supervisor: User
    ) -> None:
        contact("refiner")
        contact("cells")
        buyer = party("refiner", "notified")
        party("cells", "notified")
        climb(case, ("deadline_escalated", "T+3", ("buyers",)), respondent=party("operator", "notified"))
        relay(at=AT)
        assert told() == {("contact-refiner", "buyers")}
        assert Notice.objects.get().respondent == buyer

    @pytest.mark.parametrize("state", ["identified", "released"])
    def test_a_buyer_that_has_no_part_in_it_is_not_told(
        self, case: Case, party: Party, contact: Contact, supervisor: User, state: str
    ) -> None:
        contact("refiner")
        party("refiner", state)
        climb(case, ("deadline_escalated", "T+3", ("buyers",)), respondent=party("operator", "notified"))
        relay(at=AT)
        assert told() == {("irene", "buyers-ask")}

    def test_of_two_automakers_the_approved_one_is_told_and_the_supervisor_asked_about_the_other(
        self, case: Case, party: Party, contact: Contact, supervisor: User
    ) -> None:
        contact("one")
        contact("two")
        party("one", "approved")
        climb(case, ("deadline_escalated", "T+7", ("automakers",)), respondent=party("operator", "notified"))
        relay(at=AT)
        assert told() == {("contact-one", "automakers"), ("irene", "automakers-ask")}

    def test_nobody_hears_before_the_day_chosen_for_the_first_notice(
        self, happen: Happen, party: Party, contact: Contact
    ) -> None:
        contact("operator")
        chosen = AT + timedelta(days=3)
        happen("respondent_notified", respondent=party("operator", "notified"),
               data={"not_before": chosen.isoformat()})  # fmt: skip
        relay(at=AT)
        assert Notice.objects.get().next_try_at == chosen


def test_the_path_of_the_snapshot_says_who_buys(case: Case, chain: Chain) -> None:
    ids = {name: organisation.pk for name, organisation in chain.organisations.items()}
    answer = case.routings.get().answer
    assert buyers_of(answer, ids["operator"]) == [ids["refiner"]]
    assert buyers_of(answer, ids["refiner"]) == [ids["cells"]]
    assert set(buyers_of(answer, ids["cells"])) == {ids["one"], ids["two"]}
    assert buyers_of(answer, ids["one"]) == []
    assert set(automakers_above(answer, ids["operator"])) == {ids["one"], ids["two"]}
    assert automakers_above(answer, ids["two"]) == []


class TestUnheard:
    """Nobody holds the role, or everybody who does is in conflict: the event stays in sight."""

    def test_what_nobody_can_be_told_of_is_kept_and_said_in_the_log(self, happen: Happen, written: io.StringIO) -> None:
        event = happen("case_opened", data={})
        relay(at=AT)
        assert not Untold.objects.exists()
        assert list(Unheard.objects.values_list("event", "at")) == [(event.pk, AT)]
        line = next(json.loads(text) for text in written.getvalue().splitlines() if "nobody_to_tell" in text)
        assert (line["kind"], line["event_id"]) == ("case_opened", event.pk)

    def test_the_act_of_an_officer_is_kept_too_where_nobody_hears_of_it(self, happen: Happen, outsider: User) -> None:
        happen("appeal_opened", by=outsider)
        relay(at=AT)
        assert Unheard.objects.count() == 1

    def test_who_did_it_themselves_has_heard_of_it(self, happen: Happen, supervisor: User) -> None:
        happen("appeal_opened", by=supervisor)
        relay(at=AT)
        assert (Notice.objects.count(), Unheard.objects.count()) == (0, 0)

    def test_it_is_tried_again_every_hour_and_told_once_somebody_may_know(self, happen: Happen) -> None:
        happen("case_opened", data={})
        relay(at=AT)
        relay(at=AT + timedelta(hours=1))
        assert Unheard.objects.get().at == AT + timedelta(hours=1)
        UserFactory.create(username="amina", roles=[Role.INTAKE])
        relay(at=AT + timedelta(minutes=119))
        assert told() == set()
        relay(at=AT + timedelta(hours=2))
        assert told() == {("amina", "intake")}
        assert not Unheard.objects.exists()

    def test_a_reminder_of_what_was_done_meanwhile_is_let_go(self, case: Case) -> None:
        clock = climb(case, OWN[0])
        relay(at=AT)
        assert Unheard.objects.count() == 1
        Clock.objects.filter(pk=clock.pk).update(stopped_at=AT)
        relay(at=AT + timedelta(hours=1))
        assert (Unheard.objects.count(), Untold.objects.count()) == (0, 0)

    def test_a_notice_that_may_not_go_out_any_more_leaves_its_event_in_sight(
        self, happen: Happen, officer: User, chain: Chain
    ) -> None:
        happen("case_opened", data={})
        relay(at=AT)
        EmploymentFactory.create(user=officer, organisation=chain.organisations["one"])
        deliver(at=AT)
        assert (Notice.objects.get().state, Unheard.objects.count()) == ("void", 1)

    def test_an_idle_sweep_writes_nothing(self, happen: Happen, django_assert_num_queries: Any) -> None:
        happen("case_opened", data={})
        relay(at=AT)
        with django_assert_num_queries(2):
            relay(at=AT + timedelta(minutes=30))


class TestOneBadEvent:
    @pytest.fixture
    def bad(self, happen: Happen, officer: User, monkeypatch: pytest.MonkeyPatch) -> CaseEvent:
        """The first of three cannot be told."""
        bad = happen("case_opened", data={})
        lines_of = table.lines_of

        def break_on_it(event: CaseEvent) -> Any:
            if event.pk == bad.pk:
                raise LookupError("243970000001")
            return lines_of(event)

        monkeypatch.setattr(telling, "lines_of", break_on_it)
        happen("case_opened", data={})
        happen("case_opened", data={})
        return bad

    def test_the_others_are_told_and_it_is_seen(self, bad: CaseEvent, written: io.StringIO) -> None:
        with pytest.raises(ExceptionGroup) as raised:
            relay(at=AT)
        assert [type(error) for error in raised.value.exceptions] == [LookupError]
        assert Notice.objects.count() == 2
        assert list(Untold.objects.values_list("event", "tries")) == [(bad.pk, 1)]
        line = next(json.loads(text) for text in written.getvalue().splitlines() if "event_not_told" in text)
        assert (line["kind"], line["event_id"], line["error"]) == ("case_opened", bad.pk, "builtins.LookupError")
        assert "243970000001" not in written.getvalue()

    def test_it_stands_behind_the_others_and_stops_nobody(self, bad: CaseEvent, happen: Happen) -> None:
        for number in range(3):
            with pytest.raises(ExceptionGroup):
                relay(at=AT)
            assert Untold.objects.get().tries == number + 1
            new = happen("case_opened", data={})
            assert [row.event_id for row in Untold.objects.waiting()] == [new.pk, bad.pk]
        assert Notice.objects.count() == 4

    def test_its_tries_never_overflow_their_column(self, bad: CaseEvent) -> None:
        Untold.objects.filter(event=bad).update(tries=MOST_TRIES)
        with pytest.raises(ExceptionGroup):
            relay(at=AT)
        assert Untold.objects.get().tries == MOST_TRIES < 2**15

    def test_mended_it_is_told(self, bad: CaseEvent, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ExceptionGroup):
            relay(at=AT)
        monkeypatch.undo()
        assert relay(at=AT) == 1
        assert (Notice.objects.count(), Untold.objects.count()) == (3, 0)

    def test_a_database_that_fails_is_no_events_fault(self, happen: Happen, officer: User) -> None:
        happen("case_opened", data={})
        with mock.patch.object(telling, "told", side_effect=OperationalError), pytest.raises(OperationalError):
            relay(at=AT)
        assert Untold.objects.get().tries == 0
