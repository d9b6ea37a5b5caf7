"""Wrong PINs by text, counted by sender and by gateway; those of one reference stand with it (`TextReceipt`)."""

from django.db import models

from grievance.models.texts import Gateway, Writer


class WrongPins(models.Model):
    """How many came from one number, or by one gateway, since a moment; none is heard from there before another."""

    writer = models.OneToOneField(Writer, models.PROTECT, null=True, related_name="wrong_pins")
    gateway = models.OneToOneField(Gateway, models.PROTECT, null=True, related_name="wrong_pins")
    wrong = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    shut_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(writer=None, gateway__isnull=False) | models.Q(writer__isnull=False, gateway=None),
                name="wrong_pins_of_a_writer_or_a_gateway",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
