"""What happened to a case, appended, and what of it nobody was told yet."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CaseEvent(models.Model):
    """What happened to a case: appended, never changed, ids and codes only."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40)  # `cases.events`
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, null=True, related_name="+")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, null=True, related_name="+")
    clock = models.ForeignKey("cases.Clock", models.PROTECT, null=True, related_name="events")
    level = models.PositiveSmallIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["case", "id"]),
            models.Index(fields=["at", "id"], condition=Q(level__isnull=False), name="event_of_clock"),
        ]
        constraints = [
            models.UniqueConstraint(
                "clock", "level", condition=Q(clock__isnull=False, level__isnull=False), name="one_event_a_level"
            )
        ]

    def __str__(self) -> str:
        return self.kind


class UntoldQuerySet(models.QuerySet["Untold"]):
    def waiting(self) -> "UntoldQuerySet":
        """Oldest first; one that failed goes behind those that did not, so that it holds up nobody."""
        return self.order_by("tries", "pk")


class Untold(models.Model):
    """Outbox: an event that nobody was told of yet; `notifications` deletes it in the transaction that told."""

    event = models.OneToOneField(CaseEvent, models.CASCADE, related_name="untold")
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    objects = UntoldQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["tries", "id"], name="untold_waiting")]

    def __str__(self) -> str:
        return str(self.pk)
