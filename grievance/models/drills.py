"""Drills of field partners, and what came in while they ran."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.codes import DiscardedBecause
from grievance.models.partners import READERS, FieldPartner, PartnerNumber, PartnerPerson
from grievance.models.people import Grievance
from supplychain.queries import organisations_of


class DrillQuerySet(models.QuerySet["Drill"]):
    def visible_to(self, user: User) -> "DrillQuerySet":
        """For whoever keeps partners; their own people see on their pages which drill runs."""
        return self if roles_of(user) & READERS else self.none()

    def with_messages(self) -> "DrillQuerySet":
        """How many of its messages nobody has read yet, were discarded, and were taken for real."""
        unread = models.Q(messages__read_at=None)
        return self.annotate(
            waiting=models.Count("messages", unread),
            discarded=models.Count("messages", ~unread & models.Q(messages__real=False)),
            taken=models.Count("messages", models.Q(messages__real=True)),
        )

    def running(self, at: datetime) -> "DrillQuerySet":
        return self.filter(started_at__lte=at, ends_at__gt=at)

    def covering(
        self, partner: FieldPartner, *, user: User | None = None, number: PartnerNumber | None = None
    ) -> "DrillQuerySet":
        """Those of the whole partner, and those of this person or this number."""
        one = models.Q(number=None, person=None)
        if user is not None:
            one |= models.Q(person__user=user, person__ended_at=None)
        if number is not None:
            one |= models.Q(number=number)
        return self.filter(one, partner=partner).order_by("-pk")


class Drill(models.Model):
    """A partner practises: what its people and numbers file meanwhile is marked, message by message. It ends by itself;
    ended earlier, ``ends_at`` says when."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="drills")
    # Of one number or one person alone; of neither: of everybody.
    number = models.ForeignKey(PartnerNumber, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(PartnerPerson, models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    ends_at = models.DateTimeField(_("ends"))

    objects = DrillQuerySet.as_manager()

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("started_at")), name="drill_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(number=None) | models.Q(person=None), name="drill_of_a_number_or_a_person"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, user: User) -> "PracticeQuerySet":
        """For intake officers without an employer in the industry: nobody has said yet who the parties are."""
        reads = roles_of(user) & Practice.READERS and not organisations_of(user).in_industry
        return self if reads else self.none()

    def waiting(self) -> "PracticeQuerySet":
        """Nobody has read it yet; what says that somebody is in danger first."""
        return self.filter(read_at=None).order_by("-grievance__urgent", "pk")


class Practice(models.Model):
    """One message of a drill. No case is opened from it and no clock runs, until somebody who reads it says that it is
    real after all; it is discarded by whoever has read it, and never by itself."""

    READERS = frozenset({Role.INTAKE, Role.OVERSIGHT})

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="practice", verbose_name=_("grievance"))
    drill = models.ForeignKey(Drill, models.PROTECT, related_name="messages", verbose_name=_("drill"))
    read_at = models.DateTimeField(_("decided"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    real = models.BooleanField(_("real after all"), default=False)
    discarded_because = models.CharField(
        _("discarded because"), max_length=12, choices=DiscardedBecause.choices(), blank=True
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a drill")
        verbose_name_plural = _("messages of drills")
        indexes = [models.Index(fields=["id"], condition=models.Q(read_at=None), name="practice_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_at=None, read_by=None, real=False, discarded_because="")
                | models.Q(read_at__isnull=False, read_by__isnull=False, real=True, discarded_because="")
                | models.Q(read_at__isnull=False, read_by__isnull=False, real=False, discarded_because__gt=""),
                name="practice_is_read_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
