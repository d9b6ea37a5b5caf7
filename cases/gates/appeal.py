"""What an appeal asks before it is filed, and where a panel may send a case."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases.codes import AppealResult
from cases.gates.ask import Text
from cases.rules.packs import period_ends
from cases.states import CASE, Outcome, Stage

# Events that decide something about a case, each of which can be appealed against for a while.
DECISIONS = (
    "finding_made",
    "case_found_ineligible",
    "remedy_design_opened",
    "remedy_agreed",
    "monitoring_opened",
    "case_closed",
)
# Stages that stand on something having been found true.
REMEDY = frozenset({Stage.REMEDY_DESIGN, Stage.REMEDY_DELIVERY, Stage.MONITORING})


@dataclass(frozen=True)
class Appealing:
    """What is on record for an appeal that one person would file; read by `cases.queries.appeals`."""

    stage: str
    live: bool  # they did not withdraw
    open: bool  # an appeal is being looked at
    found: bool
    decided_at: datetime | None  # the newest decision that can be appealed against
    appealed_at: datetime | None  # when this person appealed last
    until: datetime | None = None  # as their own clock has it, with every pause


def appeal_until(record: Appealing) -> datetime | None:
    if record.decided_at is None:
        return None
    least = period_ends("appeal_filed", record.decided_at)
    return max(least, record.until) if record.until is not None else least


def appeal_missing(record: Appealing, at: datetime) -> tuple[str, Text] | None:
    """The code and the words of a refusal, written for the person who filed; None where the appeal may be filed."""
    until = appeal_until(record)
    if not record.live:
        return "withdrawn", _("You took your words back, so that there is nothing to appeal against.")
    if record.open:
        return "appeal_open", _("Other people are looking at your case again already.")
    decided = CASE.find("appeal", record.stage) and (record.found or record.stage != Stage.INVESTIGATION)
    if until is None or record.decided_at is None or not decided:
        return "nothing_decided", _("Nothing has been decided yet that you could appeal against. Please write to us.")
    if record.appealed_at is not None and record.appealed_at >= record.decided_at:
        return "appealed", _("You have appealed against this decision already.")
    if at > until:
        return "too_late", _("The time for an appeal is over. If there is something new, please write to us.")
    return None


def return_missing(
    result: AppealResult, return_to: str, *, interrupted: str, outcome: str, substantiated: bool
) -> Text | None:
    """Why a panel may not send a case there. ``outcome``: with which it was closed, if it was; ``substantiated``: a
    finding still says that the harm is true, those aside that the panel has just set aside."""
    if result == AppealResult.REJECTED:
        same = return_to == interrupted
        return None if same else _("An appeal that is rejected sends the case back to where it was.")
    if return_to == Stage.CLOSED:
        return _("An appeal that is upheld does not leave the case closed.")
    if outcome == Outcome.INELIGIBLE and return_to != Stage.ASSESSMENT:
        return _("A case that is ours after all goes to assessment.")
    if return_to in REMEDY and not substantiated:
        return _("Nothing would say any more that the harm is true: send the case back to the inquiry.")
    return None
