"""Looking at a case again: seats of guests, appeals and the panels that decide them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policies import OUTSIDE
from cases.codes import AppealResult, SeatKind
from cases.states import CASE


class SeatQuerySet(models.QuerySet["Seat"]):
    def running(self) -> "SeatQuerySet":
        """Whose account was closed sits nowhere any more, nor does who became a company's contact or a partner."""
        return self.filter(ended_at=None, user__is_active=True).exclude(user__in=User.objects.holding(*OUTSIDE))

    def lost(self) -> "SeatQuerySet":
        """Those that nobody ended yet, of people who may not sit any more."""
        lost = Q(user__is_active=False) | Q(user__in=User.objects.holding(*OUTSIDE))
        return self.filter(lost, ended_at=None).select_related("case").order_by("pk")

    def of(self, user: User) -> "SeatQuerySet":
        return self.running().filter(user=user)


class Seat(models.Model):
    """A guest on one case: panellist, verifier, interpreter, investigator; it ends, and is never deleted."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    kind = models.CharField(_("seat"), max_length=12, choices=SeatKind.choices())
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "case"], condition=Q(ended_at=None), name="seat_running")]
        constraints = [
            models.UniqueConstraint("case", "user", "kind", condition=Q(ended_at=None), name="one_seat_at_a_time")
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def held_by(cls, user: User) -> dict[int, frozenset[str]]:
        """The kinds of the running seats of a person, by case."""
        held: dict[int, frozenset[str]] = {}
        for case_id, kind in cls.objects.of(user).values_list("case_id", "kind"):
            held[case_id] = held.get(case_id, frozenset()) | {kind}
        return held


class AppealQuerySet(models.QuerySet["Appeal"]):
    def undecided(self) -> "AppealQuerySet":
        return self.filter(decided_at=None)


class Appeal(models.Model):
    """The people who filed ask for another look, within 60 days; nobody of the panel handled the case before.

    ``interrupted``: the stage in which it was filed; ``return_to``: the stage to which the panel sends the case. The
    grounds are the words of a person who filed: sealed under the key of their grievance as "appeal". The reasons are
    the panel's: JSON {language: text} under the case's key as "reasons", and served to each person in their language.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="appeals")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="appeals")
    sealed_grounds = models.BinaryField()
    filed_at = models.DateTimeField()
    interrupted = models.CharField(max_length=20, choices=CASE.choices())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=12, choices=AppealResult.choices(), blank=True)
    return_to = models.CharField(max_length=20, choices=CASE.choices(), blank=True)
    sealed_reasons = models.BinaryField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=Q(decided_at=None), name="one_appeal_at_a_time"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, result="", return_to="", sealed_reasons=None)
                | (Q(decided_at__isnull=False, decided_by__isnull=False, sealed_reasons__isnull=False) & ~Q(result="")),
                name="appeal_decided_at_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
