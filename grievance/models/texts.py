"""Text messages: the gateways, what came in sealed as it came, and who writes."""

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


class WriterQuerySet(models.QuerySet["Writer"]):
    def to_look_at(self, at: datetime) -> "WriterQuerySet":
        """Whose number may not be needed any more; by one partial index."""
        return self.filter(look_at__isnull=False, look_at__lte=at).order_by("look_at", "pk")


class Writer(models.Model):
    """A number that writes to us: routing, never identity (caller id is spoofed, phones are shared)."""

    mark = models.BinaryField(unique=True)  # HMAC under the phone pepper
    # E.164, or as the gateway gave it, under the contact key; empty while nothing needs it, until they write again.
    sealed_number = models.BinaryField()
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="+")  # by which they wrote last
    # Of the last word of ours that one language alone has, or of a partner's card; "": nothing says it.
    language = models.CharField(max_length=12, blank=True)
    chose_language = models.BooleanField(default=False)  # by LANGUAGE: only that changes it again
    first_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)  # STOP: no text goes to them until they write START
    # They said that texts to this phone are not safe: it gets none but what a PIN asks for, until they write START.
    unsafe_at = models.DateTimeField(null=True)
    answerable = models.BooleanField(default=True)  # no short code, no name in place of a number
    look_at = models.DateTimeField(null=True)  # when it is asked again whether anything needs their number

    objects = WriterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["look_at", "id"], condition=models.Q(look_at__isnull=False), name="writer_look_at")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class InboundRequestQuerySet(models.QuerySet["InboundRequest"]):
    def waiting(self, at: datetime) -> "InboundRequestQuerySet":
        """Oldest first; one that failed waits its time and goes behind those that did not."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=at)
        return self.filter(ready, state=InboundRequest.State.WAITING).order_by("tries", "pk")

    def unread_since(self, at: datetime) -> datetime:
        """When the oldest came that waits to be read and did not fail yet; ``at`` where none does."""
        oldest = self.filter(state=InboundRequest.State.WAITING, tries=0).order_by("tries", "pk").first()
        return oldest.received_at if oldest else at

    def not_read(self) -> "InboundRequestQuerySet":
        """What no program could read: a grievance as it came, or nothing at all."""
        return self.filter(models.Q(grievance__isnull=False) | models.Q(state=InboundRequest.State.UNREADABLE))

    def left_over(self, before: datetime) -> "InboundRequestQuerySet":
        """What nobody could read and still lies here as it came; by one partial index."""
        unreadable = self.filter(state=InboundRequest.State.UNREADABLE, sealed_raw__isnull=False)
        return unreadable.filter(received_at__lt=before)


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
            models.Index(
                fields=["received_at"],
                condition=models.Q(state="unreadable", sealed_raw__isnull=False),
                name="request_left_over",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class InboundTextQuerySet(models.QuerySet["InboundText"]):
    def unheard(self, at: datetime) -> "InboundTextQuerySet":
        """Oldest first; one that failed waits its time, and holds up nobody's."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=at)
        return self.filter(ready, heard_at=None).order_by("at", "pk")

    def marked(self, before: datetime) -> "InboundTextQuerySet":
        """Whose words could still be found again; by one partial index."""
        return self.filter(words_mark__isnull=False, at__lt=before)

    def said_again(self, grievance: Grievance) -> "InboundTextQuerySet":
        """What belongs to it and had the same words as a text shortly before; by partial indexes."""
        own = models.Q(session__grievance=grievance) | models.Q(grievance=grievance)
        return self.filter(own, alike__isnull=False)


class InboundText(models.Model):
    """One text as a worker read it. What came twice is linked, never dropped.

    ``sealed_body`` waits under the contact key until the text is heard, and is empty from then on: what it said stands
    in a conversation or under the key of a grievance, and is erased there.
    """

    request = models.ForeignKey(InboundRequest, models.PROTECT, related_name="texts")
    writer = models.ForeignKey(Writer, models.PROTECT, related_name="texts")
    sealed_body = models.BinaryField()
    # HMAC of the gateway's own id for it, or of what makes twins alike; null where it gives neither.
    mark = models.BinaryField(null=True)
    twin_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="twins")  # the same one: heard already
    words_mark = models.BinaryField(null=True)  # HMAC of writer and words, for some days
    # The text shortly before it with the same words. ``heard_again``: it was heard all the same.
    alike = models.ForeignKey("self", models.PROTECT, null=True, related_name="again")
    heard_again = models.BooleanField(default=False)
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
            models.Index(fields=["words_mark", "at"], condition=models.Q(words_mark__isnull=False), name="text_words"),
            models.Index(fields=["at"], condition=models.Q(words_mark__isnull=False), name="text_marked"),
            models.Index(fields=["session"], condition=models.Q(alike__isnull=False), name="text_alike"),
            models.Index(fields=["part_of"], condition=models.Q(part_of__isnull=False), name="text_parts"),
            models.Index(fields=["at", "id"], condition=models.Q(heard_at=None), name="text_unheard"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
