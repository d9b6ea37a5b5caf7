"""Hearing people: planned where they feel safe, held with minutes, and the minutes checked by who spoke.

Sources: WBD 9(2), HinSchG §11 (a transcript is checked by its speaker); LkSG §8(1) (facts discussed with who filed).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Capacity, HearingKind, ServedKind
from cases.commands.moving import locked
from cases.commands.pressed import just_made
from cases.commands.record import record
from cases.commands.serving import serve_one
from cases.events import Event
from cases.models import Case, CaseEvent, Filing, Hearing, Person, Respondent
from cases.policies import check_consents, check_may, check_may_be_told, check_was_told, not_found
from cases.queries.inquiry import companies_may_be_told
from grievance.commands.following import Following
from grievance.keys import data_key_for_office, open_text, seal_text

Speaker = Filing | Person | Respondent
SPEAKERS = {Filing: "filing", Person: "person", Respondent: "respondent"}


@dataclass(frozen=True)
class Meeting:
    """What is agreed of a hearing before it is held. ``place`` says where, in words that the speaker can use."""

    kind: HearingKind
    speaker: Speaker | None
    planned_on: date
    place: str
    place_agreed: bool
    interpreter: bool = False
    companion: bool = False


@transaction.atomic
def plan_hearing(*, case: Case, meeting: Meeting, by: User, at: datetime) -> Hearing:
    """Plan a hearing; a person who filed reads on their follow page where it is.

    Refuses: a speaker who is none of this case, a place that its speaker did not agree to, whoever may not know yet.
    """
    case = locked(case)
    check_may(by, Act.PLAN_HEARING, case)
    _check_meeting(case, meeting, at)
    key = data_key_for_office(case.key_id)
    agreed = {
        "kind": meeting.kind,
        "planned_on": meeting.planned_on,
        "place_agreed": meeting.place_agreed,
        "interpreter": meeting.interpreter,
        "companion": meeting.companion,
        **dict.fromkeys(SPEAKERS.values()),
        **({SPEAKERS[type(meeting.speaker)]: meeting.speaker} if meeting.speaker else {}),
    }
    same = case.hearings.filter(**agreed, held_at=None, declined_at=None)
    if again := just_made(
        same, meeting.place, opens=lambda row: open_text(key, row.sealed_place, "place"), by=by, at=at
    ):
        return again
    hearing = Hearing.objects.create(
        case=case, sealed_place=seal_text(key, meeting.place, "place"), by=by, at=at, **agreed
    )
    if hearing.filing is not None:
        theirs = hearing.filing.grievance.language
        serve_one(ServedKind.PLACE, hearing.filing, theirs, meeting.place, at=at, hearing=hearing)
    _record(hearing, Event.HEARING_PLANNED, by=by, at=at)
    return hearing


def _check_meeting(case: Case, meeting: Meeting, at: datetime) -> None:
    speaker = meeting.speaker
    if speaker is not None and speaker.case_id != case.pk:
        raise not_found()
    if meeting.kind == HearingKind.FACTS and not isinstance(speaker, Filing):
        raise Refused("speaker", _("The facts are talked over with a person who filed: choose that person."))
    if (speaker is None) != (meeting.kind == HearingKind.SITE_VISIT):
        raise Refused("speaker", _("Say who will speak; a visit to a site has no speaker."))
    if isinstance(speaker, Filing | Person) and not meeting.place_agreed:
        raise Refused("place_agreed", _("First agree with the person on a place where they feel safe."))
    if isinstance(speaker, Respondent):
        check_was_told(speaker, at)
    # A visit, and a talk with somebody accused, tell the site that there is a case (ESS10: never without consent).
    elif speaker is None or (isinstance(speaker, Person) and speaker.capacity == Capacity.ACCUSED):
        check_may_be_told(companies_may_be_told(case))


@transaction.atomic
def hold_hearing(*, hearing: Hearing, minutes: str, language: str, by: User, at: datetime) -> None:
    """It was held, and this is what was said; a person who filed reads it on their follow page and checks it there."""
    hearing = _open(hearing, by)
    check_consents(hearing.person)
    hearing.held_at = at
    hearing.sealed_minutes = seal_text(data_key_for_office(hearing.case.key_id), minutes, "minutes")
    hearing.save(update_fields=["held_at", "sealed_minutes"])
    if hearing.filing is not None:
        serve_one(ServedKind.MINUTES, hearing.filing, language, minutes, at=at, hearing=hearing)
    _record(hearing, Event.HEARING_HELD, by=by, at=at)


@transaction.atomic
def decline_hearing(*, hearing: Hearing, by: User, at: datetime) -> None:
    """The speaker did not want it, or did not come: their right, and no reason to wait any longer."""
    hearing = _open(hearing, by)
    hearing.declined_at = at
    hearing.save(update_fields=["declined_at"])
    _record(hearing, Event.HEARING_DECLINED, by=by, at=at)


def _open(hearing: Hearing, by: User) -> Hearing:
    hearing = _held_fast(hearing)
    check_may(by, Act.RECORD_HEARING, hearing.case)
    if hearing.held_at is not None or hearing.declined_at is not None:
        raise Refused("already_recorded", _("How this hearing went is on record already."))
    return hearing


@transaction.atomic
def check_minutes(*, hearing: Hearing, following: Following, objection: bool, at: datetime) -> None:
    """The person who filed has read the minutes on their follow page; ``objection``: they say that they are wrong.

    Needs no key of the office. Pressed twice, the first answer holds.
    """
    hearing = _held_fast(hearing)
    if hearing.filing is None or hearing.filing.grievance_id != following.grievance.pk or hearing.held_at is None:
        raise not_found()
    if hearing.checked_at is None:
        _checked(hearing, objection, by=None, at=at)


@transaction.atomic
def record_check(*, hearing: Hearing, objection: bool, by: User, at: datetime) -> None:
    """Somebody who has no follow page (a witness, a company) has read the minutes in front of an officer."""
    hearing = _held_fast(hearing)
    check_may(by, Act.RECORD_HEARING, hearing.case)
    if hearing.filing is not None:
        raise Refused("theirs_to_check", _("The person who filed checks the minutes alone, on their follow page."))
    if hearing.held_at is None or hearing.checked_at is not None:
        raise Refused("already_recorded", _("There are no minutes here that wait to be checked."))
    _checked(hearing, objection, by=by, at=at)


def _checked(hearing: Hearing, objection: bool, *, by: User | None, at: datetime) -> None:
    hearing.checked_at, hearing.objection = at, objection
    hearing.save(update_fields=["checked_at", "objection"])
    _record(hearing, Event.MINUTES_CHECKED, by=by, at=at, objection=objection)


def _held_fast(hearing: Hearing) -> Hearing:
    """The hearing as it stands now, with its case held: of two who record it at once the later one meets the first."""
    locked(hearing.case)
    return Hearing.objects.select_related("case__site", "filing__grievance", "person").get(pk=hearing.pk)


def _record(hearing: Hearing, kind: Event, *, by: User | None, at: datetime, **data: bool) -> CaseEvent:
    return record(
        hearing.case,
        kind,
        by=by,
        at=at,
        filing=hearing.filing,
        respondent=hearing.respondent,
        data={"hearing": hearing.pk, **data},
    )
