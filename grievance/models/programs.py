"""What programs of partners named what they file."""

from django.db import models

from grievance.models.partners import FieldPartner


class CallKey(models.Model):
    """That something was filed, or is about to be, under a key that a program chose. Neither the key nor what was said
    under it can be had from this: the one is hashed, the other is hashed under the one."""

    partner = models.ForeignKey(FieldPartner, models.PROTECT, related_name="+")
    nonce_hash = models.BinaryField(unique=True)
    body_hash = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
