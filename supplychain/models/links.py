"""Who buys what from whom, from which site, and where that is said."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from supplychain.models.organisations import Organisation
from supplychain.models.reference import reads_reference_data
from supplychain.models.sites import Site


class SupplyLinkQuerySet(models.QuerySet["SupplyLink"]):
    def visible_to(self, user: User) -> "SupplyLinkQuerySet":
        return self if reads_reference_data(user) else self.none()

    def within(self, since: date, on: date) -> "SupplyLinkQuerySet":
        """Links that held on at least one day from ``since`` to ``on``, both included."""
        return self.filter(from_on__lte=on).filter(models.Q(until_on=None) | models.Q(until_on__gte=since))


class SupplyLink(models.Model):
    """From one day to another a buyer took a material from a site; somebody says so, and we keep who."""

    class Claim(models.TextChoices):
        DECLARED = "declared", _("Declared by the buyer")
        SUPPLIER = "supplier", _("Declared by the supplier")
        AUDIT = "audit", _("Audit")
        CUSTOMS = "customs", _("Customs record")
        CMRT = "cmrt", _("RMI reporting template")
        PUBLIC = "public", _("Public source")

    site = models.ForeignKey(Site, models.PROTECT, related_name="sales", verbose_name=_("supplier site"))
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="purchases", verbose_name=_("buyer"))
    buyer_site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="purchases", verbose_name=_("delivered to")
    )
    material = models.CharField(_("material"), max_length=40)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    claim = models.CharField(_("where the claim comes from"), max_length=16, choices=Claim)
    source = models.CharField(_("source"), max_length=200, blank=True)

    history = HistoricalRecords()
    objects = SupplyLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply link")
        verbose_name_plural = _("supply links")
        indexes = [models.Index(fields=["site", "from_on"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="link_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
