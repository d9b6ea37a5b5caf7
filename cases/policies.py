"""May this person, in this state: `check_…` raises `Refused`, `can` answers."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.policies import OUTSIDE
from accounts.queries import roles_of
from accounts.roles import SEAT_DOES, SEAT_SEES, SPECIALISTS, SUPERVISOR_ACTS, Act, Field, Role, does, sees
from cases.codes import DECLARED, ELIGIBILITY, AppealResult, Capacity, ReferralKind, SeatKind
from cases.gates import (
    ASKS,
    SURVIVOR_MISSING,
    CompanyRecord,
    OnRecord,
    Standing,
    StepRecord,
    company_standing,
    lacking,
    standing,
    step_standing,
)
from cases.gates.appeal import Appealing, appeal_missing, return_missing
from cases.models import Appeal, Case, Eligibility, Person, RemedyStep, Respondent, Seat
from cases.states import CASE, REMEDY_STEP, RESPONDENT, Gate, Stage, Track, Transition


def not_found() -> Refused:
    return Refused("not_found", _("There is no such case."))


def not_yours() -> Refused:
    return Refused("not_yours", _("Your role does not allow this."))


def not_now() -> Refused:
    return Refused("not_now", _("This is not possible at the stage where the case stands now."))


S = Stage
EVERY = frozenset(Stage)
RUNNING = EVERY - {S.CLOSED, S.SET_ASIDE}
EARLY = frozenset({S.RECEIVED, S.SCREENING})
# Somebody admitted it, and it is not closed.
ADMITTED = RUNNING - EARLY
TOLD = RUNNING - {S.RECEIVED}
ASKING = frozenset({S.ASSESSMENT, S.DIALOGUE, S.INVESTIGATION})
FOUND = ADMITTED - {S.ASSESSMENT, S.APPEAL}

# The stages in which an act makes sense; the lifecycle tables rule the transitions themselves.
ACT_STAGES: dict[Act, frozenset[Stage]] = {
    Act.TRIAGE: frozenset({S.RECEIVED}),
    Act.ACKNOWLEDGE: RUNNING,
    Act.REPLY: EVERY,
    Act.ASSIGN: EVERY - {S.CLOSED},
    Act.APPROVE_RESPONDENT: TOLD,
    Act.NOTIFY_RESPONDENT: TOLD,
    Act.NAME_SITE: EARLY | {S.ASSESSMENT},
    Act.SET_ASIDE: EARLY,
    Act.BRING_BACK: frozenset({S.SET_ASIDE}),
    Act.CHECK_SAMPLE: frozenset({S.SET_ASIDE}),
    Act.CODE: EARLY | ASKING,
    Act.DECLARE: EVERY - {S.SET_ASIDE},
    Act.IMPLICATE: EVERY,
    Act.JUDGE: frozenset({S.SCREENING}),
    Act.SIGN_INELIGIBLE: frozenset({S.SCREENING}),
    Act.FIND_INELIGIBLE: frozenset({S.SCREENING}),
    Act.ADMIT: frozenset({S.SCREENING}),
    Act.WAIVE: RUNNING,
    Act.RECORD_STANDING: RUNNING,
    Act.MARK_URGENT: RUNNING,
    Act.END_URGENT: EVERY,  # a check-in after closing opens it too
    Act.ASSESS: ADMITTED,
    Act.ASK_CONSENT: TOLD,
    Act.ASK_DIALOGUE: ASKING,
    Act.OPEN_DIALOGUE: frozenset({S.ASSESSMENT, S.INVESTIGATION}),
    Act.INVESTIGATE: frozenset({S.ASSESSMENT, S.DIALOGUE}),
    Act.EXTEND: ADMITTED,
    Act.LOG_FPIC: ADMITTED,
    Act.PLAN_HEARING: ADMITTED,
    Act.RECORD_HEARING: ADMITTED,
    Act.LOG_EVIDENCE: ADMITTED,
    Act.NAME_PERSON: ADMITTED,
    Act.RECORD_WORDS: ADMITTED,
    Act.FIND: ASKING,
    Act.DESIGN_REMEDY: ASKING,
    Act.RECORD_RESPONSE: TOLD,
    Act.DECIDE_CONTEST: TOLD,
    Act.WITHDRAW_APPROVAL: TOLD,
    Act.RECORD_REVIEW: FOUND,
    Act.DECIDE_REVIEW: FOUND,
    Act.SEAT: EVERY - {S.SET_ASIDE},
    Act.DECIDE_APPEAL: frozenset({S.APPEAL}),
    Act.REFER: EVERY - {S.SET_ASIDE},
    Act.FOLLOW_UP: EVERY,
    Act.LOG_PROCEEDING: EVERY - {S.SET_ASIDE},
    Act.WRITE_LETTER: RUNNING - {S.RECEIVED, S.APPEAL},
    Act.CLOSE: RUNNING - {S.RECEIVED, S.APPEAL},
    Act.REOPEN: frozenset({S.CLOSED}),
    Act.INVOLVE: ADMITTED,
    Act.PLAN_STEP: ADMITTED,  # an interim step at any time; the rest of a plan where a remedy is designed or delivered
    Act.CONSULT: frozenset({S.REMEDY_DESIGN, S.REMEDY_DELIVERY}),
    Act.CHECK_WAIVERS: frozenset({S.REMEDY_DESIGN, S.REMEDY_DELIVERY}),
    Act.AGREE: ADMITTED,
    Act.AGREE_PLAN: frozenset({S.REMEDY_DESIGN}),
    Act.SCHEDULE_PAYMENT: ADMITTED,
    Act.CLAIM: ADMITTED,
    Act.VERIFY: ADMITTED,
    Act.REDO: ADMITTED,
    Act.DETERMINE: ADMITTED,
    Act.RECORD_TRY: ADMITTED,
    Act.MONITOR: frozenset({S.REMEDY_DELIVERY}),
    Act.LOG_EXIT: ADMITTED,
    Act.LINK: RUNNING,
    Act.MERGE: RUNNING,
    Act.VET: RUNNING,
    Act.REPLY_ALL: RUNNING,
    Act.TRANSLATE: EVERY,
    Act.MASK: EVERY,
    Act.RELEASE: EVERY,
    Act.ASK_SAFETY: EVERY - {S.SET_ASIDE},
    Act.NOTE: EVERY,
    Act.HOLD: EVERY,
    Act.UNSEAL: RUNNING,
}


def roles_on(user: User, case: Case) -> frozenset[Role]:
    """Of this person's roles those that count on this case: by its forum, its track and its stage."""
    roles = roles_of(user)
    if Role.OVERSIGHT in roles:
        return roles
    special = case.track != Track.STANDARD and not any(
        role in roles and track == case.track for role, track in SPECIALISTS.items()
    )
    if case.about_mechanism or case.for_panel or special:
        return frozenset()
    return frozenset(role for role in roles if sees(frozenset({role}), Field.CASE, case.stage))


