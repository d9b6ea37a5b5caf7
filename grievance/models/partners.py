"""Field partners: who they are, their people, numbers and cards of codes, what they passed on for whom, and drills."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.codes import (
    Authority,
    ConsentHow,
    DiscardedBecause,
    DroppedBecause,
    MaySee,
    PartnerKind,
    UnpairedBecause,
)
from grievance.models.people import Grievance
from grievance.models.texts import Writer
from supplychain.models import Site
from supplychain.queries import organisations_of

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


class DrillQuerySet(models.QuerySet["Drill"]):
    def running(self, at: datetime) -> "DrillQuerySet":
        return self.filter(started_at__lte=at, ends_at__gt=at)

    def covering(
        self, partner: FieldPartner, *, user: User | None = None, number: PartnerNumber | None = None
    ) -> "DrillQuerySet":
        """Those of the whole partner, and those of this person or this number."""
        one = models.Q(number=None, person=None)
        if user is not None:
            one |= models.Q(person__user=user, person__ended_at=None)
        if number is not None:
            one |= models.Q(number=number)
        return self.filter(one, partner=partner).order_by("-pk")


class Drill(models.Model):
    """A partner practises: what its people and numbers file meanwhile is marked, message by message. It ends by itself;
    ended earlier, ``ends_at`` says when."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="drills")
    # Of one number or one person alone; of neither: of everybody.
    number = models.ForeignKey(PartnerNumber, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(PartnerPerson, models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    ends_at = models.DateTimeField(_("ends"))

    objects = DrillQuerySet.as_manager()

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("started_at")), name="drill_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(number=None) | models.Q(person=None), name="drill_of_a_number_or_a_person"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, user: User) -> "PracticeQuerySet":
        """For intake officers without an employer in the industry: nobody has said yet who the parties are."""
        reads = roles_of(user) & Practice.READERS and not organisations_of(user).in_industry
        return self if reads else self.none()

    def waiting(self) -> "PracticeQuerySet":
        """Nobody has read it yet; what says that somebody is in danger first."""
        return self.filter(read_at=None).order_by("-grievance__urgent", "pk")


class Practice(models.Model):
    """One message of a drill. No case is opened from it and no clock runs, until somebody who reads it says that it is
    real after all; it is discarded by whoever has read it, and never by itself."""

    READERS = frozenset({Role.INTAKE, Role.OVERSIGHT})

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="practice", verbose_name=_("grievance"))
    drill = models.ForeignKey(Drill, models.PROTECT, related_name="messages", verbose_name=_("drill"))
    read_at = models.DateTimeField(_("decided"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    real = models.BooleanField(_("real after all"), default=False)
    discarded_because = models.CharField(
        _("discarded because"), max_length=12, choices=DiscardedBecause.choices(), blank=True
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a drill")
        verbose_name_plural = _("messages of drills")
        indexes = [models.Index(fields=["id"], condition=models.Q(read_at=None), name="practice_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_at=None, read_by=None, real=False, discarded_because="")
                | models.Q(read_at__isnull=False, read_by__isnull=False, real=True, discarded_because="")
                | models.Q(read_at__isnull=False, read_by__isnull=False, real=False, discarded_because__gt=""),
                name="practice_is_read_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Batch(models.Model):
    """A list of people that a partner sent at once; the list itself is kept nowhere."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="batches")
    nonce_hash = models.BinaryField(unique=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    rows = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.pk)


class RelayQuerySet(models.QuerySet["Relay"]):
    def running(self) -> "RelayQuerySet":
        """Verified, and not ended by the person."""
        return self.filter(verified=True, ended_at=None)

    def spoken_for(self) -> "RelayQuerySet":
        """With somebody's consent; without it the partner reported for itself."""
        return self.exclude(consent_how=ConsentHow.NONE)

    def followed_by(self, partner: FieldPartner) -> "RelayQuerySet":
        """What this partner passed on, was proven to be its own, and the person did not end. Nothing else exists for
        it, in no list and no count."""
        return self.running().filter(partner=partner)


class Relay(models.Model):
    """A grievance that a partner passed on: by whom, with whose consent and how it was given, and what of the case the
    person lets the partner see."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="relay")
    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="relays")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # on a page
    number = models.ForeignKey(PartnerNumber, models.PROTECT, null=True, related_name="relays")  # by text
    # False: it came from a number that was the partner's before a wrong code came from it.
    verified = models.BooleanField(default=True)
    reference = models.CharField(max_length=16, unique=True)  # by which the partner calls it; opens nothing
    authority = models.CharField(max_length=12, choices=Authority.choices())
    consent_how = models.CharField(max_length=12, choices=ConsentHow.choices())
    # May the person be called back? None: nobody said.
    call_back_safe = models.BooleanField(null=True)
    may_see = models.CharField(max_length=8, choices=MaySee.choices(), default=MaySee.NOTHING.value)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="relays")
    row = models.PositiveIntegerField(null=True)  # of the batch, from 1
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, choices=DroppedBecause.choices(), blank=True)

    objects = RelayQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["partner", "-at", "-id"], name="relay_of_partner")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by__isnull=False, number=None) | models.Q(by=None, number__isnull=False),
                name="relay_by_a_person_or_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_because="")
                | models.Q(ended_at__isnull=False, ended_because__gt=""),
                name="relay_ends_because",
            ),
            models.CheckConstraint(
                condition=models.Q(batch=None, row=None) | models.Q(batch__isnull=False, row__isnull=False),
                name="relay_of_a_batch_has_its_row",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def own_report(self) -> bool:
        """Nobody agreed to it: the partner reports for itself, and says nothing of who somebody is."""
        return self.consent_how == ConsentHow.NONE

    @property
    def shows_stage(self) -> bool:
        return self.may_see in {MaySee.STAGE, MaySee.ANSWERS}

    @property
    def shows_answers(self) -> bool:
        return self.may_see == MaySee.ANSWERS
