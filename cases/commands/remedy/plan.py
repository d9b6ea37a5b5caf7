"""Planning a remedy with the people harmed: steps, who answers for how much, consultation, and what nobody signs away.

Sources: UNGP 19, 22, 25, 29, 31(h); design "The lifecycle".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import Involved, RemedyType
from cases.commands import clocks
from cases.commands.moving import locked, move
from cases.commands.record import record
from cases.commands.remedy.moving import locked_step, move_step, note
from cases.commands.sharing import shared_key
from cases.events import Event
from cases.models import Case, Consultation, Exit, Filing, Involvement, Plan, RemedyStep, Respondent, StepText
from cases.policies import check_may, not_found
from cases.queries import step_record
from cases.rules.calendars import end_of_day, latest_zone
from cases.states import Stage
from grievance.commands.following import Following
from grievance.keys import data_key_for_office, seal_json, seal_text

# In these a company knows of the case and takes part in it: it can be given a step.
ANSWERABLE = frozenset({"notified", "acknowledged", "accepted", "answered"})
PLANNING = frozenset({Stage.REMEDY_DESIGN, Stage.REMEDY_DELIVERY})


@dataclass(frozen=True)
class Promised:
    """One step as an officer writes it. ``texts``: {language: plain words} for the people who filed; ``filing``: the
    one person whom it is for, None for everybody."""

    type: RemedyType
    owner: Respondent
    due_on: date
    what: str
    indicator: str
    texts: Mapping[str, str]
    filing: Filing | None = None
    intermediary: bool = False


@transaction.atomic
def plan_step(*, case: Case, promised: Promised, by: User, at: datetime) -> RemedyStep:
    """Add a step to the plan; an interim one at any time after admission. It binds nobody before it is agreed."""
    case = locked(case)
    check_may(by, Act.PLAN_STEP, case)
    _check(case, promised, at)
    plan = _changed(case, by, at)
    number = (plan.steps.aggregate(last=Max("number"))["last"] or 0) + 1
    step = RemedyStep(plan=plan, number=number)
    _write(step, promised, case, by, at, Event.STEP_PLANNED)
    return step


@transaction.atomic
def change_step(*, step: RemedyStep, promised: Promised, by: User, at: datetime) -> None:
    """Write a proposed step anew: consultation and the look for waivers begin again."""
    step = locked_step(step)
    check_may(by, Act.PLAN_STEP, step.plan.case)
    _check_proposed(step)
    _check(step.plan.case, promised, at)
    step.plan = _changed(step.plan.case, by, at)
    _write(step, promised, step.plan.case, by, at, Event.STEP_CHANGED)


@transaction.atomic
def drop_step(*, step: RemedyStep, by: User, at: datetime) -> None:
    """Take a proposed step out of the plan; the row stays."""
    step = locked_step(step)
    check_may(by, Act.PLAN_STEP, step.plan.case)
    _check_proposed(step)
    _changed(step.plan.case, by, at)
    step.dropped_at = at
    keep(step, by=by, at=at, why=Event.STEP_DROPPED)
    note(step, Event.STEP_DROPPED, by=by, at=at)


def _check_proposed(step: RemedyStep) -> None:
    if step.state != "proposed" or step.dropped_at is not None:
        raise Refused("not_proposed", _("This step is agreed, or was dropped: it can no longer be changed."))


def _check(case: Case, promised: Promised, at: datetime) -> None:
    if promised.owner.case_id != case.pk or (promised.filing is not None and promised.filing.case_id != case.pk):
        raise not_found()
    if promised.type != RemedyType.INTERIM and case.stage not in PLANNING:
        raise Refused("not_planning", _("Before a finding or a settlement only interim steps can be planned."))
    if promised.owner.state not in ANSWERABLE:
        raise Refused("owner_not_told", _("The owner has to be a company that was told of the case and is part of it."))
    if promised.due_on <= at.date():
        raise Refused("due_before_plan", _("The day has to lie after today, when the step is planned."))
    if not promised.what.strip() or not promised.indicator.strip():
        raise Refused("step_complete", _("Say what is to be done, and how one sees that it was done."))


def _changed(case: Case, by: User, at: datetime) -> Plan:
    """The plan of a case, made where there is none; what was asked and checked before no longer fits it."""
    plan = Plan.objects.filter(case=case).first() or Plan(case=case, made_at=at)
    plan.changed_at, plan.waivers_checked_at, plan.waivers_checked_by = at, None, None
    keep(plan, by=by, at=at, why=Event.STEP_CHANGED)
    return plan


def _write(step: RemedyStep, promised: Promised, case: Case, by: User, at: datetime, kind: Event) -> None:
    step.type, step.owner, step.due_on = promised.type, promised.owner, promised.due_on
    step.filing, step.intermediary = promised.filing, promised.intermediary
    words = {"what": promised.what, "indicator": promised.indicator}
    step.sealed_words = seal_json(data_key_for_office(case.key_id), words, "step")
    keep(step, by=by, at=at, why=kind)
    key = shared_key(case)
    StepText.objects.filter(step=step).delete()
    StepText.objects.bulk_create(
        StepText(step=step, language=language, sealed_body=seal_text(key, text, "step"))
        for language, text in promised.texts.items()
        if text.strip()
    )
    note(step, kind, by=by, at=at, filing=promised.filing)


@transaction.atomic
def involve(*, respondent: Respondent, kind: Involved, share: Decimal | None, by: User, at: datetime) -> Involvement:
    """How a company is involved, and its share of the remedy in percent; the shares of all make at most a hundred."""
    case = locked(respondent.case)
    check_may(by, Act.INVOLVE, case)
    others = Involvement.objects.newest(case).exclude(respondent=respondent)
    taken = others.aggregate(sum=Sum("share"))["sum"] or Decimal(0)
    if share is not None and share + taken > 100:
        raise Refused("shares", _("The shares of all companies together are more than a hundred percent."))
    made = Involvement.objects.create(respondent=respondent, kind=kind, share=share, by=by, at=at)
    record(case, Event.INVOLVEMENT_RECORDED, by=by, at=at, respondent=respondent)
    return made


@transaction.atomic
def consult(*, case: Case, by: User, at: datetime) -> None:
    """Ask everybody who filed, on their follow page, what they think of the plan as it stands now."""
    case = locked(case)
    check_may(by, Act.CONSULT, case)
    plan = Plan.objects.filter(case=case).first()
    if plan is None or not plan.steps.filter(dropped_at=None).exists():
        raise Refused("plan_complete", _("There is no plan yet that anybody could be asked about."))
    asked = Consultation.objects.filter(plan=plan, asked_at__gte=plan.changed_at).values("filing")
    people = list(Filing.objects.live().filter(case=case).exclude(pk__in=asked))
    if not people:
        raise Refused("everybody_asked", _("Everybody who filed was asked about this plan already."))
    Consultation.objects.bulk_create(Consultation(plan=plan, filing=filing, asked_at=at) for filing in people)
    record(case, Event.CONSULTATION_ASKED, by=by, at=at)


@transaction.atomic
def answer_consultation(*, following: Following, agrees: bool, words: str, at: datetime) -> None:
    """Somebody who filed says what they think of the plan; their newest answer to the newest question holds."""
    asked = (
        Consultation.objects.select_for_update(no_key=True, of=("self",))
        .filter(filing__grievance=following.grievance, filing__withdrawn_at=None)
        .select_related("filing__case")
        .order_by("-asked_at", "-pk")
        .first()
    )
    if asked is None:
        raise Refused("not_asked", _("You were not asked about this."))
    asked.answered_at, asked.agrees = at, agrees
    asked.sealed_words = seal_text(following.data_key, words, "consultation") if words.strip() else None
    asked.save(update_fields=["answered_at", "agrees", "sealed_words"])
    record(asked.filing.case, Event.CONSULTATION_ANSWERED, by=None, at=at, filing=asked.filing)


@transaction.atomic
def check_waivers(*, case: Case, by: User, at: datetime) -> None:
    """Whoever signs this has read every step and found that courts, unions and contact points stay open (UNGP 29)."""
    case = locked(case)
    check_may(by, Act.CHECK_WAIVERS, case)
    plan = Plan.objects.filter(case=case).first()
    if plan is None:
        raise Refused("plan_complete", _("There is no plan yet that could be checked."))
    plan.waivers_checked_at, plan.waivers_checked_by = at, by
    keep(plan, by=by, at=at, why=Event.WAIVERS_CHECKED)
    record(case, Event.WAIVERS_CHECKED, by=by, at=at)


@transaction.atomic
def agree(*, case: Case, by: User, at: datetime) -> None:
    """The plan is agreed: every proposed step binds its owner from now, and the case goes on to its delivery."""
    case = locked(case)
    check_may(by, Act.AGREE_PLAN, case)
    move(case, "deliver_remedy", by=by, at=at)
    plan = Plan.objects.get(case=case)
    plan.agreed_at = at
    keep(plan, by=by, at=at, why="remedy_agreed")
    for step in plan.steps.filter(state="proposed", dropped_at=None):
        _bind(locked_step(step), by, at)


@transaction.atomic
def agree_step(*, step: RemedyStep, by: User, at: datetime) -> None:
    """One step binds its owner: an interim one at any time, a later one while the rest is being delivered."""
    step = locked_step(step)
    check_may(by, Act.AGREE, step.plan.case)
    if step.type != RemedyType.INTERIM and step.plan.case.stage != Stage.REMEDY_DELIVERY:
        raise Refused("not_now", _("This step is agreed together with the plan."))
    _bind(step, by, at)


def _bind(step: RemedyStep, by: User, at: datetime) -> None:
    move_step(step, "agree", step_record(step, at=at), by=by, at=at)
    run_delivery(step, at)


def run_delivery(step: RemedyStep, at: datetime) -> None:
    """The step's own day is its deadline, until that day is over in its owner's country."""
    kind = "remedy_step_interim" if step.type == RemedyType.INTERIM else "remedy_step"
    country = step.owner.organisation.country
    due = end_of_day(datetime.combine(step.due_on, time(12), latest_zone(country, at)), country)
    clocks.start(step.plan.case, kind, at=at, due=max(due, at), country=country, step=step)


@transaction.atomic
def log_exit(*, respondent: Respondent, leaves_on: date, workers: int, words: str, by: User, at: datetime) -> Exit:
    """Before a buyer leaves the supplier: what that does to the workers, and what is done about it (UNGP 19)."""
    case = locked(respondent.case)
    check_may(by, Act.LOG_EXIT, case)
    if respondent.tier == 0:
        raise Refused("no_buyer", _("This company runs the site: only a buyer leaves a supplier."))
    if not words.strip():
        raise Refused("exit_words", _("Write what leaving does to the workers, and what is done about that."))
    sealed = seal_text(data_key_for_office(case.key_id), words, "exit")
    made = Exit.objects.create(
        respondent=respondent, leaves_on=leaves_on, workers=workers, sealed_words=sealed, by=by, at=at
    )
    record(case, Event.EXIT_LOGGED, by=by, at=at, respondent=respondent)
    return made
