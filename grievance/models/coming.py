"""How a person comes back, what came in that nobody took up yet, and who opened whose words."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievance.codes import OriginalReason
from grievance.models.conversation import Message
from grievance.models.people import Grievance


class Receipt(models.Model):
    """How the person comes back. Neither code nor form nonce is stored: only what they stretch and hash to."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="receipt")
    lookup = models.BinaryField(unique=True)  # first half of scrypt(code, receipt pepper); grievance.receipts.stretch
    nonce_hash = models.BinaryField(unique=True)
    written_at = models.DateTimeField(null=True)  # when the person said that it is on paper
    # A word that the person added, stretched, under the data key: without it the first words are not shown again.
    sealed_word = models.BinaryField(null=True)

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


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def due(self, at: datetime) -> "RecoveryQuerySet":
        """What a worker has to look at now, by one partial index."""
        return self.filter(next_at__isnull=False, next_at__lte=at).order_by("next_at", "pk")


class Recovery(models.Model):
    """Somebody lost their number and asks for a way back over a contact that they gave before.

    A worker alone finds whose it is; the page that took the request never learns it. It is announced on the follow page
    and waits; then a one-time code goes out, which opens the data key (`KeyWrap.Holder.CODE`) and is good for a new
    number.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        WAITING = "waiting", _("announced, waits")
        SENT = "sent", _("code sent")
        USED = "used", _("used")
        STOPPED = "stopped", _("stopped by the person, or run out")
        NOBODY = "nobody", _("nobody has this contact")

    # JSON {"way", "to", "language"} under the contact key; emptied once a worker has looked.
    sealed_request = models.BinaryField(null=True)
    grievance = models.ForeignKey(Grievance, models.PROTECT, null=True, related_name="recoveries")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # when a worker does the next thing; None: nothing is left to do
    lookup = models.BinaryField(null=True, unique=True)  # of the one-time code, stretched as a receipt is
    expires_at = models.DateTimeField(null=True)
    by_pin = models.BooleanField(default=False)  # a PIN stood for it: no wait, one code, and none anew

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], condition=models.Q(next_at__isnull=False), name="recovery_due")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def due(self, at: datetime) -> "ReplyQuerySet":
        """What is urgent first, then the oldest."""
        return self.filter(next_try_at__isnull=False, next_try_at__lte=at).order_by("-urgent", "next_try_at", "pk")

    def texts(self) -> "ReplyQuerySet":
        return self.filter(channel="sms")

    def over_budget(self, at: datetime) -> "ReplyQuerySet":
        """Texts that wait for another day because this one's money is spent; by one partial index."""
        return self.filter(over_budget=True, next_try_at__gt=at)


class Reply(models.Model):
    """Outbox: something that goes out to a person who filed, by the way that they chose; sealed to the contact key, so
    that a worker alone reads to whom and what. `notifications` sends it, leased and at least once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    class Report(models.TextChoices):
        """What a gateway said of a text since; in the order in which a later word counts more than an earlier one."""

        SENT = "sent", _("on its way")
        FAILED = "failed", _("not delivered")
        DELIVERED = "delivered", _("delivered")

    channel = models.CharField(max_length=8)  # as `Complainant.Safe`: "sms" or "email"
    sealed_parcel = models.BinaryField(null=True)  # JSON {"to", "subject", "body"}; emptied once it is done
    # Before the @ of its Message-ID: 32 hexadecimal digits, stable over every attempt.
    message_id = models.CharField(max_length=200, unique=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    next_try_at = models.DateTimeField(null=True)  # of a leased one: when the lease runs out; None: done
    tries = models.PositiveSmallIntegerField(default=0)
    doubtful = models.BooleanField(default=False)  # the outcome of a try is not known; sent once more, with the same id
    done_at = models.DateTimeField(null=True)
    writer = models.ForeignKey("grievance.Writer", models.PROTECT, null=True, related_name="replies")
    # Who hears by their safe way that something waits; what did not go out yet goes nowhere once that is safe no more.
    person = models.ForeignKey("grievance.Complainant", models.PROTECT, null=True, related_name="replies")
    segments = models.PositiveSmallIntegerField(default=0)  # of a text: how many parts it is sent and paid in
    urgent = models.BooleanField(default=False)
    # Asked for with a PIN just now: it goes even to a phone that was said not to be safe.
    asked = models.BooleanField(default=False)
    # A worker chooses the gateway of a text before each try, since it alone reads the number. None: the settings'.
    gateway = models.ForeignKey("grievance.Gateway", models.PROTECT, null=True, related_name="replies")
    routed_at = models.DateTimeField(null=True)
    test = models.BooleanField(default=False)  # of one gateway: it goes by that one whatever its number
    over_budget = models.BooleanField(default=False)  # the money of its day was spent: it waits for the next one
    code = models.CharField(max_length=40, blank=True)  # why the last try failed, or it was given up; never words
    words_mark = models.BinaryField(null=True)  # HMAC of the words, so that two machines do not repeat themselves
    to_mark = models.BinaryField(null=True)  # HMAC of the number where no writer is known, as `Complainant.phone_mark`
    provider_mark = models.BinaryField(null=True)  # HMAC of the gateway's id for it: by this its reports are found
    report = models.CharField(max_length=12, choices=Report, blank=True)
    reported_at = models.DateTimeField(null=True)  # when the gateway first said so

    objects = ReplyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-urgent", "next_try_at", "id"], condition=models.Q(next_try_at__isnull=False), name="reply_due"
            ),
            models.Index(
                fields=["provider_mark"], condition=models.Q(provider_mark__isnull=False), name="reply_provider"
            ),
            models.Index(fields=["id"], condition=models.Q(over_budget=True), name="reply_over_budget"),
            models.Index(fields=["gateway", "made_at"], name="reply_gateway"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def how_it_stands(self) -> str:
        """In words: what its gateway said since it went out, else how far we are with it."""
        return self.get_report_display() if self.state == self.State.SENT and self.report else self.get_state_display()


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
        DANGER = "danger"  # a form that came again says that somebody is in danger
        UNREACHED = "unreached"  # by text: they wrote STOP, it is not safe, or none may go to their country
        BLOCKED = "blocked"  # by text: their network refuses ours, until they write its own START to it
        # By text, with the PIN of the person: `cases` does it, and answers ``writer``.
        STATUS = "status"
        READ = "read"
        CONFIRM = "confirm"
        DISPUTE = "dispute"
        SAFE = "safe"
        UNSAFE = "unsafe"
        ALLOW = "allow"
        REFUSE = "refuse"
        WITHDRAW = "withdraw"
        GUESSED = "guessed"  # wrong PINs were tried, so many that it is shut for a while

    kind = models.CharField(max_length=12, choices=Kind)
    grievance = models.ForeignKey(Grievance, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    writer = models.ForeignKey("grievance.Writer", models.PROTECT, null=True, related_name="+")  # who is answered
    number = models.PositiveSmallIntegerField(null=True)  # what stands behind the word (`comeback.NUMBERED`)
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)  # set when a try failed

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="message", message__isnull=False)
                | (~models.Q(kind="message") & models.Q(message=None)),
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
        ANSWERS = "answers", _("answers of the office, by a partner")

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
