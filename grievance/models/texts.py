"""Text messages: the gateways, what came in sealed as it came, who writes, and how far a conversation got."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievance.models.people import Grievance


class GatewayQuerySet(models.QuerySet["Gateway"]):
    def in_use(self) -> "GatewayQuerySet":
        return self.filter(ended_at=None)

    def sending(self) -> "GatewayQuerySet":
        return self.in_use().filter(sends=True).order_by("pk")


class Gateway(models.Model):
    """One way by which text messages come and go.

    ``options`` hold no secret. What proves that a call is the gateway's is sealed under the gateway key, which the
    process that takes calls holds; what we send with is sealed to the contact key, which workers alone open.
    """

    class Kind(models.TextChoices):
        TWILIO = "twilio", "Twilio"
        AFRICAS_TALKING = "africastalking", "Africa's Talking"
        ANDROID = "android", "Android SMS Gateway"
        RAPIDPRO = "rapidpro", "RapidPro / TextIt"
        GENERIC = "generic", _("another one, set up below")

    slug = models.SlugField(_("name in its address"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    options = models.JSONField(_("options"), default=dict)
    sealed_secret = models.BinaryField()
    sealed_credentials = models.BinaryField(null=True)
    sends = models.BooleanField(_("sends our texts"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GatewayQuerySet.as_manager()

    class Meta:
        verbose_name = _("gateway for text messages")
        verbose_name_plural = _("gateways for text messages")

    def __str__(self) -> str:
        return self.slug


class Writer(models.Model):
    """A number that writes to us: routing, never identity (caller id is spoofed, phones are shared)."""

    mark = models.BinaryField(unique=True)  # HMAC under the phone pepper
    sealed_number = models.BinaryField()  # E.164, or as the gateway gave it, under the contact key
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="+")  # by which they wrote last
    language = models.CharField(max_length=12, blank=True)
    first_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)  # STOP: no text goes to them until they write START
    # They said that texts to this phone are not safe: it gets none but what a PIN asks for, until they write START.
    unsafe_at = models.DateTimeField(null=True)
    answerable = models.BooleanField(default=True)  # no short code, no name in place of a number

    def __str__(self) -> str:
        return str(self.pk)


class InboundRequestQuerySet(models.QuerySet["InboundRequest"]):
    def waiting(self, at: datetime) -> "InboundRequestQuerySet":
        """Oldest first; one that failed waits its time and goes behind those that did not."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=at)
        return self.filter(ready, state=InboundRequest.State.WAITING).order_by("tries", "pk")


class InboundRequest(models.Model):
    """A request to our webhook, sealed as it came before anybody looked at it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READ = "read", _("read")
        UNREADABLE = "unreadable", _("could not be read")  # a human looks

    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="requests")
    sealed_raw = models.BinaryField(null=True)  # JSON {"headers", "body"} under the contact key; emptied once read
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    # What could not be read is a grievance as it came, and a human reads it.
    grievance = models.ForeignKey(Grievance, models.PROTECT, null=True, related_name="+")

    objects = InboundRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["tries", "id"], condition=models.Q(state="waiting"), name="request_waiting"),
            models.Index(fields=["id"], condition=models.Q(grievance__isnull=False), name="request_as_it_came"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class InboundTextQuerySet(models.QuerySet["InboundText"]):
    def unheard(self, at: datetime) -> "InboundTextQuerySet":
        """Oldest first; one that failed waits its time, and holds up nobody's."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=at)
        return self.filter(ready, heard_at=None).order_by("at", "pk")


class InboundText(models.Model):
    """One text as a worker read it; sealed to the contact key. What came twice is linked, never dropped."""

    request = models.ForeignKey(InboundRequest, models.PROTECT, related_name="texts")
    writer = models.ForeignKey(Writer, models.PROTECT, related_name="texts")
    sealed_body = models.BinaryField()
    mark = models.BinaryField(null=True)  # HMAC of the gateway's own id for it, or of what makes twins alike
    twin_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="twins")
    part_of = models.BinaryField(null=True)  # HMAC of the reference that the parts of one text share
    part = models.PositiveSmallIntegerField(default=1)
    parts = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # when the conversation took it in; of parts: all together
    session = models.ForeignKey("FormSession", models.PROTECT, null=True, related_name="texts")
    not_before = models.DateTimeField(null=True)  # set when it could not be heard

    objects = InboundTextQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mark"], condition=models.Q(mark__isnull=False), name="text_mark"),
            models.Index(fields=["part_of"], condition=models.Q(part_of__isnull=False), name="text_parts"),
            models.Index(fields=["at", "id"], condition=models.Q(heard_at=None), name="text_unheard"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FormSessionQuerySet(models.QuerySet["FormSession"]):
    def open(self) -> "FormSessionQuerySet":
        return self.filter(ended_at=None)

    def silent(self, at: datetime) -> "FormSessionQuerySet":
        """Nobody wrote for long enough: what was said becomes a grievance; by one partial index."""
        return self.open().filter(ends_at__lte=at).order_by("ends_at", "pk")


class FormSession(models.Model):
    """A guided conversation by text, as far as it got. ``step``: the key of the question that waits for an answer."""

    writer = models.ForeignKey(Writer, models.PROTECT, related_name="sessions")
    language = models.CharField(max_length=12)
    reference = models.CharField(max_length=16, unique=True)  # of the grievance that it becomes
    step = models.CharField(max_length=20)
    sealed_answers = models.BinaryField()  # JSON {key: text} under the contact key
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # it ends by itself then; each text moves it
    ended_at = models.DateTimeField(null=True)
    drill = models.BooleanField(default=False)
    grievance = models.ForeignKey(Grievance, models.PROTECT, null=True, related_name="+")

    objects = FormSessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ends_at", "id"], condition=models.Q(ended_at=None), name="session_open")]
        constraints = [
            models.UniqueConstraint("writer", condition=models.Q(ended_at=None), name="one_session_a_writer")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class TextReceipt(models.Model):
    """How somebody who files by text comes back: a reference of its own and a PIN that they chose, stretched. Wrong
    tries are counted by reference, sender and gateway; every wrong answer is the same."""

    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="text_receipt")
    writer = models.ForeignKey(Writer, models.PROTECT, related_name="receipts")
    reference = models.CharField(max_length=16, unique=True)  # random, with a check character
    salt = models.BinaryField(default=b"")
    pin = models.BinaryField(null=True)  # None: they have not chosen one yet
    wrong = models.PositiveSmallIntegerField(default=0)
    shut_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
