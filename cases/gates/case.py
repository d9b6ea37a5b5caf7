"""The gates of a case."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cases.codes.languages import language_name
from cases.gates.ask import Ask, Standing, Text, lacks, stands
from cases.gates.survivor import SURVIVOR_LABEL, survivor_missing
from cases.states import Gate, Outcome, Stage, Transition


@dataclass(frozen=True)
class OnRecord:
    """What is on record of one case, for the gates of `cases.states.CASE`; read by `cases.queries.on_record`.

    Counts are of people; languages are codes. ``outcome`` is the one that closing would give.
    """

    live: int = 0  # people who filed and did not withdraw
    filed: int = 0  # people who ever filed; none in a case of our own motion
    looked: bool = False
    eligible: bool | None = None  # the newest decision
    reasons: bool = False  # of an ineligible one
    signed: bool = False  # a second signature under it
    handled: bool = False  # somebody handles it
    undeclared: int = 0  # people at work on it who have not declared themselves free towards every party
    graded: bool = False  # severity and risk of retaliation
    unasked: int = 0  # people who filed and were never asked whether companies may be told
    opted_in: int = 0
    survivor: bool = False  # of the survivor-centred track
    investigation_agreed: int = 0  # people who filed and agreed that what happened is looked into
    guarded: bool = False  # of a code or a track that knows no dialogue
    unrepresented: bool = False  # it concerns an Indigenous People whose representatives are not on record
    found: bool = False  # a finding that holds
    substantiated: bool = False  # by inquiry, settlement or admission
    settled: bool = False
    referred: bool = False  # somebody who filed was sent on to somebody who can help
    steps: int = 0
    steps_open: int = 0
    steps_no_remedy: int = 0  # that ended and put nothing right: interim ones, and what the panel found not done
    plan_gaps: int = 0
    consulted: bool = False
    waivers_checked: bool = False
    refusal: bool = False  # of a remedy, by the company or by the people who filed, on record
    letter_missing: frozenset[str] = frozenset()  # languages of the people who filed in which no reasons stand
    appeal_open: bool = False
    interrupted: str = ""  # the stage in which the newest appeal met the case
    panel: int = 0
    panel_earlier: int = 0  # of the panel: people who handled this case before
    appeal_answered: bool = False
    new_facts: bool = False
    outcome: str = ""


def _undeclared(record: OnRecord) -> Text | None:
    if not record.handled:
        return _("Nobody handles this case yet: once its site is known, a supervisor gives it to somebody.")
    if not record.undeclared:
        return None
    return ngettext_lazy(
        "%(count)d person at work on this case has not declared themselves towards every company yet.",
        "%(count)d people at work on this case have not declared themselves towards every company yet.",
        "count",
    ) % {"count": record.undeclared}


def _assessed(record: OnRecord) -> Text | None:
    if not record.graded:
        return _("Severity and the risk of retaliation are not graded yet.")
    if record.unasked:
        return ngettext_lazy(
            "%(count)d person has not been asked yet whether the companies may be told.",
            "%(count)d people have not been asked yet whether the companies may be told.",
            "count",
        ) % {"count": record.unasked}
    return None


def _letters(record: OnRecord) -> Text | None:
    if not record.letter_missing:
        return None
    return _("The letter with the reasons is missing in: %(languages)s.") % {
        "languages": ", ".join(language_name(code) for code in sorted(record.letter_missing))
    }


def _dialogue(record: OnRecord) -> Text | None:
    silent = record.live - record.opted_in
    if not record.live:
        return _("Nobody who filed is there to talk with the company.")
    if not silent:
        return None
    return ngettext_lazy(
        "%(count)d person who filed has not chosen to talk with the company.",
        "%(count)d people who filed have not chosen to talk with the company.",
        "count",
    ) % {"count": silent}


# What each outcome claims of a case, and what to say where the record does not bear it out.
CLAIMS: dict[str, tuple[Callable[[OnRecord], bool], Text]] = {
    Outcome.REMEDIED: (
        lambda r: r.substantiated,
        _("Nothing was found that could have been remedied: choose another outcome."),
    ),
    Outcome.SETTLED: (lambda r: r.settled, _("No settlement is on record: make it a finding first.")),
    Outcome.UNSUBSTANTIATED: (
        lambda r: r.found and not r.substantiated,
        _("No finding says that the harm could not be shown: make it first, or choose another outcome."),
    ),
    Outcome.REFERRED: (lambda r: r.referred, _("Nobody was sent on to anybody: record that first.")),
    Outcome.WITHDRAWN: (
        lambda r: r.filed > 0 and r.live == 0,
        _("Only the people who filed withdraw, each on their follow page; not all of them did."),
    ),
    Outcome.REMEDY_REFUSED: (
        lambda r: r.substantiated and r.refusal,
        _("The refusal of the remedy, by the company or by those who filed, is not on record: note it."),
    ),
    # `find_ineligible` leads there, past this gate and with a second signature.
    Outcome.INELIGIBLE: (
        lambda r: False,
        _("That a case is not ours is decided in screening, with a second signature."),
    ),
}


def _remedy(record: OnRecord) -> Text | None:
    bears_out, otherwise = CLAIMS.get(record.outcome, (None, ""))
    if bears_out is not None and not bears_out(record):
        return otherwise
    if not record.substantiated or record.outcome in {Outcome.REMEDY_REFUSED, Outcome.WITHDRAWN}:
        return None
    if record.outcome in {Outcome.REMEDIED, Outcome.SETTLED}:
        if record.steps == 0 or record.steps_open:
            return _("The harm was found true, and not every step of a remedy has ended.")
        if record.steps == record.steps_no_remedy:
            return _(
                "Interim steps, and steps that the panel found not done, are no remedy: plan one, or close otherwise."
            )
        return None
    return _("The harm was found true: it closes with a remedy, or with the recorded refusal of one.")


def _panel(record: OnRecord) -> Text | None:
    if record.panel < 1:
        return _("Nobody sits on the panel yet: a supervisor gives a seat on it to somebody new to this case.")
    if record.panel_earlier:
        return _("Somebody of the panel handled this case before.")
    return None if record.appeal_answered else _("The panel has not given its decision with reasons.")


ASKS: dict[Gate, Ask[OnRecord]] = {
    Gate.HUMAN_LOOKED: Ask(
        _("A person has read the words"), "screen", lacks(lambda r: r.looked, _("Open and read the words first."))
    ),
    Gate.ELIGIBLE: Ask(
        _("It is ours to work on"),
        "judge",
        lacks(lambda r: r.eligible is True, _("Nobody has decided yet that this case is ours to work on.")),
    ),
    Gate.SCREENED: Ask(_("Everybody at work is free of conflict"), "declare", _undeclared),
    Gate.INELIGIBLE_REASONED: Ask(
        _("Why it is not ours"),
        "judge",
        lacks(lambda r: r.eligible is False and r.reasons, _("No reasons are on record why this case is not ours.")),
    ),
    Gate.SUPERVISOR_SIGNED: Ask(
        _("A second signature"), "sign-ineligible", lacks(lambda r: r.signed, _("A supervisor has to sign it too."))
    ),
    Gate.REASONS_GIVEN: Ask(_("Reasons in the language of each person who filed"), "letter", _letters),
    Gate.ASSESSED: Ask(_("Severity, risk of retaliation, and everybody asked about telling companies"), "assess",
                       _assessed),
    Gate.OPTED_IN: Ask(_("Everybody who filed chose to talk"), "ask-dialogue", _dialogue),
    Gate.DIALOGUE_ALLOWED: Ask(
        _("Of a kind in which talking is safe"),
        "code",
        lacks(lambda r: not r.guarded,
               _("In cases of sexual violence, child labour or retaliation the two sides are never brought together.")),
    ),
    Gate.SURVIVOR_CONSENT: Ask(SURVIVOR_LABEL, "", survivor_missing),
    Gate.SUBSTANTIATED: Ask(
        _("A finding, a settlement or an admission"),
        "find",
        lacks(lambda r: r.substantiated, _("Neither a finding nor a settlement nor an admission is on record.")),
    ),
    Gate.REPRESENTED: Ask(
        _("Representatives chosen by the Indigenous People concerned"),
        "fpic",
        lacks(
            lambda r: not r.unrepresented,
            _("No representatives chosen by the Indigenous People are on record: log who they are and who chose them."),
        ),
    ),
    Gate.PLAN_COMPLETE: Ask(
        _("Every step with its type, owner, day and indicator"),
        "plan",
        lacks(lambda r: r.steps > 0 and r.plan_gaps == 0, _("The plan of the remedy is not complete yet.")),
    ),
    Gate.CONSULTED: Ask(
        _("The people who filed were consulted"),
        "consult",
        lacks(lambda r: r.consulted, _("No consultation with the people who filed is on record.")),
    ),
    Gate.NO_WAIVER: Ask(
        _("No right is signed away"),
        "check-waivers",
        lacks(lambda r: r.waivers_checked, _("Nobody has checked that the plan leaves courts and unions open.")),
    ),
    Gate.STEPS_ENDED: Ask(
        _("Every step confirmed, determined or lapsed"),
        "step",
        lacks(lambda r: r.steps > 0 and r.steps_open == 0, _("Not every step of the remedy has ended.")),
    ),
    Gate.FINDING_EXISTS: Ask(
        _("A finding to appeal against"),
        "find",
        lacks(lambda r: r.found, _("There is no finding yet that could be appealed against.")),
    ),
    Gate.APPEAL_FILED: Ask(
        _("An appeal of somebody who filed"),
        "",
        lacks(lambda r: r.appeal_open, _("Nobody who filed has appealed.")),
    ),
    Gate.UNSUBSTANTIATED: Ask(
        _("No finding says any more that the harm is true"),
        "decide-review",
        lacks(lambda r: not r.substantiated, _("A finding still says that the harm is true.")),
    ),
    Gate.CLOSED_BEFORE: Ask(
        _("It was closed when the appeal came"),
        "",
        lacks(
            lambda r: r.interrupted == Stage.CLOSED,
            _("The case was open when the appeal came: a panel sends it back to work, and never closes it."),
        ),
    ),
    Gate.PANEL_DECIDED: Ask(_("A panel without earlier handlers decided, with reasons"), "decide-appeal", _panel),
    Gate.REMEDY_OR_REFUSAL: Ask(_("Remedy, or its recorded refusal, where the harm was found true"), "note", _remedy),
    Gate.NEW_FACTS: Ask(
        _("New facts"), "note", lacks(lambda r: r.new_facts, _("No new facts are on record: note them."))
    ),
}  # fmt: skip


def standing(move: Transition, record: OnRecord) -> list[Standing]:
    """Each gate of a case's transition, held or not."""
    return stands(ASKS, move, record)
