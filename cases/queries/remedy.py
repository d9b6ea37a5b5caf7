"""What is on record of one remedy step, for the gates ahead of it (`cases.gates.step`)."""

from datetime import datetime

from accounts.models import User
from cases.codes import RemedyType
from cases.gates import StepRecord
from cases.models import Filing, RemedyStep
from cases.queries.plans import consulted, says_of, texts_missing
from cases.queries.record import panel_of
from cases.rules.remedy import remedy_rule
from grievance.models import Consent


def step_record(
    step: RemedyStep, *, at: datetime, by: User | None = None, evidence: bool = False, reasons: bool = False
) -> StepRecord:
    """Everything that the gates of one step ask, together with what whoever acts says now."""
    case = step.plan.case
    people = list(Filing.objects.live().filter(case=case).select_related("grievance__complainant"))
    say = says_of([step], people)[step.pk]
    rule = remedy_rule(at.date())
    panel, earlier = panel_of(case)
    return StepRecord(
        interim=step.type == RemedyType.INTERIM,
        complete=not texts_missing([step], people),
        consulted=consulted(step.plan, people, at),
        waivers_checked=step.plan.waivers_checked_at is not None,
        one_person=step.filing_id is not None,
        known=_known(step, people),
        intermediary=step.intermediary,
        evidence=evidence,
        independent=by is not None and by.pk != case.handler_id and not case.was_handled_by(by),
        asked=say.asked,
        confirmed=len(say.confirmed),
        disputing=len(say.disputing),
        disputes=step.disputes,
        tries=step.tries,
        days_since_first_try=(at - step.first_try_at).days if step.first_try_at else 0,
        tries_wanted=rule.tries,
        days_wanted=rule.lapse_after.days,
        panel=by is not None and by.pk in panel - earlier,
        panel_reasons=reasons,
    )


def _known(step: RemedyStep, people: list[Filing]) -> bool:
    """Did the one person whom it is for agree to be known to the owner?"""
    person = next((filing.grievance.complainant.pk for filing in people if filing.pk == step.filing_id), None)
    if person is None:
        return False
    newest = Consent.newest([person], step.owner.organisation_id, kind="", identity=True)
    return person in newest and newest[person].given
