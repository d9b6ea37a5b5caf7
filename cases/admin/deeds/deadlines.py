"""Deadlines: that one stands still for a while, runs on, or that the feedback which was owed is given."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, plain
from cases.commands import deadlines
from cases.forms import deadlines as forms

DEEDS = (
    Deed(
        "feedback", Act.GIVE_FEEDBACK, _("Feedback was given"),
        _("Everybody who filed was told, in words that they read, what is done or planned about their case, and why."),
        _("The feedback is on record, and its deadline has ended."), forms.FeedbackForm, plain(deadlines.give_feedback),
    ),
    Deed(
        "pause", Act.PAUSE, _("Let a deadline stand still"),
        _("Until a day that you choose, and for a reason that stays on record; it is then due later by as much. What "
          "the law never lets wait is not in the list."),
        _("The deadline stands still."), forms.PauseForm, of_record(deadlines.pause),
    ),
    Deed(
        "run-on", Act.PAUSE, _("Let it run on"),
        _("What it waited for has come: the deadline runs on now, and is due earlier again by as much."),
        _("The deadline runs on."), forms.RunOnForm, of_record(deadlines.run_on),
    ),
)  # fmt: skip
