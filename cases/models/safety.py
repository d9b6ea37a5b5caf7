"""Is everybody still safe: check-ins with the people who filed, on their schedule and after each disclosure."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import SafetyAnswer, SafetyReason


class SafetyCheckQuerySet(models.QuerySet["SafetyCheck"]):
    def open(self) -> "SafetyCheckQuerySet":
        return self.filter(answered_at=None, missed_at=None)

    def unanswered(self, at: datetime) -> "SafetyCheckQuerySet":
        """What a person may still answer on their page; a late answer always counts."""
        return self.filter(answered_at=None, ask_at__lte=at)

    def silent(self, at: datetime) -> "SafetyCheckQuerySet":
        """Asked, unanswered, and their time is over; served by one partial index."""
        return self.open().filter(answer_by__lte=at).order_by("answer_by", "pk")


class SafetyCheck(models.Model):
    """One question to one person who filed: are you safe (behaviour 15: ISO 37002 8.3–8.4).

    Waits on the follow page from ``ask_at`` on. An alarming answer, or silence after a disclosure until ``answer_by``,
    opens the urgent overlay; `Filing.next_safety_at` says when the schedule is looked at next. Their words are sealed
    under the grievance's key as "safety".
    """

    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="safety_checks")
    reason = models.CharField(_("reason"), max_length=12, choices=SafetyReason.choices())
    ask_at = models.DateTimeField(_("asked from"))
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.CharField(_("answer"), max_length=12, choices=SafetyAnswer.choices(), blank=True)
    sealed_words = models.BinaryField(null=True)
    missed_at = models.DateTimeField(_("unanswered since"), null=True)

    objects = SafetyCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")
        indexes = [
            models.Index(
                fields=["answer_by", "id"], condition=Q(answered_at=None, missed_at=None), name="safety_check_open"
            ),
            models.Index(fields=["filing", "ask_at"]),
        ]
        constraints = [
            models.UniqueConstraint("filing", "reason", "ask_at", name="one_safety_check_a_moment"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="safety_check_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
