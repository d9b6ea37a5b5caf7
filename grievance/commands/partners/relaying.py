"""Filing for somebody, or for a list of people: each with their own consent, their own number and their own say.

The pages of a partner and its interface for programs call the same two commands.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance import receipts
from grievance.codes import Authority, ConsentHow, MaySee
from grievance.commands.draft import Draft
from grievance.commands.filing import Filed, arrived, file_grievance
from grievance.keys import nonce_of
from grievance.models import Batch, Complainant, Drill, FieldPartner, Grievance, Practice, Relay
from grievance.policies import check_works_for
from grievance.uploads import SealedUpload

# Ways to somebody that ring or speak: only where they said that it is safe.
RINGING = frozenset({Complainant.Safe.SMS, Complainant.Safe.CALL})


@dataclass(frozen=True)
class Behalf:
    """For whom a partner speaks: how they agreed, how come that the partner speaks for them, whether they may be called
    back (None: not said), and what of their case they let the partner see."""

    consent_how: str
    authority: str = Authority.ASKED
    call_back_safe: bool | None = None
    may_see: str = MaySee.NOTHING

    @property
    def own(self) -> bool:
        """Nobody agreed: the partner reports for itself."""
        return self.consent_how == ConsentHow.NONE


@dataclass(frozen=True)
class Row:
    """One person of a list, from 1. ``practice``: as for `file_for`."""

    number: int
    draft: Draft
    behalf: Behalf
    practice: bool | None = None


@dataclass(frozen=True)
class Relayed:
    """What becomes of one filing: the person's receipt, to be handed to them and kept by nobody else; the reference by
    which the partner calls it, which opens nothing; whether it was a drill."""

    filed: Filed
    reference: str
    drill: bool
    row: int | None = None


def file_for(
    *,
    partner: FieldPartner,
    by: User,
    draft: Draft,
    behalf: Behalf,
    nonce: str,
    uploads: Iterable[SealedUpload] = (),
    staged: bool = True,
    practice: bool | None = None,
    at: datetime,
) -> Relayed:
    """Keep one person's words, passed on by a partner, and give their receipt; durable once this returns.

    ``practice``: whether it is; None: where a drill runs. The same ``nonce`` again gives the same receipt, as
    `file_grievance` does. Refuses with ``not_yours``, with ``unknown_code`` for a code that is none, and with
    ``no_drill`` for practice while no drill runs.
    """
    check_works_for(by, partner)
    drill = _drill(partner, by, practice, at)
    return _relay(partner, by, draft, behalf, nonce, at, uploads=uploads, staged=staged, drill=drill)


def file_many(
    *, partner: FieldPartner, by: User, rows: Sequence[Row], nonce: str, listed: int | None = None, at: datetime
) -> Iterator[Relayed]:
    """File for each of ``rows``, in order, each durable once it is given; sent again under the same ``nonce`` nobody is
    filed twice, and each gets the receipt that they had. ``listed``: how many the list holds, where some of them wait
    to be put right.

    Refuses as `file_for` does, before anything is kept, and with ``other_list`` where another list came under it.
    """
    check_works_for(by, partner)
    drills = {}
    for row in rows:
        _check_codes(row.behalf)
        drills[row.number] = _drill(partner, by, row.practice, at)
    batch, raw = _batch(partner, by, nonce, listed or len(rows), at), nonce_of(nonce)
    return (
        _relay(
            partner, by, row.draft, row.behalf, receipts.row_nonce(raw, row.number), at,
            staged=False, drill=drills[row.number], batch=batch, row=row.number,
        )
        for row in rows
    )  # fmt: skip


def _relay(
    partner: FieldPartner,
    by: User,
    draft: Draft,
    behalf: Behalf,
    nonce: str,
    at: datetime,
    *,
    uploads: Iterable[SealedUpload] = (),
    staged: bool,
    drill: Drill | None,
    batch: Batch | None = None,
    row: int | None = None,
) -> Relayed:
    _check_codes(behalf)

    def beside(grievance: Grievance) -> list[Model]:
        relay = Relay(
            grievance=grievance,
            partner=partner,
            by=by,
            reference=receipts.new_reference(),
            authority=Authority.OWN if behalf.own else behalf.authority,
            consent_how=behalf.consent_how,
            call_back_safe=behalf.call_back_safe,
            may_see=behalf.may_see,
            batch=batch,
            row=row,
            at=at,
        )
        return [relay, *heard_of(grievance, drill)]

    filed = file_grievance(
        draft=said_for(draft, behalf), nonce=nonce, uploads=uploads, staged=staged, beside=beside, at=at
    )
    known = Relay.objects.filter(grievance__receipt__nonce_hash=receipts.nonce_hash(nonce_of(nonce)))
    kept = known.filter(partner=partner).select_related("grievance__practice").first()
    if kept is None:  # this nonce came by another way before: nothing of that is told here
        raise Refused("other_form", _("This form was sent already, by another way."))
    return Relayed(filed, kept.reference, hasattr(kept.grievance, "practice"), row)


def _drill(partner: FieldPartner, by: User, practice: bool | None, at: datetime) -> Drill | None:
    """The one that this belongs to. Nothing is practice because somebody else happened to practise: who says of theirs
    whether it is has the last word."""
    if practice is False:
        return None
    running = Drill.objects.running(at).covering(partner, user=by).first()
    if practice and running is None:
        raise Refused("no_drill", _("No drill is running now, so nothing can be practice."))
    return running


def heard_of(grievance: Grievance, drill: Drill | None) -> list[Model]:
    """Who hears of a new grievance: `cases`, or in a drill whoever reads what came in meanwhile."""
    return [Practice(grievance=grievance, drill=drill)] if drill else arrived(grievance)


def said_for(draft: Draft, behalf: Behalf) -> Draft:
    """As it is kept: of somebody who did not agree nothing that says who they are; of somebody whom it is not safe to
    call no way that rings."""
    said = replace(draft, channel=Grievance.Channel.PARTNER)
    if behalf.own:
        return replace(
            said, openness=Grievance.Openness.ANONYMOUS, name="", phone="", email="", times="", trusted="", word="",
            safe_way=Complainant.Safe.NONE, may_tell=None, consents={},
        )  # fmt: skip
    if said.safe_way in RINGING and behalf.call_back_safe is not True:
        return replace(said, safe_way=Complainant.Safe.NONE)
    return said


def _check_codes(behalf: Behalf) -> None:
    known = (
        behalf.consent_how in set(ConsentHow) and behalf.authority in set(Authority) and behalf.may_see in set(MaySee)
    )
    if not known:
        raise Refused("unknown_code", _("This is none of the answers that we know."))


def _batch(partner: FieldPartner, by: User, nonce: str, rows: int, at: datetime) -> Batch:
    digest = receipts.nonce_hash(nonce_of(nonce))
    try:
        with transaction.atomic():
            return Batch.objects.create(partner=partner, nonce_hash=digest, sent_by=by, sent_at=at, rows=rows)
    except IntegrityError:
        check_list(partner, nonce, rows)
        return Batch.objects.get(nonce_hash=digest)


def check_list(partner: FieldPartner, nonce: str, rows: int) -> None:
    """Refuses with ``other_list`` where one of another partner, or of another length, came under this nonce."""
    known = Batch.objects.filter(nonce_hash=receipts.nonce_hash(nonce_of(nonce))).first()
    if known is not None and (known.partner_id, known.rows) != (partner.pk, rows):
        raise Refused("other_list", _("Another list was sent from this page before. Please begin again."))
