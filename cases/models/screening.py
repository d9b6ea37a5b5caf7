"""What stands between a filing and an open inquiry: eligibility, declarations of the people at work, and samples."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.codes import DECLARED, ELIGIBILITY
from supplychain.models import Organisation


class Eligibility(models.Model):
    """One decision whether a case is ours to work on; the newest holds. Ineligible needs a second signature.

    ``reasons``: codes of `cases.codes.ELIGIBILITY` that were answered with no; empty for an eligible case. What the
    person reads stands in a `Letter`.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="eligibilities")
    eligible = models.BooleanField(_("eligible"))
    reasons = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="eligibility_signed_at_by",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=models.F("by")), name="eligibility_signed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def reasons_in_words(self) -> list[str]:
        return [str(ELIGIBILITY[code]) for code in self.reasons if code in ELIGIBILITY]


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def conflicting(self, user: User) -> "DeclarationQuerySet":
        return self.filter(user=user, clear=False)


class Declaration(models.Model):
    """Somebody at work on a case declares themselves independent of one party, or not (LkSG §8(3)).

    One that is not clear ends their access to the case at once. ``ties``: codes of `cases.codes.DECLARED`.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="declarations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="declarations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    clear = models.BooleanField()
    ties = models.JSONField(default=list)
    at = models.DateTimeField()

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "user"])]
        constraints = [models.UniqueConstraint("case", "user", "organisation", name="one_declaration_a_party")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ties_in_words(self) -> list[str]:
        return [str(DECLARED[code]) for code in self.ties if code in DECLARED]


class Implicated(models.Model):
    """A person, or a unit of an organisation, that a grievance is about: for them the case does not exist.

    Needed where the operator of the mechanism is itself a party, and for grievances about officers (LkSG §8(3)).
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="implicated")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="implicated_in")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "user"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation=None, unit="")
                | (Q(user=None, organisation__isnull=False) & ~Q(unit="")),
                name="implicated_person_or_unit",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DrawQuerySet(models.QuerySet["Draw"]):
    def undecided(self) -> "DrawQuerySet":
        """Oldest first, by one partial index."""
        return self.filter(decided_at=None).order_by("pk")


class Draw(models.Model):
    """One setting aside, and whether it was drawn for a second look: decided once, by chance, and kept."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="draws")
    aside_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    sample = models.OneToOneField("cases.Sample", models.PROTECT, null=True, related_name="draw")

    objects = DrawQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(decided_at=None), name="draw_undecided"),
            models.Index(fields=["aside_at"], condition=Q(sample=None), name="draw_not_drawn"),
        ]
        constraints = [
            models.UniqueConstraint("case", condition=Q(decided_at=None), name="one_undecided_draw_a_case"),
            models.CheckConstraint(condition=Q(sample=None) | Q(decided_at__isnull=False), name="drawn_when_decided"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Sample(models.Model):
    """A case that was set aside, drawn for a supervisor to look at again."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="samples")
    drawn_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)  # False: it was a complaint after all, and is brought back

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=Q(checked_at=None), name="one_open_sample_a_case"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None, agreed=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False, agreed__isnull=False),
                name="sample_checked_at_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
