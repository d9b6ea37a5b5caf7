"""What a lifecycle table is made of: stages, owners, gates, states and transitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cases.states.words import Text


class Stage(StrEnum):
    """Stages of a case."""

    RECEIVED = "received"
    SCREENING = "screening"
    SET_ASIDE = "set_aside"
    ASSESSMENT = "assessment"
    DIALOGUE = "dialogue"
    INVESTIGATION = "investigation"
    REMEDY_DESIGN = "remedy_design"
    REMEDY_DELIVERY = "remedy_delivery"
    MONITORING = "monitoring"
    APPEAL = "appeal"
    CLOSED = "closed"


class Owner(StrEnum):
    """Who has to move next while a thing stands in a state."""

    INTAKE = "intake"
    HANDLER = "handler"
    PANEL = "panel"
    SUPERVISOR = "supervisor"
    RESPONDENT = "respondent"
    VERIFIER = "verifier"
    COMPLAINANT = "complainant"
    NOBODY = "nobody"


class Gate(StrEnum):
    """What must be on record before a transition; what each asks stands in `cases.gates`."""

    HUMAN_LOOKED = "human_looked"
    SUPERVISOR_SIGNED = "supervisor_signed"
    ELIGIBLE = "eligible"
    SCREENED = "screened"
    INELIGIBLE_REASONED = "ineligible_reasoned"
    ASSESSED = "assessed"
    OPTED_IN = "opted_in"
    DIALOGUE_ALLOWED = "dialogue_allowed"
    SUBSTANTIATED = "substantiated"
    REPRESENTED = "represented"
    PLAN_COMPLETE = "plan_complete"
    CONSULTED = "consulted"
    NO_WAIVER = "no_waiver"
    STEPS_ENDED = "steps_ended"
    FINDING_EXISTS = "finding_exists"
    APPEAL_FILED = "appeal_filed"
    UNSUBSTANTIATED = "unsubstantiated"
    PANEL_DECIDED = "panel_decided"
    CLOSED_BEFORE = "closed_before"
    REASONS_GIVEN = "reasons_given"
    REMEDY_OR_REFUSAL = "remedy_or_refusal"
    NEW_FACTS = "new_facts"
    CONSENT = "consent"
    SAFETY_CHECKED = "safety_checked"
    ENOUGH_PEOPLE_FIT = "enough_people_fit"
    SURVIVOR_CONSENT = "survivor_consent"
    FACTS_WRITTEN = "facts_written"
    EVIDENCE = "evidence"
    INDEPENDENT_VERIFIER = "independent_verifier"
    THREE_TRIES = "three_tries"
    ALL_SAY_SO = "all_say_so"
    NOBODY_DISPUTES = "nobody_disputes"
    DISPUTED_ONCE = "disputed_once"
    OWNS_NO_STEP = "owns_no_step"
    STEP_COMPLETE = "step_complete"
    KNOWN_OR_THROUGH_ANOTHER = "known_or_through_another"
    DISPUTED_TWICE = "disputed_twice"


@dataclass(frozen=True)
class State:
    """One state: who has to move, what officers read, what the complainant reads."""

    name: str
    owner: Owner
    label: Text
    sentence: Text = ""
    ends: bool = False


@dataclass(frozen=True)
class Transition:
    """``verb`` leads from any of ``sources`` to ``target`` once every gate holds, and writes the event ``event``."""

    verb: str
    sources: tuple[str, ...]
    target: str
    event: str
    gates: tuple[Gate, ...] = ()


class Table:
    """A lifecycle: its states in reading order and its transitions."""

    def __init__(self, name: str, states: tuple[State, ...], transitions: tuple[Transition, ...]) -> None:
        self.name = name
        self.states = {state.name: state for state in states}
        self.transitions = transitions

    def choices(self) -> list[tuple[str, Text]]:
        return [(state.name, state.label) for state in self.states.values()]

    def leaving(self, state: str) -> Iterator[Transition]:
        """The transitions that are open to a thing in ``state``, gates aside."""
        return (move for move in self.transitions if state in move.sources)

    def find(self, verb: str, state: str, target: str = "") -> Transition | None:
        """The transition of that verb from that state; of several, the one that leads to ``target``."""
        found = (move for move in self.leaving(state) if move.verb == verb)
        return next((move for move in found if not target or move.target == target), None)
