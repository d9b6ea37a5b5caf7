"""Appeals: the people who filed ask for another look, and a panel that never handled the case decides.

Sources: CSDDD 14(3), UNGP 31(b) and (h); the periods stand in `cases.rules.packs`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import AppealResult, ServedKind
from cases.commands import clocks
from cases.commands.findings import set_finding_aside
from cases.commands.moving import locked, move
from cases.commands.remedy.saying import hear_again
from cases.commands.serving import FALLBACK, serve
from cases.models import Appeal, Case, Eligibility, Filing, Finding
from cases.policies import check_appeal, check_may, check_return, not_found, not_now
from cases.queries import on_record
from cases.queries.appeals import appeal_record
from cases.states import Outcome, Stage
from grievance.commands.following import Following
from grievance.keys import data_key_for_office, seal_json, seal_text


@transaction.atomic
def file_appeal(*, following: Following, grounds: str, at: datetime) -> Appeal:
    """The person appeals on their follow page; at once, and not by an outbox: they see that it counts.

    It needs no key of the office, and so runs in the process that faces the public: the grounds are sealed under the
    key of their own grievance, which their number opened and which the office opens by its own wrap. A second press is
    the same appeal. Refuses: too late, nothing decided yet, appealed already, withdrawn.
    """
    filing = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    if filing is None:
        raise not_now()
    case = locked(filing.case)
    same = Appeal.objects.undecided().filter(filing=filing).first()
    if same is not None:
        return same
    check_appeal(appeal_record(filing, case), at)
    if not grounds.strip():
        raise Refused("grounds", _("Please write why you do not agree."))
    appeal = Appeal.objects.create(
        case=case,
        filing=filing,
        sealed_grounds=seal_text(following.data_key, grounds, "appeal"),
        filed_at=at,
        interrupted=case.stage,
    )
    move(case, "appeal", by=None, at=at, filing=filing)
    clocks.stop(case, "appeal_filed", at=at, filing=filing)
    hear_again(case, at)
    return appeal


@dataclass(frozen=True)
class Decision:
    """What a panel decides. ``reasons``: {language: text}; ``set_aside``: the findings that hold no longer."""

    result: AppealResult
    return_to: Stage
    reasons: Mapping[str, str]
    set_aside: Sequence[Finding] = ()


@transaction.atomic
def decide_appeal(*, case: Case, decision: Decision, by: User, at: datetime) -> None:
    """A member of the panel enters its decision. The case goes where the panel sends it, with the clocks of that stage
    from their beginning; each person who filed reads the reasons on their follow page."""
    case = locked(case)
    check_may(by, Act.DECIDE_APPEAL, case)
    appeal = case.appeals.undecided().first()
    if appeal is None:
        raise not_now()
    live = list(Filing.objects.live().filter(case=case).select_related("grievance"))
    _check_reasons(decision, live)
    _set_aside(case, decision, by, at)
    check_return((decision.result, decision.return_to), appeal, case.outcome, on_record(case, at=at).substantiated)
    _answer(appeal, decision, by, at)
    if decision.return_to != Stage.CLOSED:
        if case.outcome == Outcome.INELIGIBLE:  # the panel says that the case is ours after all
            Eligibility.objects.create(case=case, eligible=True, by=by, at=at)
        case.outcome = ""
    move(case, "decide_appeal", by=by, at=at, target=decision.return_to, data={"result": decision.result})
    serve(ServedKind.DECISION, decision.reasons, live, at=at, appeal=appeal)


def _check_reasons(decision: Decision, live: list[Filing]) -> None:
    missing = {filing.grievance.language for filing in live} - set(decision.reasons)
    if not decision.reasons or (missing and FALLBACK not in decision.reasons):
        raise Refused(
            "reasons",
            _("Write the reasons in: %(languages)s; or in English, which is read meanwhile.")
            % {"languages": ", ".join(sorted(missing)) or FALLBACK},
        )


def _set_aside(case: Case, decision: Decision, by: User, at: datetime) -> None:
    if decision.set_aside and decision.result == AppealResult.REJECTED:
        raise Refused("set_aside", _("An appeal that is rejected leaves every finding as it is."))
    for finding in decision.set_aside:
        if finding.case_id != case.pk or finding.set_aside_at is not None:
            raise not_found()
        set_finding_aside(finding, by=by, at=at)


def _answer(appeal: Appeal, decision: Decision, by: User, at: datetime) -> None:
    appeal.decided_at, appeal.decided_by = at, by
    appeal.result, appeal.return_to = decision.result, decision.return_to
    appeal.sealed_reasons = seal_json(data_key_for_office(appeal.case.key_id), dict(decision.reasons), "reasons")
    appeal.save(update_fields=["decided_at", "decided_by", "result", "return_to", "sealed_reasons"])
