"""When somebody reads what comes in: the rota behind "a person reads this by …"."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadingHours(models.Model):
    """Somebody reads what is urgent on this day of the week between these hours, in the time zone of the rota."""

    weekday = models.PositiveSmallIntegerField(_("day of the week"))  # 0: Monday
    from_time = models.TimeField(_("from"))
    until_time = models.TimeField(_("until"))
    zone = models.CharField(_("time zone"), max_length=40)  # IANA
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

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
