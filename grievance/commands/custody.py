"""Custodians' keys: a confidential name opens only for two of them, of different organisations."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from nacl.pwhash import argon2id

from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance import vault
from grievance.models import Complainant, CustodyKey, IdentitySeal
from grievance.queries import custody_pairs
from supplychain.models import Organisation
from supplychain.queries import works_for


def enrol(
    *,
    custodian: User,
    organisation: Organisation,
    passphrase: str,
    at: datetime,
    opslimit: int = argon2id.OPSLIMIT_INTERACTIVE,
    memlimit: int = argon2id.MEMLIMIT_INTERACTIVE,
) -> CustodyKey:
    """Make a custodian's key pair; the private half is kept only under the passphrase. Retires an earlier key.

    ``opslimit`` in passes and ``memlimit`` in bytes are what Argon2id takes for each opening. Refuses with
    ``not_a_custodian``, ``not_employed_there`` or ``passphrase_short``.
    """
    if Role.CUSTODIAN not in roles_of(custodian):
        raise Refused("not_a_custodian", _("Only a custodian can keep a custody key."))
    if not works_for(custodian, organisation, on=at.date()):
        raise Refused("not_employed_there", _("A custodian keeps a key for an organisation that they work for now."))
    if not vault.passphrase_is_long_enough(passphrase):
        raise Refused("passphrase_short", _("The passphrase needs at least 16 characters, or five different words."))
    # Argon2id takes its time and memory before the transaction begins, not in it.
    pair = vault.new_custody_key(passphrase, opslimit=opslimit, memlimit=memlimit)
    return _keep(custodian, organisation, pair, at)


@transaction.atomic
def _keep(custodian: User, organisation: Organisation, pair: vault.CustodyPair, at: datetime) -> CustodyKey:
    User.objects.select_for_update().get(pk=custodian.pk)  # a button pressed twice leaves one key in use
    CustodyKey.objects.filter(custodian=custodian, retired_at=None).update(retired_at=at)
    return CustodyKey.objects.create(
        custodian=custodian,
        organisation=organisation,
        public=pair.public,
        sealed_private=pair.sealed_private,
        salt=pair.salt,
        opslimit=pair.opslimit,
        memlimit=pair.memlimit,
        made_at=at,
    )


@transaction.atomic
def retire(*, key: CustodyKey, by: User, at: datetime) -> None:
    """No name is sealed to this key from now on. Refuses with ``not_your_key`` or ``retired_already``.

    The row stays, and with it what the passphrase opens: no name is lost by retiring, so it never has to be refused. To
    refuse while names rest on the key alone would be the greater danger: more names would be sealed to a passphrase
    that is lost, or known to somebody else. And the refusal would tell a custodian whom a case concerns of that case.
    """
    if key.custodian_id != by.pk:
        raise Refused("not_your_key", _("Only its own custodian retires a key."))
    if not CustodyKey.objects.filter(pk=key.pk, retired_at=None).update(retired_at=at):
        raise Refused("retired_already", _("This key is retired already."))


def open_outer(*, seal: IdentitySeal, passphrase: str) -> bytes:
    """The second custodian of the pair opens their half; what is left opens for the first one alone.

    Argon2id takes its time and memory: call it outside any transaction. Refuses with ``wrong_passphrase``.
    """
    with _refusing():
        return vault.open_outer(_private_half(seal.second, passphrase), bytes(seal.body))


def open_inner(*, key: CustodyKey, half: bytes, passphrase: str) -> str:
    """The name, from what the other custodian left for ``key``. As `open_outer` in all else."""
    with _refusing():
        return vault.open_inner(_private_half(key, passphrase), half).decode()


@contextmanager
def _refusing() -> Iterator[None]:
    """A damaged row looks like a wrong passphrase, and opens as little."""
    try:
        yield
    except vault.CannotOpen:
        raise Refused("wrong_passphrase", _("This does not open with that passphrase.")) from None


def _private_half(key: CustodyKey, passphrase: str) -> bytes:
    pair = vault.CustodyPair(bytes(key.public), bytes(key.sealed_private), bytes(key.salt), key.opslimit, key.memlimit)
    return vault.open_custody_key(passphrase, pair)


def identity_seals(complainant: Complainant, name: str) -> list[IdentitySeal]:
    """One for each pair of custodians, still to be written. Refuses with ``no_custodians``."""
    pairs = custody_pairs()
    if not pairs:
        raise Refused(
            "no_custodians", _("Nobody here can keep a name in confidence today. Please send it without one.")
        )
    return [
        IdentitySeal(
            complainant=complainant,
            first=first,
            second=second,
            body=vault.seal_for_pair(bytes(first.public), bytes(second.public), name.encode()),
        )
        for first, second in pairs
    ]
