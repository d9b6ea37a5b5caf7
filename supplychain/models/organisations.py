"""Organisations of the chain, and who works for whom."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from supplychain.identifiers import tidy
from supplychain.models.reference import reads_reference_data
from supplychain.names import fold


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> "OrganisationQuerySet":
        return self if reads_reference_data(user) else self.none()

    def named_like(self, words: str) -> "OrganisationQuerySet":
        """Companies that run a site, or own one that does, with these words in their name, however they are spelt."""
        folded = fold(words)
        near = self.filter(models.Q(sites__isnull=False) | models.Q(daughters__sites__isnull=False)).distinct()
        names = near.values_list("pk", "name") if folded else ()
        return self.filter(pk__in=[pk for pk, name in names if folded in fold(name)])


class Organisation(models.Model):
    """A company or another body of the chain. Identifiers are those of GLEIF, GS1, RMI and Open Supply Hub."""

    class Kind(models.TextChoices):
        OPERATOR = "operator", _("Mine or plant operator")
        TRADER = "trader", _("Trader")
        SMELTER = "smelter", _("Smelter")
        REFINER = "refiner", _("Refiner")
        MANUFACTURER = "manufacturer", _("Manufacturer")
        AUTOMAKER = "automaker", _("Automaker")
        RECYCLER = "recycler", _("Recycler")
        MECHANISM = "mechanism", _("Grievance mechanism")
        CIVIL_SOCIETY = "civil_society", _("Union or civil society")

    # Kinds that take part in the trade; whoever works for one has "an employer in the industry".
    INDUSTRY = (
        Kind.OPERATOR,
        Kind.TRADER,
        Kind.SMELTER,
        Kind.REFINER,
        Kind.MANUFACTURER,
        Kind.AUTOMAKER,
        Kind.RECYCLER,
    )

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    country = models.CharField(_("country (ISO 3166-1)"), max_length=2)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="daughters", verbose_name=_("parent company")
    )
    lei = models.CharField(_("LEI"), max_length=20, blank=True)
    gln = models.CharField(_("GLN"), max_length=13, blank=True)
    rmi_id = models.CharField(_("RMI smelter id"), max_length=16, blank=True)
    os_id = models.CharField(_("OS ID"), max_length=16, blank=True)
    # Its people are not in conflict by working for it: where it is a party, an independent panel takes the case.
    runs_mechanism = models.BooleanField(_("runs this mechanism"), default=False)

    history = HistoricalRecords()
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "lei",
                condition=~models.Q(lei=""),
                name="one_organisation_a_lei",
                violation_error_message=_("Another organisation has this LEI or GLN already."),
            ),
            models.UniqueConstraint(
                "gln",
                condition=~models.Q(gln=""),
                name="one_organisation_a_gln",
                violation_error_message=_("Another organisation has this LEI or GLN already."),
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="no_company_owns_itself",
                violation_error_message=_("A company cannot be its own parent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Written as registers write it."""
        self.name, self.country = self.name.strip(), self.country.strip().upper()
        self.lei, self.gln, self.os_id = tidy(self.lei), tidy(self.gln), tidy(self.os_id)

    def shares_identifier(self) -> bool:
        """Does another organisation have this LEI or GLN already?"""
        lei = models.Q(lei=self.lei, lei__gt="")
        gln = models.Q(gln=self.gln, gln__gt="")
        return Organisation.objects.exclude(pk=self.pk).filter(lei | gln).exists()


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def visible_to(self, user: User) -> "EmploymentQuerySet":
        """Who works for whom is shown to superusers, who keep it, and to programme leads."""
        return self if user.is_superuser or Role.LEAD in roles_of(user) else self.none()

    def ever_of(self, user: Any) -> "EmploymentQuerySet":
        """Now or then: past employment is a conflict too (LkSG §8(3))."""
        return self.filter(user=user)

    def current(self, on: date) -> "EmploymentQuerySet":
        return self.filter(from_on__lte=on).filter(models.Q(until_on=None) | models.Q(until_on__gte=on))


class Employment(models.Model):
    """A person of `accounts` works, or worked, for an organisation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="employments", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="employments", verbose_name=_("organisation")
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)  # a department; a case may be about one

    history = HistoricalRecords()
    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="employment_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
