"""What of texts still lies at their gateways."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from grievance.models.texts import InboundText


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
