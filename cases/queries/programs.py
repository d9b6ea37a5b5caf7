"""Who calls by a token, and what their calls read: sites that are public, and what was passed on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min, Q
from django.utils.functional import Promise

from accounts.models import AccessToken, User
from accounts.queries import token_called
from cases.models import Clock
from cases.queries.follow import OWED
from cases.queries.partners import followed
from cases.states import CASE, Stage
from grievance.models import FieldPartner, PartnerPerson, Relay


@dataclass(frozen=True)
class Caller:
    """A token with its person, and the partner for which they have been at work since before it was made."""

    token: AccessToken
    user: User
    partner: FieldPartner
    scopes: frozenset[str]


def caller(secret: str, at: datetime) -> Caller | None:
    token = token_called(secret, at)
    if token is None:
        return None
    work = PartnerPerson.objects.running().filter(user=token.user, added_at__lte=token.made_at)
    partner = FieldPartner.objects.in_use().filter(pk__in=work.values("partner")).first()
    return Caller(token, token.user, partner, frozenset(token.scopes)) if partner else None


@dataclass(frozen=True)
class State:
    """Where one filing stands, for a program of its partner. What the person did not allow is None."""

    reference: str
    received_at: datetime
    language: str
    consent_how: str
    may_see: str
    drill: bool
    row: int | None
    stage: str | None
    stage_label: str | Promise | None
    stage_sentence: str | Promise | None
    next_word_by: datetime | None
    answers: int | None


@dataclass(frozen=True)
class Page:
    """``after``: from where the next page goes on; "" where there is none."""

    items: list[State]
    after: str


def states(partner: FieldPartner, *, after: str = "", most: int, at: datetime) -> Page | None:
    """Newest first; None where ``after`` is nothing that this partner passed on. A constant number of questions."""
    rows = followed(partner)
    if after:
        last = Relay.objects.filter(partner=partner, reference=after).first()
        if last is None:
            return None
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    found = list(rows[: most + 1])
    more = found[most - 1].reference if len(found) > most else ""
    owed = _owed(found[:most], at)
    return Page([_state(one, owed) for one in found[:most]], more)


def state(partner: FieldPartner, reference: str, at: datetime) -> State | None:
    relay = followed(partner, reference).first() if reference else None
    return _state(relay, _owed([relay], at)) if relay else None


def _state(relay: Relay, owed: dict[int, datetime]) -> State:
    grievance = relay.grievance
    filing = getattr(grievance, "filing", None)
    practice = getattr(grievance, "practice", None)
    stage, shown = filing.case.stage if filing else Stage.RECEIVED, relay.shows_stage
    return State(
        reference=relay.reference,
        received_at=relay.at,
        language=grievance.language,
        consent_how=relay.consent_how,
        may_see=relay.may_see,
        drill=practice is not None and not practice.real,
        row=relay.row,
        stage=str(stage) if shown else None,
        stage_label=CASE.states[stage].label if shown else None,
        stage_sentence=CASE.states[stage].sentence if shown else None,
        next_word_by=owed.get(filing.case_id) if shown and filing else None,
        answers=relay.answered if relay.shows_answers else None,  # type: ignore[attr-defined]  # annotated
    )


def _owed(relays: Collection[Relay], at: datetime) -> dict[int, datetime]:
    """By when the people of these cases hear from the office at the latest, by case; one query."""
    filings = [getattr(relay.grievance, "filing", None) for relay in relays if relay.shows_stage]
    cases = [filing.case_id for filing in filings if filing is not None]
    running = Clock.objects.running().filter(case__in=cases, respondent=None, kind__in=OWED, due_at__gt=at)
    return dict(running.order_by().values_list("case").annotate(soonest=Min(F("due_at"))))
