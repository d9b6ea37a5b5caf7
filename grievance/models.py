"""What people said, sealed: the database alone tells nobody's words, name, number or file."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.codes import OriginalReason
from supplychain.models import Organisation, Site


class DataKey(models.Model):
    """One key that seals one body of words: a grievance's, or a case's own notes. The key itself is in no row."""

    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class KeyWrap(models.Model):
    """A data key sealed for one holder. Without history and apart from the main backup: erasing it erases the words."""

    class Holder(models.TextChoices):
        OFFICE = "office"
        RECEIPT = "receipt"

    key = models.ForeignKey(DataKey, models.CASCADE, related_name="wraps")
    holder = models.CharField(max_length=8, choices=Holder)
    salt = models.BinaryField(default=b"")
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("key", "holder", name="one_wrap_a_holder")]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def held(cls, key_id: int, holder: "KeyWrap.Holder") -> "KeyWrap":
        """Raises KeyWrap.DoesNotExist once it was erased."""
        return cls.objects.get(key_id=key_id, holder=holder)

    @classmethod
    def held_of(cls, key_ids: set[int], holder: "KeyWrap.Holder") -> "models.QuerySet[KeyWrap]":
        """Those of many keys that were not erased."""
        return cls.objects.filter(key__in=key_ids, holder=holder)


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
    openness = models.CharField(_("openness"), max_length=12, choices=Openness)
    received_at = models.DateTimeField(_("received"))
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    sealed_statement = models.BinaryField()  # JSON {"statement": …, "place": …} under the data key

    class Meta:
        verbose_name = _("grievance")
        verbose_name_plural = _("grievances")
        indexes = [models.Index(fields=["site", "received_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class Complainant(models.Model):
    """The person behind a grievance, as sealed as they chose to be."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="complainant")
    sealed_name = models.BinaryField(null=True)  # open grievances only: under the data key
    sealed_contact = models.BinaryField(null=True)  # JSON {"phone": …, "email": …, "times": …} under the contact key

    class Safe(models.TextChoices):
        NONE = "none", _("Do not contact me: I will come back with my number")
        SMS = "sms", _("Text message")
        CALL = "call", _("Phone call")
        EMAIL = "email", _("Email")

    safe_way = models.CharField(_("safe way to reach them"), max_length=8, choices=Safe, default=Safe.NONE)

    def __str__(self) -> str:
        return str(self.pk)


class CustodyKeyQuerySet(models.QuerySet["CustodyKey"]):
    def visible_to(self, user: User) -> "CustodyKeyQuerySet":
        """Who keeps names, for which organisation and since when: for custodians, programme leads and oversight."""
        return self if roles_of(user) & CustodyKey.READERS else self.none()

    def in_use(self) -> "CustodyKeyQuerySet":
        """Neither retired nor of somebody who is no custodian any more: names are sealed to these."""
        return self.filter(retired_at=None, custodian__in=User.objects.holding(Role.CUSTODIAN).values("pk"))


class CustodyKey(models.Model):
    """A custodian's key pair; the private half is wrapped by a passphrase (Argon2id) that only they know."""

    READERS = frozenset({Role.CUSTODIAN, Role.LEAD, Role.OVERSIGHT})

    custodian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="custody_keys")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    public = models.BinaryField()
    sealed_private = models.BinaryField()
    salt = models.BinaryField()
    opslimit = models.PositiveIntegerField()
    memlimit = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = CustodyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody key")
        verbose_name_plural = _("custody keys")

    def __str__(self) -> str:
        return str(self.pk)


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
    named: every company that answers for the site (WBD 16(1)). ``version`` counts the answers of one person."""

    complainant = models.ForeignKey(Complainant, models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    given = models.BooleanField()
    # They knew that fewer than ten people fit the facts, and so that they may be recognised.
    informed = models.BooleanField(default=False)
    # Not only what happened: this company may know who they are, to put it right for them (design: remedy step).
    identity = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["complainant", "organisation", "-version"])]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def newest(cls, complainants: list[int], organisation_id: int, *, identity: bool = False) -> dict[int, "Consent"]:
        """The last word of each complainant about one company, by complainant; who said nothing is missing.

        ``identity``: whether the company may know who they are; else whether it may be told what happened.
        """
        return cls.last_words(complainants, [organisation_id], identity=identity)[organisation_id]

    @classmethod
    def last_words(
        cls, complainants: list[int], organisations: list[int], *, identity: bool = False
    ) -> dict[int, dict[int, "Consent"]]:
        """The same about many companies, by organisation, then by complainant: one query."""
        about = models.Q(organisation=None) | models.Q(organisation__in=organisations)
        words: dict[int, dict[int, Consent]] = {organisation: {} for organisation in organisations}
        rows = cls.objects.filter(about, complainant__in=complainants, identity=identity).order_by("at", "pk")
        for said in rows:
            for organisation in organisations if said.organisation_id is None else [said.organisation_id]:
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


class SealedFile(models.Model):
    """A file in sealed chunks. Its key is wrapped under the page's key while staged, under the data key once filed."""

    kind = models.CharField(max_length=40)  # by content, e.g. "image/jpeg"
    size = models.PositiveIntegerField()  # plain bytes
    sealed_key = models.BinaryField()
    sealed_name = models.BinaryField()  # the file's name, under the same key as sealed_key
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class SealedChunk(models.Model):
    file = models.ForeignKey(SealedFile, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("file", "number", name="one_chunk_a_number")]

    def __str__(self) -> str:
        return str(self.pk)