def tracks_of(user: User) -> list[Track]:
    """The tracks whose cases this person may see, in the order of `Track`; oversight sees them all."""
    roles = roles_of(user)
    special = {track for role, track in SPECIALISTS.items() if role in roles or Role.OVERSIGHT in roles}
    return [track for track in Track if track == Track.STANDARD or track in special]


def seats_on(user: User, case: Case) -> frozenset[str]:
    """The kinds of seat that this person has on this one case."""
    return _seats_held(user).get(case.pk, frozenset())


def is_guest(user: User) -> bool:
    """Does this person sit on any case? A guest enters the office for it, with any role or none."""
    return user.is_active and bool(_seats_held(user))


def can_read_readiness(user: User) -> bool:
    """What the team lacks is for those who give roles, seats and cases, and for oversight."""
    return bool(roles_of(user) & {Role.LEAD, Role.SUPERVISOR, Role.OVERSIGHT})


def _seats_held(user: User) -> dict[int, frozenset[str]]:
    """Asked of the database once a request."""
    held: dict[int, frozenset[str]] | None = user.__dict__.get("_seats_held")
    if held is None:
        held = user.__dict__["_seats_held"] = Seat.held_by(user)
    return held


def forget_seats(user: User) -> None:
    """Ask the database again: this person's seats have just changed."""
    user.__dict__.pop("_seats_held", None)


def _does(user: User, act: Act, case: Case) -> bool:
    seats = seats_on(user, case)
    if does(roles_on(user, case), act) or any(act in SEAT_DOES[seat] for seat in seats):
        return True
    # An independent panel takes its case as a handler and a supervisor would.
    return case.for_panel and SeatKind.PANELLIST in seats and act in SUPERVISOR_ACTS


def check_may(user: User, act: Act, case: Case) -> None:
    """Refuses: a case that does not exist for this person, an act beyond their role, an act out of its stage."""
    if not case.exists_for(user):
        raise not_found()
    if not _does(user, act, case):
        raise not_yours()
    _check_stage(act, case)


def can(user: User, act: Act, case: Case) -> bool:
    """As `check_may`, for a case that this person has before them already: no further question to the database."""
    if not _does(user, act, case):
        return False
    try:
        _check_stage(act, case)
    except Refused:
        return False
    return True


