"""May this person, in this state: `check_…` raises `Refused`, `can` answers."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Act, Field, does, sees
from cases.models import Case, Respondent
from cases.states import CASE, RESPONDENT, Stage, Transition
from grievance.models import Consent

# Under this many people who fit the facts, a respondent could tell who spoke (standards: behaviour 12).
FEW = 10


def not_found() -> Refused:
    return Refused("not_found", _("There is no such case."))


def not_yours() -> Refused:
    return Refused("not_yours", _("Your role does not allow this."))


def not_now() -> Refused:
    return Refused("not_now", _("This is not possible at the stage where the case stands now."))


# The stages in which an act makes sense; the lifecycle tables rule the transitions themselves.
ACT_STAGES: dict[Act, frozenset[str]] = {
    Act.TRIAGE: frozenset({Stage.RECEIVED}),
    Act.ACKNOWLEDGE: frozenset(Stage) - {Stage.CLOSED, Stage.SET_ASIDE},
    Act.REPLY: frozenset(Stage),
    Act.ASSIGN: frozenset(Stage) - {Stage.CLOSED},
    Act.APPROVE_RESPONDENT: frozenset(Stage) - {Stage.RECEIVED, Stage.CLOSED, Stage.SET_ASIDE},
    Act.NOTIFY_RESPONDENT: frozenset(Stage) - {Stage.RECEIVED, Stage.CLOSED, Stage.SET_ASIDE},
    Act.NAME_SITE: frozenset({Stage.RECEIVED, Stage.SCREENING, Stage.ASSESSMENT}),
    Act.SET_ASIDE: frozenset({Stage.RECEIVED, Stage.SCREENING}),
    Act.BRING_BACK: frozenset({Stage.SET_ASIDE}),
}


def check_may(user: User, act: Act, case: Case) -> None:
    """Refuses: a case that does not exist for this person, an act beyond their role, an act out of its stage."""
    if not case.exists_for(user):
        raise not_found()
    if not does(roles_of(user), act):
        raise not_yours()
    if case.stage not in ACT_STAGES[act]:
        raise not_now()
    EXTRA.get(act, _nothing_more)(case)


def can(user: User, act: Act, case: Case) -> bool:
    """As `check_may`, for a case that this person has before them already: no further question to the database."""
    if not does(roles_of(user), act) or case.stage not in ACT_STAGES[act]:
        return False
    try:
        EXTRA.get(act, _nothing_more)(case)
    except Refused:
        return False
    return True


def shown(user: User, field: Field, case: Case) -> bool:
    """May this person see this field of a case that is visible to them?"""
    return sees(roles_of(user), field, case.stage)


def _nothing_more(case: Case) -> None:
    return None


def _not_acknowledged_yet(case: Case) -> None:
    if case.acknowledged_at is not None:
        raise Refused("already_acknowledged", _("This case was acknowledged already."))


def _site_unknown(case: Case) -> None:
    if case.site_id is not None:
        raise Refused("site_known", _("The site of this case is known already."))


EXTRA: dict[Act, Callable[[Case], None]] = {Act.ACKNOWLEDGE: _not_acknowledged_yet, Act.NAME_SITE: _site_unknown}


def check_move(case: Case, verb: str) -> Transition:
    """The transition that ``verb`` names from where the case stands now, or `Refused`."""
    move = CASE.find(verb, case.stage)
    if move is None:
        raise not_now()
    return move


def check_respondent_move(respondent: Respondent, verb: str) -> Transition:
    move = RESPONDENT.find(verb, respondent.state)
    if move is None:
        raise Refused("not_now", _("This company is not at the step where that is possible."))
    return move


def check_consent(respondent: Respondent) -> None:
    """Each person of the case said that this company may be told; the newest word of each counts (WBD 16(1))."""
    live = list(respondent.case.filings.filter(withdrawn_at=None).values_list("grievance__complainant__pk", flat=True))
    newest = Consent.newest(live, respondent.organisation_id)
    if not live or any(not newest.get(complainant, False) for complainant in live):
        raise Refused(
            "no_consent",
            _("Not everybody who filed agreed that this company is told. Ask them on their follow page first."),
        )


def check_hidden_among_enough(respondent: Respondent, people_who_fit: int) -> None:
    """A second signature covers the number that was signed, and more people; never fewer."""
    if people_who_fit < 1:
        raise Refused("nobody_fits", _("Say how many people fit the facts that would be shown."))
    signed = respondent.people_who_fit if respondent.countersigned_by_id is not None else None
    if people_who_fit < FEW and (signed is None or people_who_fit < signed):
        raise Refused(
            "second_signature",
            _(
                "Fewer than ten people fit the facts: a supervisor has to sign for that number too before this "
                "company is approved."
            ),
        )


def check_handler(handler: User, case: Case) -> None:
    """A handler must hold the role, be free of conflict, and be among those who may know of the case at this stage."""
    if not does(roles_of(handler), Act.REPLY):
        raise Refused("not_a_handler", _("This person does not hold the role of a handler."))
    if not case.exists_for(handler):
        raise Refused("conflicted", _("This person cannot take the case."))
