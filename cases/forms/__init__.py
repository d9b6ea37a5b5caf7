"""The shape of input: of the person on the follow page, and of the officers on the case page."""

from cases.forms.follow import AnswerForm, FollowForm, ReceiptForm

__all__ = ["AnswerForm", "FollowForm", "ReceiptForm"]
