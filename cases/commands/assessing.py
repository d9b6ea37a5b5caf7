"""How serious a case is, and which way it goes from there: dialogue, investigation, remedy."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import NoteKind, Risk, UrgentBecause
from cases.commands import clocks
from cases.commands.moving import locked, move
from cases.commands.record import record
from cases.commands.urgency import open_urgent
from cases.events import Event
from cases.models import Assessment, Case, Clock, Filing, Note
from cases.policies import check_asks, check_may
from cases.queries import codes_of, on_record
from cases.queries.assessment import running_investigation
from cases.rules.severity import computed
from cases.states import Gate, Severity, at_least, floor_of
from grievance.keys import data_key_for_office, seal_text


@transaction.atomic
def assess(
    *,
    case: Case,
    scale: int,
    scope: int,
    irremediability: int,
    imminent: bool,
    retaliation: Risk,
    level: Severity | None = None,
    override: str = "",
    by: User,
    at: datetime,
) -> Assessment:
    """Grade the harm (UNGP 14) and the risk of retaliation; the newest grading holds. Each part is from 1 to 5.

    ``level`` other than the computed one needs the reason ``override``, and never lies under the floor of the codes. A
    harm that is imminent opens the urgent overlay, with its clocks.
    """
    case = locked(case)
    check_may(by, Act.ASSESS, case)
    floor = floor_of(codes_of(case))
    by_parts = computed(scale=scale, scope=scope, irremediability=irremediability, imminent=imminent)
    rule = Severity(at_least(by_parts, floor))
    holds = level or rule
    _check_level(holds, computed=rule, floor=floor, reason=override)
    reason = seal_text(data_key_for_office(case.key_id), override, "override") if holds != rule else None
    graded = Assessment.objects.create(
        case=case, scale=scale, scope=scope, irremediability=irremediability, imminent=imminent, computed=rule,
        level=holds, sealed_override=reason, retaliation=retaliation, by=by, at=at,
    )  # fmt: skip
    case.severity = holds
    keep(case, by=by, at=at, why=Event.SEVERITY_GRADED)
    record(case, Event.SEVERITY_GRADED, by=by, at=at, data={"level": holds})
    clocks.reckon_all(case, at=at)
    if imminent:
        open_urgent(case, by=by, at=at, because=UrgentBecause.OFFICER)
    return graded


def _check_level(level: Severity, *, computed: Severity, floor: Severity | None, reason: str) -> None:
    if level != computed and not reason.strip():
        raise Refused("override_unreasoned", _("Say why the severity should be another than the computed one."))
    if at_least(level, floor) != level:
        raise Refused(
            "below_floor",
            _("The codes of this case do not allow so low a severity. If they are wrong, correct the codes first."),
        )


@transaction.atomic
def ask_dialogue(*, case: Case, by: User, at: datetime) -> None:
    """Ask everybody who filed, on their follow page, whether they want to talk with the company. Never in cases of
    sexual violence, child labour or retaliation; and nobody is asked twice."""
    case = locked(case)
    check_may(by, Act.ASK_DIALOGUE, case)
    check_asks(on_record(case, at=at), Gate.DIALOGUE_ALLOWED)
    asked = Filing.objects.live().filter(case=case, dialogue_asked_at=None).update(dialogue_asked_at=at)
    if not asked:
        raise Refused("everybody_asked", _("Everybody who filed has been asked already. Nobody is asked twice."))
    record(case, Event.DIALOGUE_ASKED, by=by, at=at)


@transaction.atomic
def open_dialogue(*, case: Case, by: User, at: datetime) -> None:
    """Everybody who filed chose to talk (LkSG §8(1))."""
    case = locked(case)
    check_may(by, Act.OPEN_DIALOGUE, case)
    move(case, "open_dialogue", by=by, at=at)


@transaction.atomic
def investigate(*, case: Case, by: User, at: datetime) -> None:
    """We look into what happened; its deadline runs."""
    case = locked(case)
    check_may(by, Act.INVESTIGATE, case)
    move(case, "investigate", by=by, at=at)


@transaction.atomic
def design_remedy(*, case: Case, by: User, at: datetime) -> None:
    """The harm was found true, settled or admitted: plan how it is put right."""
    case = locked(case)
    check_may(by, Act.DESIGN_REMEDY, case)
    move(case, "design_remedy", by=by, at=at)


@transaction.atomic
def extend(*, case: Case, reasons: str, by: User, at: datetime) -> Clock:
    """More time for the investigation that runs: once, before its day, by what its rule allows (`cases.rules.packs`),
    for reasons that are kept."""
    case = locked(case)
    check_may(by, Act.EXTEND, case)
    clock = _extendable(running_investigation(case), at)
    clock.extended_at = at
    clocks.reckon(clock, case, at=at)
    clocks.refresh_due(case)
    sealed = seal_text(data_key_for_office(case.key_id), reasons, "note")
    Note.objects.create(case=case, kind=NoteKind.EXTENSION, sealed_body=sealed, by=by, at=at)
    record(case, Event.CLOCK_EXTENDED, by=by, at=at)
    return clock


def _extendable(clock: Clock | None, at: datetime) -> Clock:
    if clock is None:
        raise Refused("no_clock", _("No deadline of an investigation runs in this case."))
    if clock.extended_at is not None:
        raise Refused("extended_already", _("This deadline was extended already. It can be extended once only."))
    if clock.due_at <= at:
        raise Refused("too_late", _("This deadline has passed: it can be extended before its day only."))
    return clock
