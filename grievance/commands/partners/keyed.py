"""What a program files for a partner, under a key of its own: the same call made again is the same filing, whatever
happened to the first answer, and never a second one.

On a page other words under the same form are added. A program that uses a key twice has made a mistake, and may be
speaking for somebody else: what it said would be read by the first person, so it is refused.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance import receipts
from grievance.commands.arrivals import message_arrived
from grievance.commands.files import attach, is_full
from grievance.commands.filing import Filed, answer_by, danger_read_by
from grievance.commands.partners.relaying import Relayed, Row, check_list, file_for, file_many
from grievance.keys import data_key_by_receipt, nonce_for, nonce_of, receipt_keys, seal_text
from grievance.models import CallKey, FieldPartner, Grievance, Message, Receipt, Relay
from grievance.policies import check_works_for
from grievance.rules import CALL_KEY_FOR
from grievance.uploads import SealedUpload


@dataclass(frozen=True)
class Called:
    """One person of a call: what is filed, and the bytes of the call that said it, by which it is known again."""

    row: Row
    body: bytes


def file_under_key(*, partner: FieldPartner, by: User, one: Called, key: str, at: datetime) -> Relayed:
    """As `file_for`. Made again with the same ``key`` and body it gives the same receipt and changes nothing.

    Refuses with ``key_reused`` for another body, with ``key_spent`` a day after the key came first, for as long as the
    key is kept and for ever where something was filed under it, and as `file_for`.
    """
    check_works_for(by, partner)
    nonce = _nonce(partner, key)
    if refused := _claim(partner, {nonce: one.body}, at).get(nonce):
        raise refused
    held = _kept(partner, [nonce], at).get(nonce)
    if isinstance(held, Refused):
        raise held
    draft, behalf, practice = one.row.draft, one.row.behalf, one.row.practice
    return held or file_for(
        partner=partner, by=by, draft=draft, behalf=behalf, nonce=nonce, staged=False, practice=practice, at=at
    )


def list_under_key(
    *, partner: FieldPartner, by: User, people: Sequence[Called], listed: int, key: str, at: datetime
) -> dict[int, Relayed | Refused]:
    """As `file_many`, for those of a list of ``listed`` people who can be filed for; by the number of their row. Sent
    again under the same key, whoever was put right meanwhile is filed and nobody twice.

    A row that says something else than under this key before is refused by itself, with ``key_reused``; a list of
    another length as a whole, with ``other_list``.
    """
    check_works_for(by, partner)
    whole = _nonce(partner, key, of_list=True)
    check_list(partner, whole, listed)
    nonces = {one.row.number: receipts.row_nonce(nonce_of(whole), one.row.number) for one in people}
    refused = _claim(partner, {nonces[one.row.number]: one.body for one in people}, at)
    kept = _kept(partner, nonces.values(), at)
    new = [one.row for one in people if nonces[one.row.number] not in refused.keys() | kept.keys()]
    filed = file_many(partner=partner, by=by, rows=new, nonce=whole, listed=listed, at=at) if new else ()
    made = {one.row: one for one in filed}
    answers: Mapping[str, Relayed | Refused] = {**kept, **refused}
    return {number: made.get(number) or answers[nonce] for number, nonce in nonces.items()}


def add_files(
    *, partner: FieldPartner, by: User, reference: str, key: str, uploads: Iterable[SealedUpload], at: datetime
) -> None:
    """Seal files to what was filed under ``key``: the key opens it here, for as long as this takes. A file that is here
    already is not kept twice.

    Refuses with ``not_yours``, ``not_followed``, ``no_room``, and with ``other_key`` where it was filed under another
    key, or the person has a new number.
    """
    check_works_for(by, partner)
    try:
        _add_files(partner, reference, key, uploads, at)
    except OperationalError as error:
        if not is_full(error):
            raise
        raise Refused("no_room", _("There is no room for files now. Please send them again later.")) from None


@transaction.atomic
def _add_files(partner: FieldPartner, reference: str, key: str, uploads: Iterable[SealedUpload], at: datetime) -> None:
    relay = Relay.objects.followed_by(partner).filter(reference=reference).select_related("grievance").first()
    if relay is None:
        raise Refused("not_followed", _("There is nothing here that is called so."))
    grievance = Grievance.objects.select_for_update().get(pk=relay.grievance_id)
    raw = nonce_of(_nonce(partner, key) if relay.row is None else _row_nonce(partner, key, relay.row))
    if not Receipt.objects.filter(grievance=grievance, nonce_hash=receipts.nonce_hash(raw)).exists():
        raise Refused("other_key", _("Files are added under the key of the filing, while the person has its number."))
    receipt_key, pepper = receipt_keys()
    stretched = receipts.stretch(receipts.receipt_for(receipt_key, raw), pepper)
    data_key = data_key_by_receipt(grievance, stretched.wrap_key)
    added = attach(grievance=grievance, data_key=data_key, uploads=uploads, nonce=None, message=None, at=at)
    if added:
        message = Message.objects.create(
            grievance=grievance,
            language=grievance.language,
            sealed_body=seal_text(data_key, "", "message"),
            sent_at=at,
        )
        grievance.attachments.filter(pk__in=[one.pk for one in added]).update(message=message)
        message_arrived(message=message, at=at)


def _nonce(partner: FieldPartner, key: str, *, of_list: bool = False) -> str:
    """Under the receipt key, so that the key of a program alone gives nobody's number."""
    return nonce_for("list" if of_list else "one", str(partner.pk), key)


