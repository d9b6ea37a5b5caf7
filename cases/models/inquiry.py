"""Finding out what happened: hearings, evidence, the people named in a case, findings and their review."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import Basis, Capacity, EvidenceKind, HearingKind, Result
from grievance.models import Attachment, DataKey


class Person(models.Model):
    """Somebody named in a case who did not file it: accused, witness, relative.

    Sealed like a complainant under a key of its own ("name", "words"), with their own consent and, if accused, their
    own right to answer.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="persons")
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity.choices())
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    sealed_name = models.BinaryField()
    sealed_words = models.BinaryField(null=True)
    consents = models.BooleanField(null=True)  # to be heard, or named to the parties; None: not asked yet
    asked_at = models.DateTimeField(null=True)  # invited to answer
    answered_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(sealed_words__isnull=False), name="person_answered_in_words"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Hearing(models.Model):
    """A hearing, an interview, a site visit, or a talk about the facts with the person who filed (behaviour 8).

    At a place that the speaker agreed is safe, with an interpreter and a companion where wanted; the minutes (sealed
    as "minutes") count once their speaker has checked them.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="hearings")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, null=True, related_name="hearings")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="hearings")
    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, null=True, related_name="hearings")
    kind = models.CharField(_("kind"), max_length=12, choices=HearingKind.choices())
    planned_on = models.DateField(_("planned"))
    place_agreed = models.BooleanField(_("the speaker agreed that the place is safe"))
    interpreter = models.BooleanField(_("interpreter"), default=False)
    companion = models.BooleanField(_("companion"), default=False)
    sealed_place = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)  # the speaker did not want it, or did not come
    sealed_minutes = models.BinaryField(null=True)
    checked_at = models.DateTimeField(null=True)  # by the speaker
    objection = models.BooleanField(default=False)  # the speaker says that the minutes are wrong

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filing=None, person=None)
                | Q(filing=None, respondent=None)
                | Q(person=None, respondent=None),
                name="hearing_of_one_speaker",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, sealed_minutes=None) | Q(held_at__isnull=False, sealed_minutes__isnull=False),
                name="hearing_held_has_minutes",
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None) | Q(held_at__isnull=False), name="minutes_checked_after"
            ),
            models.CheckConstraint(condition=Q(held_at=None) | Q(declined_at=None), name="hearing_held_or_declined"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Evidence(models.Model):
    """One entry of the evidence log: what it is, where it comes from, and who took it in. Sealed as "evidence"."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind.choices())
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    hearing = models.ForeignKey(Hearing, models.PROTECT, null=True, related_name="evidence")
    sealed_words = models.BinaryField()
    obtained_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Finding(models.Model):
    """What is held to be true of a case, or of one company in it: by inquiry, settlement or admission.

    One that was set aside (on review or appeal) stays, with when.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="findings")
    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, null=True, related_name="findings")
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices())
    result = models.CharField(_("result"), max_length=16, choices=Result.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class FindingText(models.Model):
    """The text of a finding for one audience: what one may read, another may not. Sealed as "finding"."""

    class Audience(models.TextChoices):
        COMPLAINANT = "complainant", _("the people who filed")
        RESPONDENT = "respondent", _("the companies")
        OFFICE = "office", _("the office")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="texts")
    audience = models.CharField(max_length=12, choices=Audience)
    language = models.CharField(max_length=12)
    sealed_body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("finding", "audience", "language", name="one_finding_text")]

    def __str__(self) -> str:
        return str(self.pk)


class Review(models.Model):
    """The one review of a finding that a respondent may seek; its grounds are sealed as "grounds"."""

    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, related_name="reviews")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="reviews")
    sealed_grounds = models.BinaryField()
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    upheld = models.BooleanField(null=True)  # the review succeeded: the finding is set aside

    class Meta:
        constraints = [
            models.UniqueConstraint("respondent", "finding", name="one_review_a_finding"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, upheld=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, upheld__isnull=False),
                name="review_decided_at_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
