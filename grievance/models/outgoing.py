"""What gateways and numbers said to us beside texts: reports that came early, numbers that want no texts."""

from django.db import models

from grievance.models.coming import Reply


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
