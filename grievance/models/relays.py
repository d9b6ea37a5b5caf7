"""What field partners passed on, for whom, and what each person lets them see."""

from django.conf import settings
from django.db import models

from grievance.codes import Authority, ConsentHow, DroppedBecause, MaySee
from grievance.models.partners import FieldPartner, PartnerNumber
from grievance.models.people import Grievance


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
