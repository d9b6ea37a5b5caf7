"""The gates of one remedy step: done only when the people harmed say so."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.gates.ask import Ask, Standing, lacks, stands
from cases.states import Gate, Transition


@dataclass(frozen=True)
class StepRecord:
    """What is on record of one remedy step, for the gates of `cases.states.REMEDY_STEP`; counts of people who filed and
    did not withdraw. An interim step is agreed without consultation: it waits for nobody."""

    interim: bool = False
    complete: bool = False  # owner, day and indicator
    consulted: bool = False
    waivers_checked: bool = False
    one_person: bool = False
    known: bool = False  # that person agreed to be known to the owner
    intermediary: bool = False
    evidence: bool = False
    independent: bool = False  # whoever verifies is neither handler nor of a party
    asked: int = 0  # whose say counts
    confirmed: int = 0
    disputing: int = 0
    disputes: int = 0  # how often the step was disputed
    tries: int = 0
    days_since_first_try: int = 0
    tries_wanted: int = 3
    days_wanted: int = 90
    panel: bool = False  # without anybody who handled the case
    panel_reasons: bool = False


STEP_ASKS: dict[Gate, Ask[StepRecord]] = {
    Gate.STEP_COMPLETE: Ask(
        _("Type, owner, day and indicator"),
        "step",
        lacks(lambda r: r.complete, _("The step needs an owner, a day, and how one sees that it was done.")),
    ),
    Gate.CONSULTED: Ask(
        _("The people who filed were consulted"),
        "consult",
        lacks(lambda r: r.interim or r.consulted, _("No consultation with the people who filed is on record.")),
    ),
    Gate.NO_WAIVER: Ask(
        _("No right is signed away"),
        "check-waivers",
        lacks(
            lambda r: r.interim or r.waivers_checked,
            _("Nobody has checked that the plan leaves courts and unions open."),
        ),
    ),
    Gate.KNOWN_OR_THROUGH_ANOTHER: Ask(
        _("Known to the company by their own consent, or through an intermediary"),
        "step",
        lacks(
            lambda r: not r.one_person or r.known or r.intermediary,
            _("The person has not agreed to be known to this company: use an intermediary, or ask them."),
        ),
    ),
    Gate.EVIDENCE: Ask(
        _("What shows that it was delivered"),
        "claim",
        lacks(lambda r: r.evidence, _("Say what shows that the step was delivered.")),
    ),
    Gate.INDEPENDENT_VERIFIER: Ask(
        _("Somebody independent looked"),
        "verify",
        lacks(lambda r: r.independent, _("Whoever handles the case, or belongs to a company in it, does not verify.")),
    ),
    Gate.ALL_SAY_SO: Ask(
        _("Everybody who filed says that it was done"),
        "",
        lacks(lambda r: 0 < r.asked == r.confirmed, _("Not everybody who filed has said that it was done.")),
    ),
    Gate.NOBODY_DISPUTES: Ask(
        _("Nobody disputes it"), "", lacks(lambda r: r.disputing == 0, _("Somebody says that it was not done."))
    ),
    Gate.THREE_TRIES: Ask(
        _("Three tries by the chosen way, over ninety days"),
        "try",
        lacks(
            lambda r: r.tries >= r.tries_wanted and r.days_since_first_try >= r.days_wanted,
            _("The people who filed have not been tried to be reached often and long enough."),
        ),
    ),
    Gate.DISPUTED_ONCE: Ask(
        _("Not disputed twice"),
        "determine",
        lacks(lambda r: r.disputes < 2, _("It was disputed twice: now the panel determines it.")),
    ),
    Gate.DISPUTED_TWICE: Ask(
        _("Disputed twice"), "", lacks(lambda r: r.disputes >= 2, _("The step has not been disputed twice."))
    ),
    Gate.PANEL_DECIDED: Ask(
        _("A panel without earlier handlers decided, with reasons"),
        "determine",
        lacks(
            lambda r: r.panel and r.panel_reasons,
            _("Only a panel without anybody who handled the case determines a step, and it gives its reasons."),
        ),
    ),
}


def step_standing(move: Transition, record: StepRecord) -> list[Standing]:
    """Each gate of a remedy step's transition, held or not."""
    return stands(STEP_ASKS, move, record)
