"""How serious a harm is, how likely somebody is punished for speaking, and what many cases say together."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import Fpic, Risk
from cases.states import Severity
from supplychain.models import Site

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class Assessment(models.Model):
    """Severity by scale, scope and irremediability, 1–5 each (UNGP 14), and the risk of retaliation; the newest holds.

    ``level`` differs from ``computed`` only with a reason, sealed under the case's key as "override".
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="assessments")
    scale = models.PositiveSmallIntegerField(_("scale"), validators=ONE_TO_FIVE)
    scope = models.PositiveSmallIntegerField(_("scope"), validators=ONE_TO_FIVE)
    irremediability = models.PositiveSmallIntegerField(_("irremediability"), validators=ONE_TO_FIVE)
    imminent = models.BooleanField(_("imminent"), default=False)
    computed = models.CharField(max_length=8, choices=Severity.choices())
    level = models.CharField(_("severity"), max_length=8, choices=Severity.choices())
    sealed_override = models.BinaryField(null=True)
    retaliation = models.CharField(_("risk of retaliation"), max_length=8, choices=Risk.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=models.F("computed")) | Q(sealed_override__isnull=False),
                name="severity_overridden_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(scale__range=(1, 5), scope__range=(1, 5), irremediability__range=(1, 5)),
                name="severity_parts_from_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EarlyWarning(models.Model):
    """Three or more cases on one site and family within 90 days; for the handling team alone (behaviour 13)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    family = models.CharField(max_length=6)
    raised_at = models.DateTimeField()
    cases = models.ManyToManyField("cases.Case", related_name="warnings")

    class Meta:
        indexes = [models.Index(fields=["site", "family", "-raised_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class FpicEntry(models.Model):
    """One entry of the log of free, prior and informed consent: who represents the People, chosen by whom; at which
    stage consent stands, and under which conditions (behaviour 19: UNDRIP 19, 32). The words are sealed as "fpic"."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="fpic_entries")
    kind = models.CharField(max_length=16, choices=Fpic.choices())
    sealed_words = models.BinaryField()
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
