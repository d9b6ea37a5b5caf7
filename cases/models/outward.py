"""What leaves the case: letters with reasons, what each person may read of it, referrals, proceedings elsewhere."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import Forum, LetterKind, ReferralKind, ServedKind


class Letter(models.Model):
    """The reasons for closing, or for finding a case ineligible, in one language; read on the follow page.

    Sealed under the case's key as "letter". The newest of a language holds.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=LetterKind.choices())
    language = models.CharField(max_length=12)
    sealed_body = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "kind", "language"])]

    def __str__(self) -> str:
        return str(self.pk)


class Referral(models.Model):
    """A person was sent on to somebody who can help, with their consent; with a day to ask how it went.

    The words ("referral", under the case's key) name the helper.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="referrals")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, null=True, related_name="referrals")
    kind = models.CharField(_("kind"), max_length=12, choices=ReferralKind.choices())
    sealed_words = models.BinaryField()
    follow_up_on = models.DateField(_("follow up on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    helped = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, helped=None) | Q(ended_at__isnull=False, helped__isnull=False),
                name="referral_ended_says_whether_it_helped",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


SOURCES = ("letter", "finding", "hearing", "appeal", "referral")


def _of(source: str, *kinds: str) -> Q:
    """Texts of these kinds tell of this one record, and of no other."""
    return Q(kind__in=kinds, **{f"{one}__isnull": one != source for one in SOURCES})


class ServedText(models.Model):
    """One text of the office as one person who filed reads it on their follow page.

    Sealed as "served" under the key of their grievance, the only one that their number opens: nobody who comes back
    with a number can read the case's own notes, and no key of the office is needed to show it.
    """

    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="served")
    kind = models.CharField(max_length=12, choices=ServedKind.choices())
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="served")
    finding = models.ForeignKey("cases.Finding", models.PROTECT, null=True, related_name="served")
    hearing = models.ForeignKey("cases.Hearing", models.PROTECT, null=True, related_name="served")
    appeal = models.ForeignKey("cases.Appeal", models.PROTECT, null=True, related_name="served")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="served")
    language = models.CharField(max_length=12)
    sealed_body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_of("letter", "letter")
                | _of("finding", "finding")
                | _of("hearing", "place", "minutes")
                | _of("appeal", "decision")
                | _of("referral", "referral"),
                name="served_text_of_its_kind",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Proceeding(models.Model):
    """A court, an inspectorate or a contact point deals with the same harm; its last day for acting is a warning."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="proceedings")
    forum = models.CharField(_("forum"), max_length=12, choices=Forum.choices())
    country = models.CharField(_("country"), max_length=2)
    limitation_on = models.DateField(_("last day for acting"), null=True)
    sealed_words = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
