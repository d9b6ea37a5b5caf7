"""Guests on one case, reviews and appeals."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, with_form
from cases.commands import appeals, reviews
from cases.forms import again

DEEDS: tuple[Deed, ...] = (
    Deed(
        "review", Act.RECORD_REVIEW, _("A company asks for a review"), _("Once for each finding that concerns it."),
        _("The review is on record."), again.ReviewForm, of_record(reviews.record_review),
    ),
    Deed(
        "decide-review", Act.DECIDE_REVIEW, _("Decide a review"), _("Not by whoever made the finding."),
        _("The review is decided."), again.DecideReviewForm, of_record(reviews.decide_review),
    ),
    Deed(
        "decide-appeal", Act.DECIDE_APPEAL, _("Decide the appeal"),
        _("Nobody of the panel has handled this case. The people who filed read your reasons."),
        _("The appeal is decided."), again.DecideAppealForm, with_form(appeals.decide_appeal),
    ),
)  # fmt: skip
