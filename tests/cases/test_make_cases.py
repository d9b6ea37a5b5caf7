"""Made-up cases for measuring: a spread as in life, nothing left undone behind them, never in production."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases.commands import clocks, intake
from cases.commands.reading import read_filing
from cases.models import Breach, Case, CaseEvent, Clock, Filing, Respondent, Untold
from cases.rules import reckoned
from cases.rules.packs import rule_for
from cases.states import Stage
from grievance.models import Arrival, Grievance, KeyWrap, Message, Receipt
from tests.factories import UserFactory

pytestmark = pytest.mark.long

NUMBER = 300


@pytest.fixture
def made(db: None) -> None:
    call_command("make_cases", NUMBER, stdout=StringIO())


@pytest.mark.usefixtures("made")
def test_the_cases_are_there_and_all_open() -> None:
    assert Case.objects.count() == Grievance.objects.count() == Filing.objects.count() == NUMBER
    assert Receipt.objects.count() == Case.history.count() == NUMBER
    assert KeyWrap.objects.count() == 3 * NUMBER
    assert not Case.objects.filter(stage__in=(Stage.CLOSED, Stage.SET_ASIDE)).exists()


@pytest.mark.usefixtures("made")
def test_they_are_spread_as_in_life() -> None:
    def kinds(field: str) -> int:
        return Case.objects.values(field).distinct().count()

    assert kinds("stage") == 8
    assert kinds("severity") == 5
    assert kinds("language") >= 8
    assert kinds("site") > 50
    assert kinds("handler") > 20
    assert 0 < Case.objects.overdue(timezone.now()).count() < NUMBER / 2
    assert Case.objects.unread().exists()
    assert Respondent.objects.exists()
    assert Message.objects.filter(author=None).exists()
    assert CaseEvent.objects.filter(kind="acknowledged").exists()


@pytest.mark.usefixtures("made")
def test_the_queue_column_is_that_of_the_clocks() -> None:
    for case in Case.objects.all():
        due = min(Clock.objects.running().filter(case=case).values_list("due_at", flat=True))
        assert case.next_due_at == case.due_order == due


@pytest.mark.usefixtures("made")
def test_nothing_waits_for_a_worker() -> None:
    assert not Untold.objects.exists()
    assert not Arrival.objects.exists()
    assert intake.take_up(at=timezone.now()) == 0
    assert clocks.sweep(at=timezone.now()) == 0
    assert Clock.objects.running().filter(next_step_at__isnull=False).exists()


@pytest.mark.usefixtures("made")
def test_the_steps_that_were_taken_have_their_events() -> None:
    told = CaseEvent.objects.filter(kind="acknowledged").values("case")
    steps = Clock.objects.filter(case__in=told).annotate(taken=Count("events", filter=Q(events__level__lt=F("level"))))
    assert not steps.exclude(taken=F("level")).exists()


@pytest.mark.usefixtures("made")
def test_every_deadline_that_passed_is_a_breach_on_record() -> None:
    passed = Clock.objects.running().filter(due_at__lte=timezone.now())
    missed = dict(Breach.objects.open().values_list("clock", "due_at"))
    # Of what the people who filed may do themselves nothing is missed; none of that is made.
    assert missed == dict(passed.values_list("pk", "due_at"))
    assert 0 < len(missed) < Clock.objects.count() / 2


@pytest.mark.usefixtures("made")
def test_each_clock_is_due_as_it_would_be_reckoned() -> None:
    for clock in Clock.objects.select_related("case"):
        rule = rule_for(clock.kind, clock.started_at.date())
        assert clock.due_at == reckoned(rule, clock.started_at, country=clock.country, promised=clock.promised_at)


@pytest.mark.usefixtures("made")
def test_an_officer_can_open_their_words() -> None:
    officer = UserFactory.create(roles=[Role.HANDLER])
    case = Case.objects.visible_to(officer).filter(filings__grievance__messages__isnull=False).first()
    assert case
    words = read_filing(case=case, filing=case.filings.get(), by=officer, at=timezone.now())
    assert "Made up for measuring" in words.statement
    assert words.turns


@pytest.mark.usefixtures("made")
def test_more_can_be_made_and_others_can_follow() -> None:
    people = User.objects.count()
    call_command("make_cases", 20, stdout=StringIO())
    assert Case.objects.count() == NUMBER + 20
    assert User.objects.count() == people
    assert Case.objects.values("reference").distinct().count() == NUMBER + 20
    # The database numbers on from the last one that was made.
    UserFactory.create(roles=[Role.HANDLER])


@pytest.mark.django_db
def test_production_makes_none() -> None:
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="production"):
        call_command("make_cases", 1)
    assert not Case.objects.exists()