class StagedFile(models.Model):
    """A file kept for a day while its form is being corrected; only the page can open it."""

    file = models.OneToOneField(SealedFile, models.CASCADE, related_name="staged")
    nonce_hash = models.BinaryField(db_index=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class MessageQuerySet(models.QuerySet["Message"]):
    def of_person(self) -> "MessageQuerySet":
        """What the person who filed wrote."""
        return self.filter(author=None)

    def shown_to_person(self) -> "MessageQuerySet":
        """Their own, and of the office's those that do not wait for a translation."""
        return self.filter(models.Q(author=None) | models.Q(released_at__isnull=False))

    def waiting(self) -> "MessageQuerySet":
        """Of the office, written in another language than the person's, and not shown to them yet."""
        return self.filter(author__isnull=False, released_at=None)


class Message(models.Model):
    """One turn of the conversation between a person and the office."""

    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="messages")
    # Nobody named: the person who filed wrote it.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=12)
    sealed_body = models.BinaryField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # by the other side
    # To a person: shown on their page from then on. In another language than theirs it waits for a translation.
    released_at = models.DateTimeField(null=True)
    # Of the office: up to which message of the person it answers; that counts once it is shown.
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["grievance", "sent_at"]),
            models.Index(
                fields=["grievance"],
                condition=models.Q(author__isnull=False, released_at=None),
                name="message_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Translation(models.Model):
    """A statement, or one message, in another language; the original stays beside it. Sealed as "translation"."""

    class Maker(models.TextChoices):
        HUMAN = "human", _("by a person")
        MACHINE = "machine", _("by a machine")

    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="translations")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="translations")  # None: the statement
    language = models.CharField(max_length=12)
    maker = models.CharField(max_length=8, choices=Maker)
    sealed_body = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["grievance", "message"])]

    def __str__(self) -> str:
        return str(self.pk)


class Masked(models.Model):
    """A statement with what identifies somebody struck out by an officer; the newest is what investigators, translators
    and partners read. Sealed as "masked"."""

    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="masked")
    sealed_body = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Attachment(models.Model):
    """A file that somebody added; officers see the stripped copy, the original only downloads, with a reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        SHOWN = "shown", _("ready")
        UNREADABLE = "unreadable", _("could not be opened")

    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="attachments")
    original = models.OneToOneField(SealedFile, models.PROTECT, related_name="original_of")
    copy = models.OneToOneField(SealedFile, models.PROTECT, null=True, related_name="copy_of")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)  # at making the copy
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tries", "id"], condition=models.Q(state="waiting"), name="attachment_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="shown", copy__isnull=False) | ~models.Q(state="shown"),
                name="shown_attachment_has_a_copy",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Receipt(models.Model):
    """How the person comes back. Neither code nor form nonce is stored: only what they stretch and hash to."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="receipt")
    lookup = models.BinaryField(unique=True)  # first half of scrypt(code, receipt pepper); grievance.receipts.stretch
    nonce_hash = models.BinaryField(unique=True)

    def __str__(self) -> str:
        return str(self.pk)


class FollowSession(models.Model):
    """An open follow page: the cookie's random key opens the data key for 20 idle minutes."""

    key_hash = models.BinaryField(unique=True)
    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="+")
    sealed_key = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def waiting(self, at: datetime) -> "ArrivalQuerySet":
        """Oldest first; one that failed waits its time and goes behind those that did not: it holds up nobody."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=at)
        return self.filter(ready).order_by("tries", "pk")


class Arrival(models.Model):
    """Outbox: something came in that `cases` has not taken up yet. Deleted in the transaction that takes it up."""

    class Kind(models.TextChoices):
        GRIEVANCE = "grievance"
        MESSAGE = "message"

    kind = models.CharField(max_length=12, choices=Kind)
    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)  # set when a try failed

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="message", message__isnull=False) | models.Q(kind="grievance", message=None),
                name="arrival_of_a_message_names_it",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OpeningQuerySet(models.QuerySet["Opening"]):
    def by_on(self, user: Any, since: datetime) -> "OpeningQuerySet":
        return self.filter(by=user, at__gte=since)


class Opening(models.Model):
    """Access log: who opened what of whose words, and when. Its readers are oversight and, in number, the person."""

    class What(models.TextChoices):
        WORDS = "words", _("statement and messages")
        PICTURE = "picture", _("picture")
        ORIGINAL = "original", _("original file")
        IDENTITY = "identity", _("identity")
        CONTACT = "contact", _("contact")
        MASKED = "masked", _("masked statement")
        SEARCH = "search", _("search")

    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="openings", verbose_name=_("grievance"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    what = models.CharField(_("what"), max_length=12, choices=What)
    reason = models.CharField(_("reason"), max_length=12, choices=OriginalReason.choices(), blank=True)
    at = models.DateTimeField(_("at"))

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("access log")
        indexes = [models.Index(fields=["by", "at"]), models.Index(fields=["grievance", "by"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what="original", reason__gt="") | (~models.Q(what="original") & models.Q(reason="")),
                name="an_original_opens_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
