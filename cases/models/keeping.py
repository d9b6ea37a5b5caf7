"""What is kept, for how long, and who may open what is locked away: notes, legal holds, requests for an identity."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import CASEWORK
from cases.codes import HoldReason, NoteKind, Unsealed, UnsealReason
from grievance.models import CustodyKey


class Note(models.Model):
    """A note of the office on its own case, sealed under the case's key as "note"."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="notes")
    kind = models.CharField(_("kind"), max_length=12, choices=NoteKind.choices())
    sealed_body = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class HoldQuerySet(models.QuerySet["Hold"]):
    def running(self, at: datetime) -> "HoldQuerySet":
        return self.filter(released_at=None, until_at__gt=at)


class Hold(models.Model):
    """A legal hold: nothing of this case is erased until its end (behaviour 21). Its grounds are sealed as "hold"."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=12, choices=HoldReason.choices())
    sealed_words = models.BinaryField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=models.F("from_at")), name="hold_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="hold_released_at_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def runs(self, at: datetime) -> bool:
        return self.released_at is None and self.until_at > at


class UnsealingQuerySet(models.QuerySet["Unsealing"]):
    def open(self) -> "UnsealingQuerySet":
        return self.filter(opened_at=None, refused_at=None)

    def contacts_due(self, at: datetime) -> "UnsealingQuerySet":
        """Served by one partial index."""
        return self.open().filter(what=Unsealed.CONTACT, opens_at__lte=at).order_by("opens_at", "pk")

    def past(self, at: datetime) -> "UnsealingQuerySet":
        """What holds something that was opened, a half or a whole, and has to be gone; served by one partial index."""
        held = Q(half__isnull=False) | Q(sealed_result__isnull=False)
        return self.filter(held, until_at__lte=at).order_by("until_at", "pk")


class Unsealing(models.Model):
    """A handler asks for a confidential name (two custodians of different organisations) or for a contact (a call that
    the person agreed to). Not before ``opens_at``, a day later unless urgent; what was opened is sealed again under the
    case's key as "unsealed", for the one who asked, and gone at ``until_at``.

    ``reference``: by which the custodians know it, who are not shown the case; no counter, which would tell them of
    other requests. ``first``: the key that opened the outer seal; ``half``: what it left, still sealed to ``second``,
    and gone at ``until_at`` like the whole.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="unsealings")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="unsealings")
    reference = models.CharField(_("request"), max_length=20, unique=True)
    what = models.CharField(_("what"), max_length=8, choices=Unsealed.choices())
    reason = models.CharField(_("reason"), max_length=12, choices=UnsealReason.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    opens_at = models.DateTimeField()
    first = models.ForeignKey(CustodyKey, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second = models.ForeignKey(CustodyKey, models.PROTECT, null=True, related_name="+")
    half = models.BinaryField(null=True)
    opened_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    sealed_result = models.BinaryField(null=True)
    refused_at = models.DateTimeField(null=True)
    # Nobody: what it needs was not there any more when its time came.
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = UnsealingQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to open a name")
        verbose_name_plural = _("requests to open names")
        indexes = [
            models.Index(
                fields=["opens_at", "id"],
                condition=Q(what="contact", opened_at=None, refused_at=None),
                name="unsealing_contact_due",
            ),
            models.Index(
                fields=["until_at", "id"],
                condition=Q(half__isnull=False) | Q(sealed_result__isnull=False),
                name="unsealing_kept",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "filing", "what", condition=Q(opened_at=None, refused_at=None), name="one_open_unsealing"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(until_at__isnull=False), name="unsealing_opened_until"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=models.F("opens_at")), name="unsealing_waits_its_time"
            ),
            models.CheckConstraint(
                condition=Q(half=None)
                | Q(first__isnull=False, second__isnull=False, first_at__isnull=False, until_at__isnull=False),
                name="unsealing_half_of_a_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.opened_at is None and self.refused_at is None


class CannedTextQuerySet(models.QuerySet["CannedText"]):
    def visible_to(self, user: User) -> "CannedTextQuerySet":
        """General words: whoever works on cases reads them."""
        return self if roles_of(user) & CASEWORK else self.none()


class CannedText(models.Model):
    """A reply that is written often, in one language; general words without anybody's facts."""

    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=12)
    body = models.TextField(_("text"), max_length=10_000)

    objects = CannedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned text")
        verbose_name_plural = _("canned texts")
        ordering = ["name", "language"]
        constraints = [models.UniqueConstraint("name", "language", name="one_canned_text_a_language")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
