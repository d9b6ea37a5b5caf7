"""What programs of partners named what they file."""

from datetime import datetime

from django.db import models

from grievance.models.partners import FieldPartner
from grievance.rules import CALL_KEY_KEPT


class CallKeyQuerySet(models.QuerySet["CallKey"]):
    def to_forget(self, at: datetime) -> "CallKeyQuerySet":
        """The oldest first; served by the index of their moments."""
        return self.filter(at__lt=at - CALL_KEY_KEPT).order_by("at")


class CallKey(models.Model):
    """That something was filed, or is about to be, under a key that a program chose. Neither the key nor what was said
    under it can be had from this: the one is hashed, the other is hashed under the one."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="+")
    nonce_hash = models.BinaryField(unique=True)
    body_hash = models.BinaryField()
    at = models.DateTimeField()

    objects = CallKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="call_key_moment")]

    def __str__(self) -> str:
        return str(self.pk)
