"""Deadlines as stored moments."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import PauseBecause
from cases.rules.packs import THEIRS


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> "ClockQuerySet":
        return self.filter(stopped_at=None)

    def owed(self) -> "ClockQuerySet":
        """Running ones of what we or a company owe: not what the people who filed may still answer."""
        return self.running().exclude(kind__in=THEIRS)

    def put_off(self) -> "ClockQuerySet":
        """Running ones that the sweep could not move."""
        return self.running().exclude(put_off_at=None)

    def behind(self, at: datetime) -> "ClockQuerySet":
        """Running ones with a step of the ladder that nobody took yet, since the sweep has not come by."""
        return self.running().filter(next_step_at__isnull=False, next_step_at__lte=at)

    def stepping(self, at: datetime) -> "ClockQuerySet":
        """Running clocks whose next step of the ladder has come, oldest first, by one partial index."""
        return self.behind(at).order_by("next_step_at", "pk")


def _at_most_one(*fields: str) -> Q:
    """All of them empty but one, whichever it is."""
    condition = Q()
    for kept in fields:
        condition |= Q(**{field: None for field in fields if field != kept})
    return condition


class Clock(models.Model):
    """A deadline as a stored moment, with its place on the escalation ladder; belongs to exactly one thing."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="clocks")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, null=True, related_name="clocks")
    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, null=True, related_name="clocks")
    step = models.ForeignKey("cases.RemedyStep", models.PROTECT, null=True, related_name="clocks")
    message = models.ForeignKey("grievance.Message", models.PROTECT, null=True, related_name="+")
    safety_check = models.ForeignKey("cases.SafetyCheck", models.PROTECT, null=True, related_name="clocks")
    extended_at = models.DateTimeField(_("extended"), null=True, blank=True)  # once, with reasons in a note
    kind = models.CharField(_("clock"), max_length=32)
    regime = models.CharField(_("rule pack"), max_length=32)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    country = models.CharField(_("calendar of"), max_length=2, blank=True)  # whose working days and days count
    promised_at = models.DateTimeField(null=True)  # a date of its own, before any pause; None: the rule's
    level = models.PositiveSmallIntegerField(_("level"), default=0)  # steps of the ladder that were taken
    next_step_at = models.DateTimeField(null=True)  # None: the ladder has no further step
    put_off_at = models.DateTimeField(null=True)  # the sweep failed at it then, and tries again
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [
            models.Index(
                fields=["next_step_at", "id"],
                condition=Q(stopped_at=None, next_step_at__isnull=False),
                name="clock_running",
            ),
            models.Index(fields=["case", "due_at"], condition=Q(stopped_at=None), name="clock_of_case"),
            models.Index(
                fields=["due_at", "case"],
                condition=Q(stopped_at=None, respondent__isnull=False),
                name="clock_of_company",
            ),
            models.Index(fields=["put_off_at"], condition=Q(put_off_at__isnull=False), name="clock_put_off"),
        ]
        constraints = [
            # A clock of a case itself names nothing more; any other names one thing more.
            models.CheckConstraint(
                condition=_at_most_one("filing", "respondent", "step", "message", "safety_check"),
                name="clock_belongs_to_one_thing",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=models.F("started_at")), name="clock_due_after_start"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ClockPause(models.Model):
    """A clock stands still from one moment to another, for a coded reason; at the second it runs on by itself.

    Who lets it run on earlier moves ``until_at`` to that moment.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=16, choices=PauseBecause.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("clock", "from_at", name="one_pause_at_a_time"),
            models.CheckConstraint(condition=Q(until_at__gte=models.F("from_at")), name="pause_ends_after_start"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class BreachQuerySet(models.QuerySet["Breach"]):
    def open(self) -> "BreachQuerySet":
        """Missed, and not mended yet."""
        return self.filter(mended_at=None)


class Breach(models.Model):
    """A deadline that was missed; it stays on record when what was owed is done at last (behaviours 1 and 2)."""

    clock = models.OneToOneField(Clock, models.PROTECT, related_name="breach")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="breaches")
    due_at = models.DateTimeField(_("was due"))  # as it stood when it was missed
    noted_at = models.DateTimeField(_("noted"))  # by the sweep, or by what mended it if that came first
    mended_at = models.DateTimeField(_("done late"), null=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("missed deadline")
        verbose_name_plural = _("missed deadlines")
        indexes = [
            models.Index(fields=["due_at", "id"], name="breach_by_day"),
            models.Index(fields=["case"], condition=Q(mended_at=None), name="breach_open"),
            models.Index(fields=["mended_at"], condition=Q(mended_at__isnull=False), name="breach_mended"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
