"""Guests on one case, reviews and appeals."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, with_form
from cases.commands import appeals, reviews, seats
from cases.forms import again
from cases.forms import screening as forms

DEEDS: tuple[Deed, ...] = (
    Deed(
        "seat", Act.SEAT, _("Give a seat"),
        _("A guest sees this one case, and on it only what the seat is for. Whoever handled it sits on no panel."),
        _("The guest has a seat on this case."), forms.SeatForm, with_form(seats.seat),
    ),
    Deed(
        "unseat", Act.SEAT, _("End a seat"), _("The guest's access ends at once."),
        _("The seat has ended."), forms.UnseatForm, of_record(seats.unseat),
    ),
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
