"""The gates of one company in a case: nobody is told before the people who filed agreed (WBD 16(1))."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.gates.ask import Ask, Standing, Text, stands
from cases.gates.survivor import SURVIVOR_LABEL, survivor_missing
from cases.states import Gate, Transition

# Under this many people who fit the facts, a respondent could tell who spoke (standards: behaviour 12).
FEW = 10


@dataclass(frozen=True)
class CompanyRecord:
    """What is on record of one company in a case, for the gates of `cases.states.RESPONDENT`."""

    live: int = 0
    filed: int = 0  # people who ever filed; none in a case of our own motion
    agreed: int = 0  # whose newest word is yes
    informed: int = 0  # of them: who knew that few people fit the facts
    survivor: bool = False  # of a case on the survivor-centred track
    investigation_agreed: int = 0
    safety_checked: bool = False
    people_who_fit: int = 0
    signed_for: int | None = None  # the number that a second signature covers
    facts: bool = False
    release_signed: bool = False
    steps_open: int = 0  # remedy steps that it owns and that have not ended


def _consent(record: CompanyRecord) -> Text | None:
    # Where nobody ever filed there are no words of anybody to tell. Where all withdrew, theirs stay untold.
    if record.agreed == record.live and (record.live or not record.filed):
        return None
    return _("Not everybody who filed agreed that this company is told. Ask them on their follow page first.")


def may_stay_told(record: CompanyRecord) -> bool:
    """Does what a company was approved on still hold: everybody's yes, and an informed one where few people fit?"""
    few = 0 < record.people_who_fit < FEW
    uninformed = few and record.informed < record.live
    return _consent(record) is None and survivor_missing(record) is None and not uninformed


def _enough(record: CompanyRecord) -> Text | None:
    """A second signature covers the number that was signed, and more people; never fewer."""
    if record.people_who_fit < 1:
        return _("Say how many people fit the facts that would be shown.")
    if record.people_who_fit >= FEW:
        return None
    if record.informed < record.live:
        return _(
            "Fewer than ten people fit the facts: everybody who filed has to know that, and to agree all the same, "
            "on their follow page."
        )
    if record.signed_for is None or record.people_who_fit < record.signed_for:
        return _(
            "Fewer than ten people fit the facts: a supervisor has to sign for that number too before this "
            "company is approved."
        )
    return None


COMPANY_ASKS: dict[Gate, Ask[CompanyRecord]] = {
    Gate.CONSENT: Ask(_("Everybody who filed agreed"), "ask-consent", _consent),
    Gate.SURVIVOR_CONSENT: Ask(SURVIVOR_LABEL, "", survivor_missing),
    Gate.SAFETY_CHECKED: Ask(
        _("Telling this company is safe"),
        "approve",
        lambda r: None if r.safety_checked else _("Say that you have checked whether telling this company is safe."),
    ),
    Gate.ENOUGH_PEOPLE_FIT: Ask(_("Enough people fit the facts"), "countersign", _enough),
    Gate.FACTS_WRITTEN: Ask(
        _("Its own version of the facts"),
        "notify",
        lambda r: None if r.facts else _("Write what this company may read before it is told."),
    ),
    Gate.OWNS_NO_STEP: Ask(
        _("It owns no open step of the remedy"),
        "step",
        lambda r: None if not r.steps_open else _("It owns a step of the remedy: give that to another company first."),
    ),
    Gate.SUPERVISOR_SIGNED: Ask(
        _("Two signatures under a release"),
        "contest",
        lambda r: None if r.release_signed else _("A second person has to sign the release."),
    ),
}


def company_standing(move: Transition, record: CompanyRecord) -> list[Standing]:
    """Each gate of a company's transition, held or not."""
    return stands(COMPANY_ASKS, move, record)
