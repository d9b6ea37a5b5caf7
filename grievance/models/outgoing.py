"""What goes out by gateways, counted by day; reports that came early; numbers that want no texts."""

from datetime import date

from django.db import models

from grievance.models.coming import Reply
from grievance.models.texts import Gateway


class GatewayDayQuerySet(models.QuerySet["GatewayDay"]):
    def of(self, gateway: Gateway | None, day: date, country: str = "") -> "GatewayDayQuerySet":
        return self.filter(gateway=gateway, day=day, country=country)


class GatewayDay(models.Model):
    """One day (UTC) of one gateway, None for that of the settings: the whole of it, or what went to one country."""

    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="days")
    day = models.DateField()
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2; "" for the whole
    segments = models.PositiveIntegerField(default=0)  # parts of texts, as they are paid
    refused = models.PositiveIntegerField(default=0)  # calls that nobody proved

    objects = GatewayDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("gateway", "day", "country", name="one_row_a_gateway_and_day"),
            models.UniqueConstraint(
                "day", "country", condition=models.Q(gateway=None), name="one_row_a_day_without_gateway"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EarlyReport(models.Model):
    """What a gateway said of a text before our send had returned, or of one that is not ours; kept some days."""

    mark = models.BinaryField(db_index=True)  # as `Reply.provider_mark`
    outcome = models.CharField(max_length=12, choices=Reply.Report, blank=True)
    stopped = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class StoppedNumber(models.Model):
    """A number that wants no texts and never wrote to us: known by its mark alone, as `Complainant.phone_mark`."""

    mark = models.BinaryField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
