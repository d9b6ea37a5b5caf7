"""When somebody reads what comes in: the rota behind "a person reads this by …"."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role


class ReadingHoursQuerySet(models.QuerySet["ReadingHours"]):
    def visible_to(self, user: User) -> "ReadingHoursQuerySet":
        return self if roles_of(user) & ReadingHours.READERS else self.none()

    def running(self) -> "ReadingHoursQuerySet":
        return self.filter(ended_at=None)


class ReadingHours(models.Model):
    """Somebody reads what is urgent on this day of the week between these hours, in the time zone of the rota."""

    READERS: ClassVar[frozenset[Role]] = frozenset({Role.INTAKE, Role.SUPERVISOR, Role.LEAD, Role.OVERSIGHT})

    weekday = models.PositiveSmallIntegerField(_("day of the week"))  # 0: Monday
    from_time = models.TimeField(_("from"))
    until_time = models.TimeField(_("until"))
    zone = models.CharField(_("time zone"), max_length=40)  # IANA
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ReadingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading hours")
        verbose_name_plural = _("reading hours")
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="reading_hours_on_a_weekday"),
            models.CheckConstraint(
                condition=models.Q(until_time__gt=models.F("from_time")), name="reading_hours_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
