"""Taking a grievance in: the words and the receipt in one transaction, or neither."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

from grievance import receipts, vault
from grievance.commands.again import add
from grievance.commands.custody import identity_seals
from grievance.commands.datakeys import office_wrap, receipt_wrap
from grievance.commands.draft import Draft
from grievance.commands.files import attach, is_full, leave_out
from grievance.commands.together import insert_together
from grievance.keys import (
    nonce_of,
    receipt_keys,
    seal_contact,
    seal_json,
    seal_text,
)
from grievance.models import Arrival, Complainant, Consent, DataKey, Grievance, Receipt
from grievance.models.people import GrievanceQuerySet
from grievance.queries import read_by
from grievance.rota import ReadBy
from grievance.rules import ANSWER_WITHIN, URGENT_ANSWER_WITHIN
from grievance.uploads import SealedUpload, left_out

STATEMENT, NAME = "statement", "name"
# What else is written in the transaction of a grievance, and who hears of it: `partners.relaying` has its own.
Beside = Callable[[Grievance], list[Model]]


@dataclass(frozen=True)
class Filed:
    """The answer to a filing: the 20-digit receipt; was it here before; were changed words added to it; by when a
    person answers at the latest."""

    receipt: str
    again: bool
    added: bool
    answer_by: datetime
    read_by: ReadBy | None  # by when a human has read it, where somebody is in danger
    left_out: str = ""  # why files that came with it were not kept: one of uploads.LEFT_OUT


def arrived(grievance: Grievance, *, at: datetime | None = None) -> list[Model]:
    """`cases` takes it up. ``at``: since when it waits for that, where it was received before."""
    return [Arrival(kind=Arrival.Kind.GRIEVANCE, grievance=grievance, at=at or grievance.received_at)]


def file_grievance(
    *,
    draft: Draft,
    nonce: str,
    uploads: Iterable[SealedUpload] = (),
    staged: bool = True,
    bulk: bool = False,
    beside: Beside = arrived,
    at: datetime,
) -> Filed:
    """Keep a grievance and give its receipt, durable once this returns.

    ``staged`` is false where the page that was sent shows no file that waits with it: then none is looked for.
    ``bulk``: it came beyond the budget of its network, and wakes nobody until somebody has looked. ``beside`` gives the
    rows that are written with a new one.

    The receipt follows from the form's nonce, so the same form posted again, after an answer that was lost on the way,
    gets the same receipt; other words under the same nonce are added to the grievance as a message, never dropped.
    """
    kept = list(uploads)
    try:
        filed = _file(draft, nonce, kept, at, staged=staged, bulk=bulk, beside=beside)
    except OperationalError as error:
        if not is_full(error) or not (kept or staged):
            raise
        # Words before files: the same once more, without what needs the room.
        leave_out(kept)
        filed = _file(draft, nonce, [], at, staged=False, bulk=bulk, beside=beside)
        return replace(filed, left_out="no_room")
    return replace(filed, left_out=left_out(kept))


def _file(
    draft: Draft, nonce: str, kept: list[SealedUpload], at: datetime, *, staged: bool, bulk: bool, beside: Beside
) -> Filed:
    raw = nonce_of(nonce)
    key, pepper = receipt_keys()
    receipt = receipts.receipt_for(key, raw)
    stretched = receipts.stretch(receipt, pepper)
    try:
        # Nearly every form comes once, so nobody is asked whether it is here: the receipt's own row refuses a second.
        with transaction.atomic():
            written = _write(draft, raw, stretched, kept, at, staged=staged, bulk=bulk, beside=beside)
            return Filed(
                receipt, again=False, added=False, answer_by=answer_by(written), read_by=danger_read_by(written)
            )
    except IntegrityError:
        # It is here already, from before or from this very moment: this one is "again".
        with transaction.atomic():
            known = _known(raw)
            if known is None:
                raise
            added = add(known, draft, raw if staged else None, stretched, kept, at)
            return Filed(receipt, again=True, added=added, answer_by=answer_by(known), read_by=danger_read_by(known))


def out_of_bulk(*, grievances: GrievanceQuerySet) -> int:
    """Somebody has looked at these: they are read like any other. Returns how many were in bulk."""
    return grievances.in_bulk_review().update(bulk=False)


def answer_by(grievance: Grievance) -> datetime:
    """By when a person answers at the latest, as the receipt promised."""
    return grievance.received_at + (URGENT_ANSWER_WITHIN if grievance.urgent else ANSWER_WITHIN)


def danger_read_by(grievance: Grievance) -> ReadBy | None:
    """Words that nobody is told of before somebody has looked at many at once are promised no hour."""
    return read_by(at=grievance.received_at, urgent=True) if grievance.urgent and not grievance.bulk else None


def _known(nonce: bytes) -> Grievance | None:
    # Held until the transaction ends: two that come again at once must not both add the same words.
    known = Grievance.objects.select_for_update(of=("self",))
    return known.filter(receipt__nonce_hash=receipts.nonce_hash(nonce)).first()


def _write(
    draft: Draft,
    nonce: bytes,
    stretched: receipts.Stretched,
    uploads: list[SealedUpload],
    at: datetime,
    *,
    staged: bool,
    bulk: bool,
    beside: Beside,
) -> Grievance:
    key, data_key = DataKey.objects.create(made_at=at), vault.new_data_key()
    grievance = Grievance.objects.create(
        channel=draft.channel,
        language=draft.language,
        site_id=draft.site_id,
        families=list(draft.families),
        happened_on=draft.happened_on,
        ongoing=draft.ongoing,
        urgent=draft.urgent,
        country=draft.country,
        harmed=draft.harmed,
        bulk=bulk,
        openness=draft.openness,
        received_at=at,
        key=key,
        sealed_statement=seal_json(data_key, draft.words(), STATEMENT),
    )
    insert_together(
        office_wrap(key, data_key),
        receipt_wrap(key, data_key, stretched.wrap_key),
        Receipt(grievance=grievance, lookup=stretched.lookup, nonce_hash=receipts.nonce_hash(nonce)),
        *_complainant(grievance, draft, data_key, at),
        *beside(grievance),
    )
    if staged or uploads:
        page = nonce if staged else None
        attach(grievance=grievance, data_key=data_key, uploads=uploads, nonce=page, message=None, at=at)
    return grievance


def _complainant(grievance: Grievance, draft: Draft, data_key: bytes, at: datetime) -> list[Model]:
    """The rows of the person behind a grievance that are still to be written."""
    contact = draft.contact()
    anonymous = draft.openness == Grievance.Openness.ANONYMOUS
    confidential = draft.openness == Grievance.Openness.CONFIDENTIAL and draft.name
    complainant = Complainant(
        grievance=grievance,
        sealed_name=(
            seal_text(data_key, draft.name, NAME) if draft.name and draft.openness == Grievance.Openness.OPEN else None
        ),
        sealed_contact=(seal_contact(contact) if any(contact.values()) and not anonymous else None),
        safe_way=Complainant.Safe.NONE if anonymous else draft.safe_way,
    )
    answers = dict(draft.consents) | ({"": True} if draft.may_tell else {})
    if not confidential and not answers:
        return [complainant]
    complainant.save(force_insert=True)  # its key is needed
    rows: list[Model] = list(identity_seals(complainant, draft.name)) if confidential else []
    # "Ask me first" is no answer yet, and without one nobody is told.
    for version, (kind, given) in enumerate(answers.items(), start=1):
        rows.append(Consent(complainant=complainant, kind=kind, version=version, given=given, at=at))
    return rows
