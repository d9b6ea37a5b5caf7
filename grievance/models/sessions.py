"""How far a conversation by text got, and how somebody who files by text comes back."""

from datetime import datetime

from django.db import models

from grievance.models.people import Grievance
from grievance.models.texts import Writer


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
