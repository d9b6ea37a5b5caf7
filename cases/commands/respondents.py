"""Approving and notifying the companies that answer for a site: nobody is told before the person agreed."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Act, Role
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import AT_ONCE, Case, Filing, Respondent
from cases.policies import check_company_gates, check_may, check_respondent_move, not_yours
from cases.queries import company_record
from grievance.keys import data_key_for_office, seal_text
from grievance.models import Grievance

# The first notice of a case whose person is not open waits this long, so that its day does not tell who was there.
NOTICE_DELAY_DAYS = (1, 5)
# What a company owes us.
CLOCKS = ("respondent_acknowledges", "respondent_answers")


def locked_company(respondent: Respondent) -> Respondent:
    """The company as it stands now, held until the transaction ends; the case first, as everywhere, so that an answer
    about consent and a press on a button meet one after the other."""
    case = locked(respondent.case)
    held = (
        Respondent.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .get(pk=respondent.pk)
    )
    held.case = case
    return held


@transaction.atomic
def countersign(*, respondent: Respondent, by: User, people_who_fit: int, at: datetime) -> None:
    """A supervisor's signature where fewer than ten people fit the facts."""
    respondent = locked_company(respondent)
    check_may(by, Act.APPROVE_RESPONDENT, respondent.case)
    check_respondent_move(respondent, "approve")
    if Role.SUPERVISOR not in roles_of(by):
        raise not_yours()
    respondent.countersigned_by = by
    respondent.people_who_fit = people_who_fit
    keep(respondent, by=by, at=at, why=Event.RESPONDENT_COUNTERSIGNED)
    record(respondent.case, Event.RESPONDENT_COUNTERSIGNED, by=by, at=at, respondent=respondent)


@transaction.atomic
def approve(*, respondent: Respondent, by: User, people_who_fit: int, safety_checked: bool, at: datetime) -> None:
    """This company may be told: with consent, a safety check, and enough people to hide among (behaviour 12)."""
    respondent = locked_company(respondent)
    check_may(by, Act.APPROVE_RESPONDENT, respondent.case)
    move = check_respondent_move(respondent, "approve")
    check_company_gates(move, company_record(respondent, people_who_fit=people_who_fit, safety_checked=safety_checked))
    if respondent.countersigned_by_id == by.pk:
        raise Refused("same_signature", _("The second signature has to come from somebody else."))
    respondent.people_who_fit = people_who_fit
    respondent.approved_at, respondent.approved_by = at, by
    respondent.state = move.target
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent)


@transaction.atomic
def notify(
    *,
    respondent: Respondent,
    by: User,
    facts: str,
    deferred_because: str = "",
    not_before: date | None = None,
    at: datetime,
) -> None:
    """Tell the company the version of the facts that was written for it; its clock runs from the day it is told.

    That may be a later day, ``not_before``, for a coded reason (`cases.codes.Deferral`; ISO 37002 8.4.4).
    """
    respondent = locked_company(respondent)
    check_may(by, Act.NOTIFY_RESPONDENT, respondent.case)
    move = check_respondent_move(respondent, "notify")
    check_company_gates(move, company_record(respondent, facts=bool(facts.strip())))
    _check_deferral(deferred_because, not_before, at)
    told_at = _told_at(respondent.case, not_before, at)
    respondent.sealed_facts = seal_text(data_key_for_office(respondent.case.key_id), facts, "facts")
    respondent.notified_at = told_at
    respondent.deferred_because = deferred_because
    respondent.state = move.target
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent, data={"not_before": told_at.isoformat()})
    # Everybody who filed is asked a week after the company knows whether they are safe.
    Filing.objects.filter(case=respondent.case).update(next_safety_at=AT_ONCE)
    clocks.start(
        respondent.case,
        "respondent_acknowledges",
        at=told_at,
        country=respondent.organisation.country,
        respondent=respondent,
    )


def _check_deferral(because: str, not_before: date | None, at: datetime) -> None:
    if not because and not_before is None:
        return
    if not because:
        raise Refused("deferral_unreasoned", _("Say why the company is told later."))
    if not_before is None or not_before <= at.date():
        raise Refused("deferral_without_day", _("Say from which later day on the company may be told."))


def _told_at(case: Case, not_before: date | None, at: datetime) -> datetime:
    """From the later day on, and as much later as its delay says: a day that was chosen tells no more than another."""
    start = at if not_before is None else datetime.combine(not_before, at.timetz())
    return start + _delay(case)


@transaction.atomic
def withdraw_approval(*, respondent: Respondent, by: User, at: datetime) -> None:
    """This company may be told nothing more, whoever agreed: the officer's own decision."""
    respondent = locked_company(respondent)
    check_may(by, Act.WITHDRAW_APPROVAL, respondent.case)
    back_to_identified(respondent, by=by, at=at)


def back_to_identified(respondent: Respondent, *, by: User | None, at: datetime) -> None:
    """The approval of a `locked_company` is over: its clocks stop, and notices that wait for it are not sent
    (`notifications.queries.may_be_told`). What it was told and what it answered stays on record; approving it again
    asks everything anew."""
    move = check_respondent_move(respondent, "withdraw_approval")
    respondent.state = move.target
    respondent.approved_at = respondent.approved_by = respondent.notified_at = None
    respondent.people_who_fit = respondent.countersigned_by = respondent.release_signed_by = None
    respondent.deferred_because = ""
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent)
    clocks.stop(respondent.case, *CLOCKS, at=at, respondent=respondent)


def _delay(case: Case) -> timedelta:
    guarded = case.filings.exclude(grievance__openness=Grievance.Openness.OPEN).exists()
    if case.urgent_since is not None or not guarded:
        return timedelta()
    least, most = (timedelta(days=days) for days in NOTICE_DELAY_DAYS)
    return least + timedelta(seconds=secrets.randbelow(int((most - least).total_seconds()) + 1))
