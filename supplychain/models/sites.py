"""Sites, as people there call them, too."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from supplychain.identifiers import tidy
from supplychain.models.organisations import Organisation
from supplychain.models.reference import FoldedField, reads_reference_data
from supplychain.names import fold


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User) -> "SiteQuerySet":
        return self if reads_reference_data(user) else self.none()

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
