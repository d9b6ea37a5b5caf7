"""What has to hold of a database whatever died over it: one list of all that is wrong, empty where nothing is.

Run inside a process that has Django ready. What is expected is reckoned anew from the rule packs, the tables of the
lifecycles and the catalogue, and compared with what lies there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from cases.codes import LetterKind
from cases.commands.moving import AT_REST, STAGE_CLOCKS
from cases.events import Event
from cases.gates import lacking, standing
from cases.models import Breach, Case, CaseEvent, Clock, Letter, Respondent, Untold
from cases.queries import on_record
from cases.rules import Rung, rungs
from cases.rules.packs import THEIRS, rule_for
from cases.states import CASE, RESPONDENT, Gate, Stage
from notifications.catalogue.table import SILENT
from notifications.commands.telling import plan
from notifications.models import Delivery, Notice, Unheard


def wrong(at: datetime) -> list[str]:
    """Every fault that is found, in words; ``at``: a moment by which the sweep has been."""
    return [*_clocks(at), *_told(at), *_notices(at), *_stages(at), *_companies()]


def due_levels(clock: Clock, at: datetime) -> set[int]:
    """The places of its ladder that this clock has passed."""
    until = min(at, clock.stopped_at or at)
    return {
        level
        for level, rung in enumerate(_ladder(clock))
        if rung.at <= until and not (rung.event == Event.DEADLINE_NEARED and rung.at <= clock.started_at)
    }


def _ladder(clock: Clock) -> list[Rung]:
    return rungs(rule_for(clock.kind, clock.started_at.date()), clock.started_at, clock.due_at)


def _clocks(at: datetime) -> Iterator[str]:
    """Each due level of each clock has one event, each missed day one breach."""
    taken: dict[int, Counter[int]] = defaultdict(Counter)
    passed: Counter[int] = Counter()
    for clock_id, level, kind in CaseEvent.objects.exclude(clock=None).values_list("clock", "level", "kind"):
        assert clock_id is not None
        taken[clock_id][level or 0] += 1
        passed[clock_id] += kind == Event.DEADLINE_PASSED
    breaches = Counter(Breach.objects.values_list("clock", flat=True))
    for clock in Clock.objects.exclude(kind__in=THEIRS):
        if set(taken[clock.pk]) != due_levels(clock, at):
            yield f"clock {clock.pk} {clock.kind}: {sorted(taken[clock.pk])} for {sorted(due_levels(clock, at))}"
        if taken[clock.pk] and max(taken[clock.pk].values()) > 1:
            yield f"clock {clock.pk}: a level twice"
        if not passed[clock.pk] == breaches[clock.pk] <= 1:
            yield f"clock {clock.pk}: {breaches[clock.pk]} breaches for {passed[clock.pk]} missed days"


def _told(at: datetime) -> Iterator[str]:
    """Each event was told, is silent, reached nobody in sight of all, or has nobody to be told any more."""
    for waiting in Untold.objects.select_related("event"):
        yield f"event {waiting.event_id} {waiting.event.kind} was never told"
    seen = {*Notice.objects.values_list("event", flat=True), *Unheard.objects.values_list("event", flat=True)}
    silent = CaseEvent.objects.exclude(pk__in=seen).exclude(kind__in=SILENT)
    forgotten = plan(silent, at=at)
    for event in [*(notice.event for notice in forgotten.notices), *forgotten.unheard]:
        yield f"event {event.pk} {event.kind}: forgotten"


def _notices(at: datetime) -> Iterator[str]:
    """One notice for each event, person and step, and its state is what its attempts say."""
    keys = Counter(Notice.objects.values_list("event", "recipient", "step"))
    yield from (f"notice {key}: {number} times" for key, number in keys.items() if number > 1)
    tried: dict[int, Counter[str]] = defaultdict(Counter)
    for notice_id, outcome in Delivery.objects.values_list("notice", "outcome"):
        tried[notice_id][outcome] += 1
    state, ended = Notice.State, Delivery.Outcome
    for notice in Notice.objects.all():
        tries = tried[notice.pk]
        if tries[ended.STARTED]:
            yield f"notice {notice.pk}: an attempt never ended"
        if tries[ended.ACCEPTED] != (notice.state == state.SENT):
            yield f"notice {notice.pk}: {notice.state} and accepted {tries[ended.ACCEPTED]} times"
        if notice.doubtful != (tries[ended.UNKNOWN] > 0):
            yield f"notice {notice.pk}: a doubt and {tries[ended.UNKNOWN]} unknown outcomes"
        if notice.state in {state.WAITING, state.LEASED} and notice.next_try_at and notice.next_try_at <= at:
            yield f"notice {notice.pk}: due, and not sent"


def _stages(at: datetime) -> Iterator[str]:
    """No case stands in a stage that its records do not support."""
    moves = {move.event for move in CASE.transitions}
    for case in Case.objects.select_related("site", "handler"):
        last = case.events.filter(kind__in=moves).order_by("-pk").first()
        led_by = [move for move in CASE.transitions if last and (move.event, move.target) == (last.kind, case.stage)]
        if not led_by and (last is not None or case.stage != Stage.RECEIVED):
            yield f"case {case.pk}: {case.stage} after {last.kind if last else 'nothing'}"
        version = Case.history.filter(id=case.pk).latest()
        if (version.stage, version.outcome) != (case.stage, case.outcome):
            yield f"case {case.pk}: {case.stage}, and its newest version {version.stage}"
        # Of several ways by which it may have come, one holds.
        lacks = [list(_lacking(case, move, at)) for move in led_by]
        if lacks and all(lacks):
            yield f"case {case.pk}: in {case.stage} without {lacks[0]}"
        yield from _clocks_of_stage(case)
        if case.stage == Stage.CLOSED:
            yield from _closed(case)


def _lacking(case: Case, move: object, at: datetime) -> Iterator[str]:
    letter = LetterKind.INELIGIBLE if case.outcome == "ineligible" else LetterKind.CLOSING
    record = on_record(case, at=at, letter=letter, outcome=case.outcome)
    for one in lacking(standing(move, record)):  # type: ignore[arg-type]
        if one.gate != Gate.REASONS_GIVEN:  # of a letter that was sent: `_closed`
            yield one.gate.value


def _closed(case: Case) -> Iterator[str]:
    wanted = set(case.filings.filter(withdrawn_at=None).values_list("grievance__language", flat=True))
    written = set(Letter.objects.filter(case=case, at__lte=case.closed_at or case.opened_at).values_list("language"))
    if missing := wanted - {language for (language,) in written}:
        yield f"case {case.pk}: closed without a letter in {missing}"
    if case.closed_at is None or not case.outcome or case.erase_at is None:
        yield f"case {case.pk}: closed without its day, its outcome or the end of its words"


def _clocks_of_stage(case: Case) -> Iterator[str]:
    owed = set(Clock.objects.owed().filter(case=case).values_list("kind", flat=True))
    if case.stage in AT_REST and owed:
        yield f"case {case.pk}: {case.stage}, and {owed} run on"
    for stage, kind in STAGE_CLOCKS.items():
        if (kind in owed) != (case.stage == stage):
            yield f"case {case.pk}: in {case.stage} with the clock {kind} {'running' if kind in owed else 'missing'}"
    due = min(Clock.objects.owed().filter(case=case).values_list("due_at", flat=True), default=None)
    if case.next_due_at != due:
        yield f"case {case.pk}: the queue says {case.next_due_at}, and due is {due}"


def _companies() -> Iterator[str]:
    moves = {move.event: move.target for move in RESPONDENT.transitions}
    for company in Respondent.objects.all():
        last = CaseEvent.objects.filter(respondent=company, kind__in=moves).order_by("-pk").first()
        if company.state != (moves[last.kind] if last else "identified"):
            yield f"company {company.pk}: {company.state} after {last.kind if last else 'nothing'}"
        told = company.state in {"notified", "acknowledged", "accepted", "contested", "answered"}
        if told and not (company.notified_at and company.clocks.exists()):
            yield f"company {company.pk}: {company.state} without its day or its clock"
