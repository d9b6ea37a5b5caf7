"""The shape of input: of the person on the follow page, and of the officers on the case page."""

from cases.forms.coming import LostForm, ReceiptForm, WrittenForm
from cases.forms.follow import AnswerForm, FollowForm

__all__ = ["AnswerForm", "FollowForm", "LostForm", "ReceiptForm", "WrittenForm"]
