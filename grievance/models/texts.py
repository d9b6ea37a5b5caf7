"""Text messages: the gateways, what came in sealed as it came, who writes, and how far a conversation got."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.models.coming import Reply
from grievance.models.people import Grievance


def _of_gateway(rows: models.QuerySet[Any], counted: models.Aggregate) -> Coalesce:
    """What is counted of the rows that belong to each gateway; 0 for none."""
    mine = rows.filter(gateway=models.OuterRef("pk")).order_by().values("gateway").annotate(n=counted).values("n")
    return Coalesce(models.Subquery(mine, output_field=models.IntegerField()), 0)


class GatewayQuerySet(models.QuerySet["Gateway"]):
    def visible_to(self, user: User) -> "GatewayQuerySet":
        return self if Role.LEAD in roles_of(user) else self.none()

    def with_traffic(self, at: datetime) -> "GatewayQuerySet":
        """How much came and went in the last day, what waits, and what went wrong; each by an index of its own."""
        since = at - timedelta(days=1)
        requests = InboundRequest.objects.filter(received_at__gt=since)
        replies = Reply.objects.filter(made_at__gt=since)
        failed = models.Q(state=Reply.State.DEAD) | models.Q(report=Reply.Report.FAILED)
        unread = models.Q(grievance__isnull=False) | models.Q(state=InboundRequest.State.UNREADABLE)
        return self.annotate(
            came=_of_gateway(requests, models.Count("texts")),
            went=_of_gateway(replies.filter(state=Reply.State.SENT), models.Count("pk")),
            waits=_of_gateway(Reply.objects.filter(next_try_at__isnull=False), models.Count("pk")),
            failed=_of_gateway(replies.filter(failed), models.Count("pk")),
            unread=_of_gateway(requests.filter(unread), models.Count("pk")),
            refused=_of_gateway(GatewayDay.objects.filter(day__gte=since.date()), models.Sum("refused")),
        )

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


class GatewayDayQuerySet(models.QuerySet["GatewayDay"]):
    def of(self, gateway: Gateway | None, day: date, country: str = "") -> "GatewayDayQuerySet":
        return self.filter(gateway=gateway, day=day, country=country)


class GatewayDay(models.Model):
    """One day (UTC) of one gateway, None for that of the settings: the whole of it, or what went to one country."""

    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="days")
    day = models.DateField()
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2; "" for the whole
    segments = models.PositiveIntegerField(default=0)  # parts of texts, as they are paid
    refused = models.PositiveIntegerField(default=0)  # calls that nobody proved

    objects = GatewayDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("gateway", "day", "country", name="one_row_a_gateway_and_day"),
            models.UniqueConstraint(
                "day", "country", condition=models.Q(gateway=None), name="one_row_a_day_without_gateway"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Writer(models.Model):
    """A number that writes to us: routing, never identity (caller id is spoofed, phones are shared)."""

    mark = models.BinaryField(unique=True)  # HMAC under the phone pepper
    sealed_number = models.BinaryField()  # E.164, or as the gateway gave it, under the contact key
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="+")  # by which they wrote last
    # Of the last word of ours that one language alone has, or of a partner's card; "": nothing says it.
    language = models.CharField(max_length=12, blank=True)
    chose_language = models.BooleanField(default=False)  # by LANGUAGE: only that changes it again
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

    def not_read(self) -> "InboundRequestQuerySet":
        """What no program could read: a grievance as it came, or nothing at all."""
        return self.filter(models.Q(grievance__isnull=False) | models.Q(state=InboundRequest.State.UNREADABLE))


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
            models.Index(fields=["gateway", "received_at"], name="request_gateway"),
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
    # Of somebody who came back with a PIN: theirs, in place of a conversation.
    grievance = models.ForeignKey(Grievance, models.PROTECT, null=True, related_name="+")
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


class RemoteQuerySet(models.QuerySet["Remote"]):
    def due(self, at: datetime) -> "RemoteQuerySet":
        """A file waits until its text belongs to a grievance, under whose key it is sealed; by one partial index."""
        belongs = models.Q(text__session__grievance__isnull=False) | models.Q(text__grievance__isnull=False)
        ready = models.Q(kind=Remote.Kind.WORDS) | belongs
        return self.filter(ready, next_try_at__isnull=False, next_try_at__lte=at).order_by("next_try_at", "pk")

    def alone(self, at: datetime) -> "RemoteQuerySet":
        """Files that are due, of texts that were heard and became nothing: a keyword, say, or a code."""
        due = self.filter(next_try_at__isnull=False, next_try_at__lte=at, kind=Remote.Kind.FILE)
        return due.filter(text__heard_at__isnull=False, text__session=None, text__grievance=None).order_by("pk")

    def lost(self) -> "RemoteQuerySet":
        return self.filter(state=Remote.State.LOST)


class Remote(models.Model):
    """What of a text still lies at its gateway: a file to be fetched and then deleted there, or its words, to be struck
    out there once they are kept here."""

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        WORDS = "words", _("words")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        KEPT = "kept", _("kept here, to be deleted there")
        DONE = "done", _("done")
        LOST = "lost", _("given up")

    text = models.ForeignKey(InboundText, models.PROTECT, related_name="remotes")
    kind = models.CharField(max_length=8, choices=Kind)
    sealed_address = models.BinaryField(null=True)  # or the gateway's id of the text; under the contact key
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=40, blank=True)

    objects = RemoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], condition=models.Q(next_try_at__isnull=False), name="remote_due"
            ),
            models.Index(fields=["text"], condition=models.Q(state="lost"), name="remote_lost"),
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
    read_at = models.DateTimeField(null=True)  # when they last had before them what was written to them

    def __str__(self) -> str:
        return str(self.pk)
