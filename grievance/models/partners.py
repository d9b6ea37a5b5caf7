"""Field partners: who they are, their people, their numbers and cards of codes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.codes import (
    PartnerKind,
    UnpairedBecause,
)
from grievance.models.texts import Writer
from supplychain.models import Site

READERS = frozenset({Role.LEAD, Role.OVERSIGHT})


class FieldPartnerQuerySet(models.QuerySet["FieldPartner"]):
    def visible_to(self, user: User) -> "FieldPartnerQuerySet":
        return self if roles_of(user) & READERS else self.none()

    def in_use(self) -> "FieldPartnerQuerySet":
        return self.filter(ended_at=None)

    def of(self, user: User) -> "FieldPartnerQuerySet":
        """The one for which this person works now, if it is in use."""
        now = PartnerPerson.objects.running().filter(user=user).values("partner")
        return self.in_use().filter(pk__in=now)


class FieldPartner(models.Model):
    """A union, an organisation or a clinic that passes on people's words. Ended, never deleted."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=PartnerKind.choices())
    countries = models.JSONField(_("countries"), default=list)  # ISO 3166-1 alpha-2
    languages = models.JSONField(_("languages"), default=list)  # codes, as in settings.LANGUAGES and beyond
    sites = models.ManyToManyField(Site, blank=True, related_name="partners", verbose_name=_("sites"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("in use from"))
    ended_at = models.DateTimeField(_("in use until"), null=True, blank=True)

    history = HistoricalRecords()
    objects = FieldPartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("field partner")
        verbose_name_plural = _("field partners")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("added_at")),
                name="partner_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerPersonQuerySet(models.QuerySet["PartnerPerson"]):
    def visible_to(self, user: User) -> "PartnerPersonQuerySet":
        return self if roles_of(user) & READERS else self.none()

    def running(self) -> "PartnerPersonQuerySet":
        return self.filter(ended_at=None)


class PartnerPerson(models.Model):
    """Somebody who works for a partner, with an account and the role of a partner; for one at a time."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="people", verbose_name=_("field partner"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = PartnerPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person of a partner")
        verbose_name_plural = _("people of partners")
        constraints = [models.UniqueConstraint("user", condition=models.Q(ended_at=None), name="one_partner_at_a_time")]

    def __str__(self) -> str:
        return str(self.pk)


class PartnerCardQuerySet(models.QuerySet["PartnerCard"]):
    def visible_to(self, user: User) -> "PartnerCardQuerySet":
        return self if roles_of(user) & READERS else self.none()


class PartnerCard(models.Model):
    """A printed card of one-time codes. The codes are shown once, when it is made, and stored stretched."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="cards")
    label = models.CharField(_("label"), max_length=40)  # what the card is called, never a person's name
    language = models.CharField(_("language of the card"), max_length=12, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)  # lost, or replaced: its codes pair nothing

    objects = PartnerCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card of codes")
        verbose_name_plural = _("cards of codes")

    def __str__(self) -> str:
        return str(self.pk)


class PartnerCode(models.Model):
    """One code of a card; it pairs one number, once."""

    card = models.ForeignKey(PartnerCard, models.PROTECT, related_name="codes")
    lookup = models.BinaryField(unique=True)  # grievance.receipts.stretch_card_code
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class PartnerNumberQuerySet(models.QuerySet["PartnerNumber"]):
    def visible_to(self, user: User) -> "PartnerNumberQuerySet":
        return self if roles_of(user) & READERS else self.none()

    def running(self) -> "PartnerNumberQuerySet":
        """Paired now, with a partner that is in use."""
        return self.filter(ended_at=None, partner__ended_at=None)


class PartnerNumber(models.Model):
    """A number that a partner registered by a code of its card: texts from it are passed on for others.

    Routing, never identity: a caller id can be forged, so a wrong code ends the pairing and nothing else.
    """

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="numbers")
    writer = models.ForeignKey(Writer, models.PROTECT, related_name="pairings")
    code = models.OneToOneField(PartnerCode, models.PROTECT, related_name="pairing")
    paired_at = models.DateTimeField(_("paired"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_because = models.CharField(_("because"), max_length=12, choices=UnpairedBecause.choices(), blank=True)

    objects = PartnerNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("number of a partner")
        verbose_name_plural = _("numbers of partners")
        constraints = [
            models.UniqueConstraint("writer", condition=models.Q(ended_at=None), name="one_pairing_a_number"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_because="")
                | models.Q(ended_at__isnull=False, ended_because__gt=""),
                name="pairing_ends_because",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