def _check_stage(act: Act, case: Case) -> None:
    if case.erased_at is not None:
        raise Refused("erased", _("The words of this case were erased at their date: nothing is added to it any more."))
    if case.stage not in ACT_STAGES[act]:
        raise not_now()
    EXTRA.get(act, _nothing_more)(case)


def shown(user: User, field: Field, case: Case) -> bool:
    """May this person see this field of a case that is visible to them?"""
    if sees(roles_on(user, case), field, case.stage):
        return True
    return any(field in SEAT_SEES[seat] for seat in seats_on(user, case))


def _nothing_more(case: Case) -> None:
    return None


def _not_acknowledged_yet(case: Case) -> None:
    if case.acknowledged_at is not None:
        raise Refused("already_acknowledged", _("This case was acknowledged already."))


def _site_unknown(case: Case) -> None:
    if case.site_id is not None:
        raise Refused("site_known", _("The site of this case is known already."))


def _not_urgent_yet(case: Case) -> None:
    if case.urgent_since is not None:
        raise Refused("already_urgent", _("This case is marked as urgent already."))


def _urgent(case: Case) -> None:
    if case.urgent_since is None:
        raise Refused("not_urgent", _("This case is not marked as urgent."))


def _survivors_agree(case: Case) -> None:
    """On a survivor's case nothing is looked into, and nothing more is asked or kept, before they agreed to it."""
    if not case.survivors_agree():
        raise Refused("survivor_consent", SURVIVOR_MISSING)


EXTRA: dict[Act, Callable[[Case], None]] = {
    Act.ACKNOWLEDGE: _not_acknowledged_yet,
    Act.NAME_SITE: _site_unknown,
    Act.MARK_URGENT: _not_urgent_yet,
    Act.END_URGENT: _urgent,
    **dict.fromkeys(
        (Act.PLAN_HEARING, Act.RECORD_HEARING, Act.LOG_EVIDENCE, Act.NAME_PERSON, Act.RECORD_WORDS, Act.FIND),
        _survivors_agree,
    ),
}


def check_move(case: Case, verb: str, target: str = "") -> Transition:
    """The transition that ``verb`` names from where the case stands now, or `Refused`."""
    move = CASE.find(verb, case.stage, target)
    if move is None:
        raise not_now()
    return move


def check_gates(move: Transition, record: OnRecord) -> None:
    """Refuses with the code of the first gate that does not hold, and says all that is missing."""
    _refuse(lacking(standing(move, record)))


def check_respondent_move(respondent: Respondent, verb: str) -> Transition:
    move = RESPONDENT.find(verb, respondent.state)
    if move is None:
        raise Refused("not_now", _("This company is not at the step where that is possible."))
    return move


def check_company_gates(move: Transition, record: CompanyRecord) -> None:
    """As `check_gates`, for one company: consent, safety, enough people to hide among (WBD 16(1))."""
    _refuse(lacking(company_standing(move, record)))


def check_was_told(respondent: Respondent, at: datetime) -> None:
    """Refuses to deal with a company that does not know of the case yet, or may not know of it any more."""
    told = respondent.notified_at is not None and respondent.notified_at <= at
    if not told or respondent.state in {"identified", "approved"}:
        raise Refused("company_not_told", _("This company has not been told of the case."))


def check_may_be_told(agreed: bool) -> None:
    """Refuses what would let the site know of a case before everybody who filed agreed to that (WBD 16(1), ESS10)."""
    if not agreed:
        raise Refused(
            "consent",
            _("This would tell the site that there is a case, and not everybody who filed has agreed. Ask them first."),
        )


def check_consents(person: Person | None) -> None:
    """A witness or a relative is heard and named with their consent alone; who is accused has a right to be heard."""
    if person is not None and person.capacity != Capacity.ACCUSED and person.consents is not True:
        raise Refused(
            "person_consents", _("This person has not agreed that their words are used: record what they said to that.")
        )


def check_asks(record: OnRecord, *gates: Gate) -> None:
    """As `check_gates`, for what an act asks that is no transition."""
    _refuse(lacking(Standing(gate, ASKS[gate].label, ASKS[gate].where, ASKS[gate].missing(record)) for gate in gates))


def check_appeal(record: Appealing, at: datetime) -> None:
    missing = appeal_missing(record, at)
    if missing is not None:
        raise Refused(*missing)


def check_return(decision: tuple[AppealResult, str], appeal: Appeal, outcome: str, substantiated: bool) -> None:
    """May the panel, with this result, send the case to this stage?"""
    result, to = decision
    missing = return_missing(result, to, interrupted=appeal.interrupted, outcome=outcome, substantiated=substantiated)
    if missing is not None:
        raise Refused("return_to", missing)


