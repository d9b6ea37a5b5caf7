"""How a case was graded, and the log of a People's consent: opened for those who may read it."""

from dataclasses import dataclass

from cases.codes import FPIC
from cases.models import Assessment, Case, Clock, Filing, FpicEntry
from cases.queries.record import codes_of, is_guarded
from grievance.keys import data_key_for_office, open_text


@dataclass(frozen=True)
class Graded:
    """``override``: why the level is another than the computed one; "" where it is not."""

    assessment: Assessment
    override: str


@dataclass(frozen=True)
class Entry:
    entry: FpicEntry
    words: str


@dataclass(frozen=True)
class FpicLog:
    """Of a case that concerns an Indigenous People; ``entries`` in the order of their days."""

    entries: list[Entry]


def graded(case: Case) -> Graded | None:
    """The grading that holds."""
    newest = case.assessments.select_related("by").order_by("-pk").first()
    if newest is None:
        return None
    if newest.sealed_override is None or case.erased_at is not None:
        return Graded(newest, "")
    return Graded(newest, open_text(data_key_for_office(case.key_id), newest.sealed_override, "override"))


def fpic_log(case: Case) -> FpicLog | None:
    """None for a case that concerns no Indigenous People."""
    if not FPIC & codes_of(case):
        return None
    rows = list(case.fpic_entries.select_related("by").order_by("on", "pk"))
    if not rows or case.erased_at is not None:
        return FpicLog([Entry(row, "") for row in rows])
    key = data_key_for_office(case.key_id)
    return FpicLog([Entry(row, open_text(key, row.sealed_words, "fpic")) for row in rows])


def dialogue_unasked(case: Case) -> int:
    """How many people who filed were not asked yet whether they want to talk; 0 where nobody may be asked."""
    if is_guarded(case.track, codes_of(case)):
        return 0
    return Filing.objects.live().filter(case=case, dialogue_asked_at=None).count()


def running_investigation(case: Case) -> Clock | None:
    return Clock.objects.running().filter(case=case, kind="investigation").first()
