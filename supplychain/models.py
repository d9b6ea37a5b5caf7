"""Organisations, their sites, who buys from whom, and who works for whom."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import CASEWORK, Role
from supplychain.identifiers import tidy
from supplychain.names import fold


def _reads_reference_data(user: User) -> bool:
    """Whoever works on cases reads companies, sites and links; superusers keep them. Nobody else is shown any."""
    return user.is_superuser or bool(roles_of(user) & CASEWORK)


if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:
    TextField = models.CharField


class FoldedField(TextField):
    """The folded spelling of another field of the row, set whenever the row is written (as auto_now sets a moment)."""

    def __init__(self, source: str = "name", **options: Any) -> None:
        self.source = source
        super().__init__(**{"max_length": 200, "editable": False, "db_index": True, **options})

    def deconstruct(self) -> Any:
        """Migrations need to know only that it is text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> "OrganisationQuerySet":
        return self if _reads_reference_data(user) else self.none()

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


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User) -> "SiteQuerySet":
        return self if _reads_reference_data(user) else self.none()

    def called(self, name: str) -> "SiteQuerySet":
        """Sites of that name, official or local, whatever its accents, case and punctuation."""
        folded = fold(name)[:200]
        if not folded:
            return self.none()
        local = LocalName.objects.filter(folded=folded).values("site_id")
        return self.filter(models.Q(folded=folded) | models.Q(pk__in=local))

    def found_by(self, words: str, *, country: str = "") -> "SiteQuerySet":
        """Sites with these words in their name, a local name, their place, or the name of their company or its parent;
        of one country where it is given. Those that are called exactly so come first."""
        folded = fold(words)[:200]
        sites = self.filter(country=country) if country else self
        if not folded:
            return sites.order_by("name", "pk") if country else self.none()
        local = LocalName.objects.filter(folded__contains=folded).values("site_id")
        companies = Organisation.objects.named_like(words)
        found = sites.filter(
            models.Q(folded__contains=folded)
            | models.Q(pk__in=local)
            | models.Q(place__icontains=words.strip())
            | models.Q(operator__in=companies)
            | models.Q(operator__parent__in=companies)
        )
        exact = models.Case(models.When(folded=folded, then=0), default=1)
        return found.select_related("operator").order_by(exact, "name", "pk")


class Site(models.Model):
    """A mine, smelter, refinery or plant: a place for which somebody answers."""

    class Kind(models.TextChoices):
        MINE = "mine", _("Mine")
        SMELTER = "smelter", _("Smelter")
        REFINERY = "refinery", _("Refinery")
        PLANT = "plant", _("Plant")
        WAREHOUSE = "warehouse", _("Warehouse or port")

    name = models.CharField(_("name"), max_length=200)
    folded = FoldedField()
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="sites", verbose_name=_("operator"))
    country = models.CharField(_("country (ISO 3166-1)"), max_length=2)
    place = models.CharField(_("place"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    os_id = models.CharField(_("OS ID"), max_length=16, blank=True)
    # What stands on the poster at the gate: /sw/file/?site=<poster>. Public, so never derived from anything else.
    poster = models.SlugField(_("poster code"), max_length=12, unique=True, null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["folded"])
    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Written as registers write it; posters in small letters."""
        self.name, self.country, self.os_id = self.name.strip(), self.country.strip().upper(), tidy(self.os_id)
        self.poster = (self.poster or "").strip().lower() or None

    def shares_poster(self) -> bool:
        """Does another site have this poster code already?"""
        return self.poster is not None and Site.objects.exclude(pk=self.pk).filter(poster=self.poster).exists()


class LocalName(models.Model):
    """What people near a site call it, folded for matching."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="local_names")
    name = models.CharField(_("name"), max_length=200)
    folded = FoldedField()

    history = HistoricalRecords(excluded_fields=["folded"])

    class Meta:
        verbose_name = _("local name")
        verbose_name_plural = _("local names")
        constraints = [models.UniqueConstraint("site", "folded", name="local_name_once_a_site")]

    def __str__(self) -> str:
        return self.name


class SupplyLinkQuerySet(models.QuerySet["SupplyLink"]):
    def visible_to(self, user: User) -> "SupplyLinkQuerySet":
        return self if _reads_reference_data(user) else self.none()

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
