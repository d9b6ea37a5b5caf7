"""Sending a person on to somebody who can help, and keeping an eye on proceedings that run beside the case."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Forum, ReferralKind, ServedKind
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.pressed import just_made
from cases.commands.record import record
from cases.commands.serving import serve_one
from cases.events import Event
from cases.models import Case, Filing, Proceeding, Referral
from cases.policies import check_may, check_referral, not_found
from grievance.keys import data_key_for_office, open_text, seal_text


@dataclass(frozen=True)
class Help:
    """To whom somebody is sent on. ``words`` name the helper and how to reach them; the person reads them too.

    ``filing`` None: in a case that nobody filed.
    """

    kind: ReferralKind
    filing: Filing | None
    words: str
    language: str
    follow_up_on: date
    consented: bool


@transaction.atomic
def refer(*, case: Case, helper: Help, by: User, at: datetime) -> Referral:
    """Send a person on, with their consent, and say on which day somebody asks how it went (ESS10)."""
    case = locked(case)
    check_may(by, Act.REFER, case)
    if helper.filing is not None and helper.filing.case_id != case.pk:
        raise not_found()
    check_referral(case, helper.kind, helper.consented)
    if helper.follow_up_on < at.date():
        raise Refused("follow_up_on", _("The day to ask how it went is over already."))
    key = data_key_for_office(case.key_id)
    same = case.referrals.filter(filing=helper.filing, kind=helper.kind, follow_up_on=helper.follow_up_on)
    same = same.filter(ended_at=None)
    if again := just_made(same, helper.words, opens=partial(_opened, key, "referral"), by=by, at=at):
        return again
    referral = Referral.objects.create(
        case=case,
        filing=helper.filing,
        kind=helper.kind,
        sealed_words=seal_text(key, helper.words, "referral"),
        follow_up_on=helper.follow_up_on,
        by=by,
        at=at,
    )
    if helper.filing is not None:
        serve_one(ServedKind.REFERRAL, helper.filing, helper.language, helper.words, at=at, referral=referral)
    data = {"referral": referral.pk, "kind": helper.kind, "consented": helper.consented}
    record(case, Event.REFERRED, by=by, at=at, filing=helper.filing, data=data)
    clocks.stop(case, "referral_survivor", at=at)
    return referral


def _opened(key: bytes, context: str, row: Referral | Proceeding) -> str:
    return open_text(key, row.sealed_words, context)


@transaction.atomic
def follow_up(*, referral: Referral, helped: bool, by: User, at: datetime) -> None:
    """Somebody asked how it went."""
    case = locked(referral.case)
    referral = Referral.objects.get(pk=referral.pk)
    check_may(by, Act.FOLLOW_UP, case)
    if referral.ended_at is not None:
        raise Refused("already_recorded", _("How this went is on record already."))
    referral.ended_at, referral.helped = at, helped
    referral.save(update_fields=["ended_at", "helped"])
    record(case, Event.REFERRAL_ENDED, by=by, at=at, filing=referral.filing, data={"helped": helped})


@transaction.atomic
def log_proceeding(
    *, case: Case, forum: Forum, country: str, limitation_on: date | None, words: str, by: User, at: datetime
) -> Proceeding:
    """A court, an inspectorate or a contact point deals, or could deal, with the same harm; its last day for acting
    stands on the case page as a warning."""
    case = locked(case)
    check_may(by, Act.LOG_PROCEEDING, case)
    key = data_key_for_office(case.key_id)
    same = case.proceedings.filter(forum=forum, country=country, limitation_on=limitation_on, ended_at=None)
    if again := just_made(same, words, opens=partial(_opened, key, "proceeding"), by=by, at=at):
        return again
    proceeding = Proceeding.objects.create(
        case=case,
        forum=forum,
        country=country,
        limitation_on=limitation_on,
        sealed_words=seal_text(key, words, "proceeding"),
        by=by,
        at=at,
    )
    record(case, Event.PROCEEDING_LOGGED, by=by, at=at, data={"proceeding": proceeding.pk, "forum": forum})
    return proceeding


@transaction.atomic
def end_proceeding(*, proceeding: Proceeding, by: User, at: datetime) -> None:
    """It is over; its last day for acting warns nobody any more."""
    case = locked(proceeding.case)
    proceeding = Proceeding.objects.get(pk=proceeding.pk)
    check_may(by, Act.LOG_PROCEEDING, case)
    if proceeding.ended_at is not None:
        raise Refused("already_recorded", _("This proceeding has ended already."))
    proceeding.ended_at = at
    proceeding.save(update_fields=["ended_at"])
    record(case, Event.PROCEEDING_ENDED, by=by, at=at, data={"proceeding": proceeding.pk})
