"""Opening what is locked away: a confidential name by two custodians, a contact by a call that the person allowed.

Every way that is not whole stays shut: no pair, no time, no grant, no key, nobody who may still read it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Unsealed, UnsealReason
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Filing, Unsealing
from cases.policies import check_may, not_found
from cases.queries.unsealing import Request, requests_for
from cases.rules.packs import period_ends
from grievance import vault
from grievance.commands import custody
from grievance.commands.contacts import grant_running, open_contact
from grievance.commands.reading import note_opening
from grievance.keys import data_key_for_office, open_json, seal_json
from grievance.models import CallGrant, IdentitySeal, Opening
from grievance.receipts import new_reference

RESULT = "unsealed"  # context of what was opened, sealed again under the case's key


@transaction.atomic
def ask(*, case: Case, filing: Filing, what: Unsealed, reason: UnsealReason, by: User, at: datetime) -> Unsealing:
    """The handler asks; a day passes before anything opens, unless somebody is in danger.

    Refuses with ``not_found``, ``nothing_kept``, ``no_call`` or ``already_asked``.
    """
    case = locked(case)
    check_may(by, Act.UNSEAL, case)
    if case.handler_id != by.pk:
        raise Refused("not_the_handler", _("Only the handler of the case asks for this."))
    if filing.case_id != case.pk:
        raise not_found()
    opens_at = at if case.urgent_since is not None else period_ends("unsealing_waits", at)
    _check_kept(filing, what, at, opens_at)
    if Unsealing.objects.open().filter(filing=filing, what=what).exists():
        raise Refused("already_asked", _("This was asked for already, and waits."))
    unsealing = Unsealing.objects.create(
        case=case, filing=filing, reference=_reference(), what=what, reason=reason, by=by, at=at, opens_at=opens_at
    )
    record(case, Event.UNSEALING_ASKED, by=by, at=at, filing=filing, data=_data(unsealing))
    return unsealing


def _reference() -> str:
    while Unsealing.objects.filter(reference=(drawn := new_reference())).exists():
        pass
    return drawn


def _check_kept(filing: Filing, what: Unsealed, at: datetime, opens_at: datetime) -> None:
    person = filing.grievance.complainant
    kept = person.seals.exists() if what == Unsealed.NAME else person.sealed_contact is not None
    if not kept:
        raise Refused("nothing_kept", _("Nothing of that kind is kept of this person."))
    if what == Unsealed.CONTACT and grant_running(person, at).until_at <= opens_at:
        raise Refused(
            "no_call", _("What this person agreed to ends before the day of waiting is over. Ask them again.")
        )


def open_outer(*, unsealing: Unsealing, seal: IdentitySeal | None, passphrase: str, by: User, at: datetime) -> None:
    """The first custodian opens their half; what is left waits, sealed to the other one of the pair.

    ``seal`` None: none of this name's seals is theirs to open first.
    """
    if seal is None or seal not in _asked(unsealing, by, at).seals:
        raise _not_yours()
    half = custody.open_outer(seal=seal, passphrase=passphrase)  # outside the transaction: Argon2id takes its time
    _keep_half(unsealing, seal, half, by, at)


@transaction.atomic
def _keep_half(unsealing: Unsealing, seal: IdentitySeal, half: bytes, by: User, at: datetime) -> None:
    case, unsealing = _held(unsealing)
    if seal not in _asked(unsealing, by, at).seals:
        raise _not_yours()
    unsealing.first, unsealing.first_at, unsealing.second = seal.second, at, seal.first
    unsealing.half, unsealing.until_at = half, period_ends("unsealed_shown", at)
    unsealing.save()
    record(case, Event.UNSEALING_SIGNED, by=by, at=at, filing=unsealing.filing, data=_data(unsealing))


def open_inner(*, unsealing: Unsealing, passphrase: str, by: User, at: datetime) -> None:
    """The second custodian opens what is left; the name is sealed again, for the handler who asked, for three days."""
    if not _asked(unsealing, by, at).finishes or unsealing.second is None or unsealing.half is None:
        raise _not_yours()
    half = bytes(unsealing.half)
    name = custody.open_inner(key=unsealing.second, half=half, passphrase=passphrase)
    _keep_name(unsealing, half, name, by, at)


@transaction.atomic
def _keep_name(unsealing: Unsealing, half: bytes, name: str, by: User, at: datetime) -> None:
    case, unsealing = _held(unsealing)
    same = unsealing.half is not None and bytes(unsealing.half) == half
    if not same or not _asked(unsealing, by, at).finishes or unsealing.first is None:
        raise _not_yours()
    for custodian in (unsealing.first.custodian, by):
        note_opening(grievance=unsealing.filing.grievance, by=custodian, what=Opening.What.IDENTITY, at=at)
    _keep_result(case, unsealing, {"name": name}, until=period_ends("unsealed_shown", at), by=by, at=at)


@transaction.atomic
def refuse(*, unsealing: Unsealing, by: User, at: datetime) -> None:
    """Either custodian says no, at any time before the name is open; a half that was opened is gone."""
    case, unsealing = _held(unsealing)
    _asked(unsealing, by, at, early=True)
    _end(case, unsealing, by=by, at=at)


def _asked(unsealing: Unsealing, by: User, at: datetime, *, early: bool = False) -> Request:
    """The request as this custodian may see it now. Refuses with ``no_request``, ``too_early`` or ``asker_gone``."""
    request = next((one for one in requests_for(by, at) if one.unsealing == unsealing), None)
    if request is None:
        raise Refused("no_request", _("There is no such request."))
    if request.early and not early:
        raise Refused("too_early", _("Its day of waiting is not over yet."))
    if not early:
        _check_asker(unsealing)
    return request


def _check_asker(unsealing: Unsealing) -> None:
    if unsealing.case.handler_id != unsealing.by_id or not unsealing.case.exists_for(unsealing.by):
        raise Refused("asker_gone", _("Whoever asked for this does not handle the case any more."))


def _held(unsealing: Unsealing) -> tuple[Case, Unsealing]:
    """The case and the request as they stand now, held until the transaction ends."""
    case = locked(unsealing.case)
    rows = Unsealing.objects.select_related("case", "filing__grievance__complainant", "by", "first__custodian")
    return case, rows.get(pk=unsealing.pk)


def _keep_result(
    case: Case, unsealing: Unsealing, result: dict[str, str], *, until: datetime, by: User | None, at: datetime
) -> None:
    unsealing.sealed_result = seal_json(data_key_for_office(case.key_id), result, RESULT)
    unsealing.half, unsealing.opened_at, unsealing.until_at = None, at, until
    unsealing.save()
    record(case, Event.UNSEALED, by=by, at=at, filing=unsealing.filing, data=_data(unsealing))


def _end(case: Case, unsealing: Unsealing, *, by: User | None, at: datetime) -> None:
    unsealing.refused_at, unsealing.refused_by, unsealing.half = at, by, None
    unsealing.save(update_fields=["refused_at", "refused_by", "half"])
    record(case, Event.UNSEALING_REFUSED, by=by, at=at, filing=unsealing.filing, data=_data(unsealing))


def _data(unsealing: Unsealing) -> dict[str, object]:
    return {"unsealing": unsealing.pk, "what": unsealing.what}


def _not_yours() -> Refused:
    return Refused("not_your_half", _("This is not yours to open now: its other half may have been opened meanwhile."))


def open_contacts(*, at: datetime, limit: int = 100) -> int:
    """A sweep of the workers: open the contacts whose time has come. Returns how many requests came to an end.

    What the person does not allow any more, and what cannot be opened, ends as refused; without its key a process ends
    nothing, and says so.
    """
    done, errors = 0, []
    for pk in list(Unsealing.objects.contacts_due(at).values_list("pk", flat=True)[:limit]):
        try:
            done += _open_contact(pk, at)
        except Exception as error:  # noqa: BLE001 - seen below, by type
            errors.append(error)
    if errors:
        raise ExceptionGroup("contacts", errors)
    return done


@transaction.atomic
def _open_contact(pk: int, at: datetime) -> bool:
    case, unsealing = _held(Unsealing.objects.select_related("case").get(pk=pk))
    if not unsealing.is_open:
        return False
    person = unsealing.filing.grievance.complainant
    try:
        _check_asker(unsealing)
        with transaction.atomic():
            contact = open_contact(complainant=person, by=unsealing.by, at=at)
            until = min(grant_running(person, at).until_at, period_ends("unsealed_shown", at))
            _keep_result(case, unsealing, contact, until=until, by=None, at=at)
    except (Refused, vault.CannotOpen) as error:
        if isinstance(error, vault.CannotOpen) and error.code == "no_key":
            raise
        _end(case, unsealing, by=None, at=at)
    return True


def forget_contact(*, filing: Filing, at: datetime) -> None:
    """The person deleted how they can be reached: what was opened of it is gone, and what was asked for ends."""
    rows = Unsealing.objects.filter(filing=filing, what=Unsealed.CONTACT)
    rows.filter(sealed_result__isnull=False).update(sealed_result=None)
    for unsealing in rows.open().order_by("pk"):
        _end(filing.case, unsealing, by=None, at=at)


def clear(*, at: datetime, limit: int = 1000) -> int:
    """A sweep: what was opened is gone at its time. A half that nobody completed waits for a first custodian again."""
    past = Unsealing.objects.past(at).values_list("pk", flat=True)[:limit]
    rows = Unsealing.objects.filter(pk__in=list(past))
    rows.filter(opened_at=None).update(first=None, first_at=None, second=None, half=None, until_at=None)
    return rows.update(half=None, sealed_result=None)


def read_unsealed(*, case: Case, filing: Filing, by: User, at: datetime) -> dict[str, str]:
    """{"name": …}, or {"phone": …, "email": …, "times": …}: what was opened for this handler, each reading with a row
    in the access log; {} where nothing is."""
    rows = case.unsealings.filter(filing=filing, by=by, until_at__gt=at, sealed_result__isnull=False)
    found: dict[str, str] = {}
    for row in rows if case.handler_id == by.pk else []:
        if row.what == Unsealed.CONTACT and not _may_call(filing, at):
            continue
        opened = open_json(data_key_for_office(case.key_id), row.sealed_result or b"", RESULT)
        note_opening(grievance=filing.grievance, by=by, what=LOGGED[Unsealed(row.what)], at=at)
        found |= {kind: text for kind, text in opened.items() if text}
    return found


LOGGED = {Unsealed.NAME: Opening.What.IDENTITY, Unsealed.CONTACT: Opening.What.CONTACT}


def _may_call(filing: Filing, at: datetime) -> bool:
    """They may have taken it back since."""
    return CallGrant.objects.running(at).filter(complainant=filing.grievance.complainant).exists()
