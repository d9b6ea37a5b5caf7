"""One person's words as they came, who they are as far as they said, and what they agreed to."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievance.codes import Harmed, RecipientKind
from grievance.models.keys import CustodyKey, DataKey
from supplychain.models import Organisation, Site


class GrievanceQuerySet(models.QuerySet["Grievance"]):
    def in_bulk_review(self) -> "GrievanceQuerySet":
        """Those of a flood at which nobody has looked yet; served by one partial index."""
        return self.filter(bulk=True)


class Grievance(models.Model):
    """One person's words, as they came; never changed afterwards."""

    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        SMS = "sms", _("Text message")
        PARTNER = "partner", _("Field partner")
        OFFICE = "office", _("Told to an officer")

    class Openness(models.TextChoices):
        ANONYMOUS = "anonymous", _("Anonymous")
        CONFIDENTIAL = "confidential", _("Confidential")
        OPEN = "open", _("Open")

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    language = models.CharField(_("language"), max_length=12)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="grievances", verbose_name=_("site")
    )
    families = models.JSONField(_("families"))  # a list of family codes, e.g. ["WG", "OS"]
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    ongoing = models.BooleanField(_("still going on"), default=False)
    urgent = models.BooleanField(_("somebody is in danger"), default=False)
    country = models.CharField(_("country"), max_length=2, blank=True)  # ISO 3166-1 alpha-2, as the person chose it
    harmed = models.CharField(_("who was harmed"), max_length=8, choices=Harmed.choices(), blank=True)
    # Came beyond the budget of its network: kept like any other, read in bulk, and nobody is woken by it.
    bulk = models.BooleanField(_("for review in bulk"), default=False)
    # A text that the program could not read: its statement is what the gateway handed over, for a human to read.
    as_it_came = models.BooleanField(_("could not be read by the program"), default=False)
    openness = models.CharField(_("openness"), max_length=12, choices=Openness)
    received_at = models.DateTimeField(_("received"))
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    # JSON under the data key: {"statement", "place"} and, where they were said, "about" (when), "position", "authority"
    # and "wanted".
    sealed_statement = models.BinaryField()

    objects = GrievanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("grievance")
        verbose_name_plural = _("grievances")
        indexes = [
            models.Index(fields=["site", "received_at"]),
            models.Index(fields=["id"], condition=models.Q(bulk=True), name="grievance_in_bulk"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Complainant(models.Model):
    """The person behind a grievance, as sealed as they chose to be."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="complainant")
    sealed_name = models.BinaryField(null=True)  # open grievances only: under the data key
    # JSON under the contact key: {"phone", "email", "times"} and, where they were said, "trusted" (a person between us)
    # and "word" (by which they know that it is us).
    sealed_contact = models.BinaryField(null=True)
    # By these a worker finds whose contact it is: HMAC under the phone pepper; null until it has looked, or for none.
    phone_mark = models.BinaryField(null=True)
    email_mark = models.BinaryField(null=True)
    marked_at = models.DateTimeField(null=True)

    class Safe(models.TextChoices):
        NONE = "none", _("Do not contact me: I will come back with my number")
        SMS = "sms", _("Text message")
        CALL = "call", _("Phone call")
        EMAIL = "email", _("Email")
        TRUSTED = "trusted", _("Somebody I trust")

    safe_way = models.CharField(_("safe way to reach them"), max_length=8, choices=Safe, default=Safe.NONE)

    class Meta:
        indexes = [
            models.Index(fields=["phone_mark"], condition=models.Q(phone_mark__isnull=False), name="contact_phone"),
            models.Index(fields=["email_mark"], condition=models.Q(email_mark__isnull=False), name="contact_email"),
            models.Index(
                fields=["id"],
                condition=models.Q(sealed_contact__isnull=False, marked_at=None),
                name="contact_to_mark",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_reachable(self) -> bool:
        """Is there anything that "delete my contact details" would delete?"""
        return self.sealed_contact is not None or self.sealed_name is not None


class IdentitySeal(models.Model):
    """A confidential person's name, sealed nested for one pair of custodians of different organisations."""

    complainant = models.ForeignKey(Complainant, models.PROTECT, related_name="seals")
    first = models.ForeignKey(CustodyKey, models.PROTECT, related_name="+")
    second = models.ForeignKey(CustodyKey, models.PROTECT, related_name="+")
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint("complainant", "first", "second", name="one_seal_a_pair"),
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="a_pair_is_two"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Consent(models.Model):
    """May the facts (never the name) be told? One row per answer; the newest for a recipient holds. No organisation
    named: every one of its ``kind``, and with no kind either every company that answers for the site (WBD 16(1)).
    ``version`` counts the answers of one person."""

    complainant = models.ForeignKey(Complainant, models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=RecipientKind.choices(), blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    given = models.BooleanField()
    # They knew that fewer than ten people fit the facts, and so that they may be recognised.
    informed = models.BooleanField(default=False)
    # Not only what happened: this company may know who they are, to put it right for them (design: remedy step).
    identity = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["complainant", "organisation", "-version"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="") | models.Q(organisation=None), name="consent_names_one_or_a_kind"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_about(self, organisation_id: int, kind: str) -> bool:
        """Does this answer count for a company that is of that kind to the place?"""
        if self.organisation_id is not None:
            return self.organisation_id == organisation_id
        return self.kind in {"", kind}

    @classmethod
    def newest(
        cls, complainants: list[int], organisation_id: int, *, kind: str, identity: bool = False
    ) -> dict[int, "Consent"]:
        """The last word of each complainant about one company, by complainant; who said nothing is missing.

        ``kind``: what the company is to the place (`RecipientKind`); ``identity``: whether it may know who they are,
        else whether it may be told what happened.
        """
        return cls.last_words(complainants, {organisation_id: kind}, identity=identity)[organisation_id]

    @classmethod
    def last_words(
        cls, complainants: list[int], organisations: Mapping[int, str], *, identity: bool = False
    ) -> dict[int, dict[int, "Consent"]]:
        """The same about many companies, given with the kind of each; by organisation, then by complainant: one query.

        What was said of every company counts for each, what was said of a kind for those of that kind.
        """
        about = models.Q(organisation=None) | models.Q(organisation__in=organisations)
        words: dict[int, dict[int, Consent]] = {organisation: {} for organisation in organisations}
        rows = cls.objects.filter(about, complainant__in=complainants, identity=identity).order_by("at", "pk")
        for said in rows:
            for organisation, kind in organisations.items():
                if said.is_about(organisation, kind):
                    words[organisation][said.complainant_id] = said
        return words


class ConsentQuestion(models.Model):
    """The office asks, on the follow page, whether one company may be told; open until a newer `Consent` answers it.

    ``few``: fewer than ten people fit the facts, which the question says.
    """

    complainant = models.ForeignKey(Complainant, models.PROTECT, related_name="consent_questions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    few = models.BooleanField(default=False)
    identity = models.BooleanField(default=False)  # asks whether it may know who they are
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["complainant", "organisation", "-at"])]

    def __str__(self) -> str:
        return str(self.pk)


class CallGrantQuerySet(models.QuerySet["CallGrant"]):
    def running(self, at: datetime) -> "CallGrantQuerySet":
        return self.filter(revoked_at=None, given_at__lte=at, until_at__gt=at)


class CallGrant(models.Model):
    """A confidential person agrees that their handler may open their contact and call, until a moment."""

    complainant = models.ForeignKey(Complainant, models.PROTECT, related_name="call_grants")
    given_at = models.DateTimeField()
    until_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = CallGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until_at__gt=models.F("given_at")), name="call_grant_ends")
        ]

    def __str__(self) -> str:
        return str(self.pk)
