"""Routing a case along the chain: an immutable snapshot of who answers for its site, and a respondent for each."""

from dataclasses import asdict
from datetime import date, datetime

from accounts.history import keep
from accounts.models import User
from cases.commands.independence import release_conflicted
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Respondent, Routing
from cases.queries import parties_of
from grievance.receipts import new_reference
from supplychain.queries import one_runs_mechanism, who_answers


def route(case: Case, *, by: User | None, at: datetime) -> Routing | None:
    """Ask the supply chain who answers for the site on the day of the harm, and keep the answer.

    None while the site is not known: a respondent is never guessed. Where a party runs this mechanism, an independent
    panel takes the case; whoever is in conflict with a party that came, leaves it (LkSG §8(3)).
    """
    if case.site is None:
        return None
    on = _day_of_harm(case)
    answers = who_answers(site=case.site, on=on)
    routing = Routing.objects.create(
        case=case,
        at=at,
        answer={
            "site": case.site_id,
            "on": on.isoformat(),
            "answers": [asdict(answer) for answer in answers],
        },
    )
    known = set(case.respondents.values_list("organisation_id", flat=True))
    for answer in answers:
        if answer.organisation not in known:
            respondent = Respondent(
                case=case,
                organisation_id=answer.organisation,
                routing=routing,
                tier=answer.tier,
                reference=new_reference(),
            )
            keep(respondent, by=by, at=at, why="routed")
    record(case, Event.CASE_ROUTED, by=by, at=at, data={"routing": routing.pk})
    if not case.for_panel and one_runs_mechanism(parties_of(case)):
        case.for_panel = True
        keep(case, by=by, at=at, why="for_panel")
    release_conflicted(case, by=by, at=at)
    return routing


def _day_of_harm(case: Case) -> date:
    """When it happened, if that is known and over; the day on which it was reported otherwise. Who bought from the site
    then answers, whoever buys from it now."""
    filing = case.filings.select_related("grievance").order_by("pk").first()
    harm = filing.grievance if filing else None
    reported = case.opened_at.date()
    return reported if harm is None or harm.ongoing or harm.happened_on is None else min(harm.happened_on, reported)