# Who is told of a child, or by law of a crime, is told even where the person did not agree.
REPORTED_BY_LAW = frozenset({ReferralKind.CHILD, ReferralKind.AUTHORITY})


def check_referral(case: Case, kind: str, consented: bool) -> None:
    """Nobody is sent on without their consent, but where a law demands it; a survivor never (ESS10)."""
    if not consented and (kind not in REPORTED_BY_LAW or case.track == Track.SURVIVOR):
        raise Refused("consent", _("The person has to agree first: ask them, and say that they did."))


def check_step_move(step: RemedyStep, verb: str) -> Transition:
    move = REMEDY_STEP.find(verb, step.state)
    if move is None or step.dropped_at is not None:
        raise Refused("not_now", _("This step of the remedy is not where that is possible."))
    return move


def check_step_gates(move: Transition, record: StepRecord) -> None:
    """As `check_gates`, for one step of a remedy."""
    _refuse(lacking(step_standing(move, record)))


class Lacking(Refused):
    """A gate does not hold. ``where``: the deeds of the case page that put on record what is missing."""

    def __init__(self, missing: list[Standing]) -> None:
        super().__init__(missing[0].gate, " ".join(str(one.missing) for one in missing))
        self.where = tuple(dict.fromkeys(one.where for one in missing if one.where))


def _refuse(missing: list[Standing]) -> None:
    if missing:
        raise Lacking(missing)


def check_handler(handler: User, case: Case) -> None:
    """A handler must hold the role, or sit on the panel that takes the case; be free of conflict; and be among those
    who may know of the case at this stage."""
    if not does(roles_of(handler), Act.REPLY) and not _does(handler, Act.REPLY, case):
        raise Refused("not_a_handler", _("This person does not hold the role of a handler."))
    if not case.exists_for(handler):
        raise Refused("conflicted", _("This person cannot take the case."))


def check_answered(answers: Mapping[str, bool]) -> None:
    """Every question of the checklist, and no other."""
    if set(answers) != set(ELIGIBILITY):
        raise Refused("checklist_incomplete", _("Answer every question of the checklist."))


def check_signs(decision: Eligibility | None, by: User) -> Eligibility:
    """The decision to sign: one that a case is not ours, not signed yet, and made by somebody else."""
    if decision is None or decision.eligible or decision.signed_by_id is not None:
        raise Refused("nothing_to_sign", _("There is no decision here that waits for a second signature."))
    if decision.by_id == by.pk:
        raise Refused("same_signature", _("The second signature has to come from somebody else."))
    return decision


def check_declares(
    towards: Mapping[int, Collection[str]], parties: Collection[int], declared_free: Collection[int]
) -> None:
    """``towards``: ties by party. Whoever declared themselves free of a party may only take that back."""
    if not towards:
        raise Refused("nothing_declared", _("There is nobody here towards whom you have to declare yourself."))
    if not set(towards) <= set(parties):
        raise Refused("no_party", _("The parties of this case have changed. Please look at them again."))
    if any(set(ties) - set(DECLARED) for ties in towards.values()):
        raise Refused("tie_unknown", _("Choose the tie from the list."))
    if any(party in declared_free and not ties for party, ties in towards.items()):
        raise Refused("declared_already", _("You have declared yourself free of this company already."))


def check_guest(
    guest: User, roles: frozenset[Role], *, by: User, placed: bool, barred: bool, handled: bool, seated: bool
) -> None:
    """May this person, who holds these roles, be given a seat? ``placed``: the site is known; ``barred``: in conflict;
    ``handled``: asked onto a panel after having worked on the case; ``seated``: has this seat already."""
    if not guest.is_active:
        raise Refused("inactive_account", _("This account is closed."))
    if guest.pk == by.pk:
        raise Refused("seats_self", _("Nobody gives a seat to themselves: ask another supervisor, or oversight."))
    if roles & OUTSIDE:
        raise Refused("roles_conflict", _("A company's contact or a field partner cannot be a guest on a case."))
    if not placed:
        raise Refused(
            "site_unknown", _("Nobody can be free of conflict with parties that nobody knows: name the site.")
        )
    if barred:
        raise Refused("conflicted", _("This person is in conflict with a party, or is concerned by the case."))
    if handled:
        raise Refused("handled_before", _("This person worked on the case before, and cannot sit on its panel."))
    if seated:
        raise Refused("seated_already", _("This person has this seat already."))


def check_seat_runs(seat: Seat) -> None:
    if seat.ended_at is not None:
        raise Refused("seat_ended", _("This seat has ended already."))