def _row_nonce(partner: FieldPartner, key: str, row: int) -> str:
    return receipts.row_nonce(nonce_of(_nonce(partner, key, of_list=True)), row)


def _claim(partner: FieldPartner, bodies: Mapping[str, bytes], at: datetime) -> dict[str, Refused]:
    """Each nonce is from now on that of its body; what is wrong with those that were another's, or are too old."""
    named = {receipts.nonce_hash(nonce_of(nonce)): nonce for nonce in bodies}
    hashes = {hashed: _body_hash(nonce, bodies[nonce]) for hashed, nonce in named.items()}
    new = [CallKey(partner=partner, nonce_hash=hashed, body_hash=body, at=at) for hashed, body in hashes.items()]
    CallKey.objects.bulk_create(new, ignore_conflicts=True)
    refused, rows = {}, {bytes(one.nonce_hash): one for one in CallKey.objects.filter(nonce_hash__in=list(hashes))}
    for hashed, body in hashes.items():
        held = rows.get(hashed)
        if held is not None and bytes(held.body_hash) != body:
            refused[named[hashed]] = Refused("key_reused", _("Something else was sent under this key before."))
        elif held is None or at - held.at >= CALL_KEY_FOR:  # old, or so old that it was forgotten at this moment
            refused[named[hashed]] = _spent()
    return refused


def forget_keys(*, at: datetime, limit: int = 10_000) -> int:
    """A sweep: a key that came first three days ago is not known any more. Returns how many were forgotten."""
    past = CallKey.objects.to_forget(at).values_list("pk", flat=True)[:limit]
    return CallKey.objects.filter(pk__in=list(past)).delete()[0]


def _spent() -> Refused:
    return Refused(
        "key_spent",
        _("This key came first more than a day ago. Look whether it was filed, and use a new key if not."),
    )


def _body_hash(nonce: str, body: bytes) -> bytes:
    """Under the nonce, which nothing stored gives: nobody can try out what was said."""
    return hashlib.blake2b(body, key=nonce_of(nonce), digest_size=32, person=b"body-of-a-call").digest()


def _kept(partner: FieldPartner, nonces: Iterable[str], at: datetime) -> dict[str, Relayed | Refused]:
    """What was filed under these nonces before, as it was answered then; refused where that was more than a day ago,
    whether the key is known still or not."""
    named = {receipts.nonce_hash(nonce_of(nonce)): nonce for nonce in nonces}
    rows = Relay.objects.filter(partner=partner, grievance__receipt__nonce_hash__in=list(named))
    return {
        nonce: _again(relay, nonce) if at - relay.at < CALL_KEY_FOR else _spent()
        for relay in rows.select_related("grievance__receipt", "grievance__practice")
        for nonce in [named[bytes(relay.grievance.receipt.nonce_hash)]]
    }


def _again(relay: Relay, nonce: str) -> Relayed:
    grievance = relay.grievance
    receipt = receipts.receipt_for(receipt_keys()[0], nonce_of(nonce))
    filed = Filed(receipt, again=True, added=False, answer_by=answer_by(grievance), read_by=danger_read_by(grievance))
    return Relayed(filed, relay.reference, hasattr(grievance, "practice"), relay.row)
