"""The keys that seal words, wrapped for their holders; and the keys of custodians."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from supplychain.models import Organisation


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
        CODE = "code"  # a one-time code, in place of a receipt that was lost

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
