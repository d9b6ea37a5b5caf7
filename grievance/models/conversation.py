"""The conversation between a person and the office, its translations, its files."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievance.kinds import Family, Kind, stored_kind
from grievance.models.files import SealedFile
from grievance.models.people import Grievance


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
        KEPT = "kept", _("kept locked, never opened by us")

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

    @property
    def kind(self) -> Kind:
        """What it is by its content; ``original`` comes with every list of attachments."""
        return stored_kind(self.original.kind)

    @property
    def shown_kind(self) -> Kind:
        """Of the copy, where there is one: a film without pictures is a recording."""
        return self.kind if self.copy is None else stored_kind(self.copy.kind)

    @property
    def family(self) -> Family:
        return self.kind.family
