"""A notice says how things stand when it is sent: what is done, put off or outdone by then is not told any more.

The day that it names is the day of the country that it is counted in.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.utils import translation

from accounts.models import User
from cases.models import Case, CaseEvent, Clock, Plan, RemedyStep, Respondent, Untold
from cases.rules import due_at
from cases.rules.packs import PACKS, rule_for
from notifications.catalogue.letters import letter
from notifications.catalogue.texts import TO_DO
from notifications.commands import deliver, relay
from notifications.models import Notice, Unheard
from tests.factories import AT
from tests.notifications.conftest import Happen, climb, told

Party = Callable[..., Respondent]
Contact = Callable[..., User]
DAY = timedelta(days=1)
PASSED = ("deadline_passed", "T", ("handler", "supervisor"))
LATER = ("deadline_escalated", "T+3", ("lead",))
NEUTRAL = ("urgent_triage", "safety_plan", "referral_survivor", "safety_check")


@pytest.fixture
def theirs(case: Case, handler: User) -> User:
    """The handler of the case."""
    Case.objects.filter(pk=case.pk).update(handler=handler)
    return handler


class TestPresentStateOnce:
    @pytest.mark.parametrize("rung", [PASSED, LATER], ids=["T", "T+3"])
    def test_what_was_done_before_it_is_told_is_not_told(
        self, case: Case, theirs: User, supervisor: User, lead: User, rung: Any
    ) -> None:
        climb(case, rung)
        Clock.objects.update(stopped_at=AT)
        relay(at=AT)
        assert told() == set()
        assert not Unheard.objects.exists()
        assert not Untold.objects.exists()

    @pytest.mark.parametrize("rung", [PASSED, LATER], ids=["T", "T+3"])
    def test_nor_what_was_done_before_it_is_sent(
        self, case: Case, theirs: User, supervisor: User, lead: User, rung: Any
    ) -> None:
        climb(case, rung)
        relay(at=AT)
        Clock.objects.update(stopped_at=AT)
        assert deliver(at=AT) == 0
        assert set(Notice.objects.values_list("state", flat=True)) == {"void"}

    def test_a_deadline_that_was_moved_is_not_overdue_any_more(
        self, case: Case, theirs: User, supervisor: User
    ) -> None:
        climb(case, PASSED)
        relay(at=AT)
        Clock.objects.update(due_at=AT + DAY)
        assert deliver(at=AT + timedelta(hours=1)) == 0
        assert set(Notice.objects.values_list("state", flat=True)) == {"void"}

    def test_a_machine_whose_time_is_set_back_an_hour_tells_it_all_the_same(
        self, case: Case, theirs: User, supervisor: User
    ) -> None:
        climb(case, PASSED)
        relay(at=AT - timedelta(hours=1))
        assert deliver(at=AT - timedelta(hours=1)) == 2

    def test_a_company_whose_reminders_waited_is_told_the_last_one(
        self, case: Case, happen: Happen, party: Party, contact: Contact
    ) -> None:
        contact("operator")
        owner = party("operator", "notified")
        clock = climb(case, ("deadline_neared", "T-7", ("respondent",)), respondent=owner)
        first = CaseEvent.objects.get(clock=clock)
        relay(at=AT)
        second = happen("deadline_neared", respondent=owner, data={"to": ["respondent"]})
        CaseEvent.objects.filter(pk=second.pk).update(clock=clock, level=1, at=AT + 5 * DAY)
        relay(at=AT + 5 * DAY)
        assert deliver(at=AT + 5 * DAY) == 1
        assert dict(Notice.objects.values_list("event", "state")) == {first.pk: "void", second.pk: "sent"}

    def test_an_earlier_step_that_is_told_late_says_nothing_to_who_knows_more(
        self, case: Case, supervisor: User, oversight: User
    ) -> None:
        """Nobody is lead: oversight stands in, and has heard of the later step."""
        clock = climb(case, LATER, ("deadline_escalated", "T+7", ("oversight",)))
        earlier, later = CaseEvent.objects.filter(clock=clock).order_by("level")
        Untold.objects.filter(event=earlier).delete()
        relay(at=AT)
        Untold.objects.create(event=earlier, at=AT)
        relay(at=AT)
        assert deliver(at=AT) == 1
        assert Notice.objects.get().event == later


class TestWhatToDo:
    def test_every_clock_says_what_it_asks_for(self) -> None:
        assert set(TO_DO) == {rule.clock for rule in PACKS}

    @pytest.mark.parametrize("kind", sorted({rule.clock for rule in PACKS if rule.ladder}))
    @pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
    def test_an_officer_reads_what_to_do_and_no_more(
        self, case: Case, theirs: User, party: Party, kind: str, language: str
    ) -> None:
        theirs.language = language
        theirs.save()
        owner = party("operator", "notified") if kind.startswith("respondent") else None
        only_reminds = rule_for(kind, AT.date()).ladder == "reminders"
        rung = ("deadline_neared", "T-2", ("handler",)) if only_reminds else PASSED
        climb(case, rung, kind=kind, respondent=owner)
        relay(at=AT)
        notice = Notice.objects.for_sending().get(recipient=theirs)
        with translation.override(language):
            what = str(TO_DO[kind])
        body = letter(notice).body
        assert what in body
        assert "%(" not in body
        assert "{" not in body

    def test_what_would_tell_of_danger_or_violence_is_said_in_the_same_neutral_words(self) -> None:
        assert len({str(TO_DO[kind]) for kind in NEUTRAL}) == 1

    def test_a_company_is_not_told_what_the_office_has_to_do(
        self, case: Case, party: Party, contact: Contact, handler: User
    ) -> None:
        contact("operator")
        climb(case, ("deadline_passed", "T", ("respondent",)), respondent=party("operator", "notified"))
        relay(at=AT)
        deliver(at=AT)
        assert "To do" not in mail.outbox[0].body


class TestItsOwnDay:
    @pytest.mark.parametrize(
        ("country", "started", "day"),
        [
            # Hawaii's day ends at 10:00 UTC of the next one, China's in Urumqi at 18:00 UTC of its own.
            ("US", "2026-02-16 09:00", "1 March 2026"),
            ("US", "2026-02-16 11:00", "2 March 2026"),
            ("CN", "2026-02-16 15:00", "2 March 2026"),
            ("CN", "2026-02-16 18:30", "3 March 2026"),
            # Across both changes of the clocks in Finland (29 March and 25 October 2026), late in its evening.
            ("FI", "2026-03-20 21:30", "3 April 2026"),
            ("FI", "2026-10-20 20:30", "3 November 2026"),
            ("FI", "2026-10-20 22:30", "4 November 2026"),
        ],
    )
    def test_a_company_reads_the_last_day_that_is_its_own(
        self, case: Case, party: Party, contact: Contact, country: str, started: str, day: str
    ) -> None:
        contact("operator")
        began = datetime.fromisoformat(f"{started}+00:00")
        due = due_at(rule_for("respondent_answers", began.date()), began, country)
        climb(case, ("deadline_passed", "T", ("respondent",)), respondent=party("operator", "notified"),
              country=country, due=due)  # fmt: skip
        relay(at=due)
        deliver(at=due)
        assert f"Due: {day}\n" in mail.outbox[0].body

    def test_the_office_reads_the_day_of_the_operators_country_for_an_answer_owed_by_its_working_days(
        self, case: Case, theirs: User
    ) -> None:
        climb(case, ("deadline_passed", "T", ("handler",)), kind="answer_message", country="CN",
              due=datetime(2026, 3, 2, 20, 0, tzinfo=UTC))  # fmt: skip
        relay(at=AT + DAY)
        deliver(at=AT + DAY)
        assert "Due: 3 March 2026" in mail.outbox[0].body


class TestStepsOfARemedy:
    @pytest.fixture
    def step(self, case: Case, party: Party, contact: Contact) -> RemedyStep:
        """Owed by the operator, and due after the answer that it owes too."""
        contact("operator")
        owner = party("operator", "answered")
        climb(case, ("deadline_neared", "T-7", ("respondent",)), respondent=owner)
        Untold.objects.all().delete()
        plan = Plan.objects.create(case=case, made_at=AT, changed_at=AT)
        return RemedyStep.objects.create(
            plan=plan, owner=owner, number=1, type="restitution", due_on=date(2026, 4, 30), sealed_words=b""
        )

    def test_the_company_reads_the_day_of_the_step_that_it_is_told_of(self, happen: Happen, step: RemedyStep) -> None:
        due = datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)
        Clock.objects.create(case=step.plan.case, step=step, kind="remedy_step", regime="D", started_at=AT, due_at=due)
        happen("step_agreed", respondent=step.owner, data={"step": step.pk})
        relay(at=AT)
        deliver(at=AT)
        assert "Due: 30 April 2026" in mail.outbox[0].body

    def test_what_the_office_has_to_verify_is_no_day_of_the_companys(self, happen: Happen, step: RemedyStep) -> None:
        Clock.objects.update(stopped_at=AT)
        Clock.objects.create(
            case=step.plan.case, step=step, kind="verification", regime="D", started_at=AT, due_at=AT + 30 * DAY
        )
        happen("respondent_upheld", respondent=step.owner)
        relay(at=AT)
        deliver(at=AT)
        assert "Due" not in mail.outbox[0].body
