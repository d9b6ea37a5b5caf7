"""The one review of a finding that a company may seek (ISO 37002 8.4.4: a right of reply)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.commands.findings import set_finding_aside
from cases.commands.moving import locked, move
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Finding, Respondent, Review
from cases.policies import check_may, check_was_told, not_found
from cases.queries import on_record
from cases.states import Stage
from grievance.keys import data_key_for_office, seal_text

REMEDY = frozenset({Stage.REMEDY_DESIGN, Stage.REMEDY_DELIVERY, Stage.MONITORING})


@transaction.atomic
def record_review(*, respondent: Respondent, finding: Finding, grounds: str, by: User, at: datetime) -> Review:
    """A company seeks a review; an officer enters what it wrote. Once for each finding that concerns it."""
    case = locked(respondent.case)
    check_may(by, Act.RECORD_REVIEW, case)
    if finding.case_id != case.pk or finding.respondent_id not in (None, respondent.pk):
        raise not_found()
    check_was_told(respondent, at)
    if Finding.objects.filter(pk=finding.pk, set_aside_at=None).first() is None:
        raise Refused("set_aside", _("This finding was set aside already."))
    if Review.objects.filter(respondent=respondent, finding=finding).exists():
        raise Refused("one_review", _("This company has had its one review of this finding."))
    review = Review.objects.create(
        respondent=respondent,
        finding=finding,
        sealed_grounds=seal_text(data_key_for_office(case.key_id), grounds, "grounds"),
        asked_at=at,
    )
    record(case, Event.REVIEW_SOUGHT, by=by, at=at, respondent=respondent, data={"finding": finding.pk})
    return review


@transaction.atomic
def decide_review(*, review: Review, upheld: bool, by: User, at: datetime) -> None:
    """A supervisor who did not make the finding decides. Upheld, it is set aside; and where no other finding says that
    the harm is true, a remedy that stood on it alone goes back to the inquiry."""
    case = locked(review.respondent.case)
    review = Review.objects.select_related("finding__case", "finding__respondent", "respondent").get(pk=review.pk)
    check_may(by, Act.DECIDE_REVIEW, case)
    _check_decider(review, by)
    review.decided_at, review.decided_by, review.upheld = at, by, upheld
    review.save(update_fields=["decided_at", "decided_by", "upheld"])
    data = {"finding": review.finding_id, "upheld": upheld}
    record(case, Event.REVIEW_DECIDED, by=by, at=at, respondent=review.respondent, data=data)
    if upheld:
        set_finding_aside(review.finding, by=by, at=at)
        _look_again(case, by, at)


def _check_decider(review: Review, by: User) -> None:
    if review.decided_at is not None:
        raise Refused("already_decided", _("This review was decided already."))
    if review.finding.set_aside_at is not None:
        raise Refused("set_aside", _("This finding was set aside already."))
    if review.finding.by_id == by.pk:
        raise Refused("own_finding", _("Somebody else has to decide: you made this finding."))


def _look_again(case: Case, by: User, at: datetime) -> None:
    if case.stage in REMEDY and not on_record(case, at=at).substantiated:
        move(case, "look_again", by=by, at=at)
