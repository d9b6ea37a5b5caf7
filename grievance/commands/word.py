"""An extra word that a person may lay before their first words, on their own page, and take away again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance import vault
from grievance.commands.following import Following
from grievance.models import Receipt

CONTEXT = b"extra word"


def check_word(*, following: Following, typed: str, at: datetime) -> None:
    """Passes where the word is right, or none was set. Refuses with ``wrong_word``, the same for an empty one."""
    row = Receipt.objects.filter(grievance=following.grievance).first()
    if row is not None and row.sealed_word is not None:
        _check(following, bytes(row.sealed_word), typed)


def set_word(*, following: Following, word: str, typed: str, at: datetime) -> None:
    """Set the word, or change it with the one that holds (``typed``); "" takes it away.

    Nothing stored gives the word, so nobody can tell it to the person who forgot it. Refuses with ``wrong_word``.
    """
    check_word(following=following, typed=typed, at=at)  # Argon2id takes its time outside the transaction
    sealed = vault.seal(following.data_key, vault.stretch_word(word), CONTEXT) if word else None
    _keep(following, sealed, typed)


@transaction.atomic
def _keep(following: Following, sealed: bytes | None, typed: str) -> None:
    row = Receipt.objects.select_for_update().get(grievance=following.grievance)
    if row.sealed_word is not None:  # of two pages that set one at once, the second needs the word of the first
        _check(following, bytes(row.sealed_word), typed)
    row.sealed_word = sealed
    row.save(update_fields=["sealed_word"])


def _check(following: Following, sealed: bytes, typed: str) -> None:
    kept = vault.open_sealed(following.data_key, sealed, CONTEXT)
    if not vault.is_word(kept, typed):
        raise Refused("wrong_word", _("This is not the extra word of this page."))
