"""A lost number, as far as workers go: whose contact it is, the wait after the announcement, and the one-time code.

Everything is found by state: a worker that stops, or two at once, lose and double nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Refused
from grievance import receipts, vault
from grievance.commands.datakeys import wrap_anew
from grievance.commands.lost import OPEN, call_back, message_id, stop_recoveries
from grievance.commands.reaching import home_of, opened, safe_address
from grievance.keys import RING, data_key_for_office, seal_contact
from grievance.models import Complainant, Grievance, KeyWrap, Recovery, Reply
from grievance.rules import (
    CODE_LIVES,
    CODES_MOST,
    RECOVERIES_MOST,
    RECOVERY_AGAIN,
    RECOVERY_ENDS,
    RECOVERY_WAITS,
)
from grievance.texts import TEXTS
from supplychain.queries import site_countries

State = Recovery.State
# What failed by an error of ours waits this long, so that the rest does not wait for it.
LATER = timedelta(minutes=5)


def sweep(*, at: datetime, limit: int = 200) -> int:
    """Mark what contacts came in, then do what is due of each recovery. Returns how many rows were looked at.

    Raises `vault.CannotOpen` in a process that is no worker, which then moves nothing.
    """
    marked = mark_contacts(limit=limit, at=at)
    due = Recovery.objects.due(at)
    if marked == limit:  # whose contact it is can be said once all are marked
        due = due.exclude(state=State.ASKED)
    waiting, errors = list(due.values_list("pk", flat=True)[:limit]), []
    if waiting and (RING.contact_private is None or RING.phone_pepper is None):
        raise vault.CannotOpen("no_key")
    for pk in waiting:
        try:
            _do_next(pk, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person must not wait for it
            Recovery.objects.filter(pk=pk, next_at__lte=at).update(next_at=at + LATER)
            errors.append(error)
    if errors:
        raise ExceptionGroup("recoveries", errors)
    return marked + len(waiting)


def mark_contacts(*, at: datetime, limit: int = 200) -> int:
    """Give new contacts the marks by which they are found; each contact is looked at once. Served by one partial index.

    Raises `vault.CannotOpen` in a process without the contact key or the phone pepper, and marks nothing.
    """
    new = Complainant.objects.filter(sealed_contact__isnull=False, marked_at=None).order_by("pk")
    people = list(new.select_related("grievance__site")[:limit])
    for person in people:
        phone, email = _marks(person)
        # What was deleted or changed in between is not marked as it was.
        same = Complainant.objects.filter(pk=person.pk, marked_at=None, sealed_contact=person.sealed_contact)
        same.update(phone_mark=phone, email_mark=email, marked_at=at)
    return len(people)


def _marks(person: Complainant) -> tuple[bytes | None, bytes | None]:
    contact = opened(person.sealed_contact)
    at_home = home_of(person.grievance)
    phones = vault.phone_marks(RING, contact.get("phone", ""), [at_home])
    return next(iter(phones), None), vault.email_mark(RING, contact.get("email", ""))


@transaction.atomic
def _do_next(pk: int, at: datetime) -> None:
    skip = connection.features.has_select_for_update_skip_locked
    rows = Recovery.objects.due(at).select_for_update(of=("self",), skip_locked=skip)
    row = rows.select_related("grievance").filter(pk=pk).first()
    if row is None:  # another worker has it, or did it
        return
    if row.state == State.ASKED:
        _look_up(row, at)
    elif row.state == State.WAITING:
        _send_code(row, at)
    elif row.state == State.SENT:
        _run_out(row, at)
    else:
        row.lookup, row.next_at = None, None
    row.save()


def _look_up(row: Recovery, at: datetime) -> None:
    """Whose contact it is; each of their grievances has a wait of its own, and a code of its own."""
    begun = [one for one in (_begin(row, grievance, at) for grievance in _whose(opened(row.sealed_request))) if one]
    row.sealed_request, row.state, row.next_at = None, State.NOBODY, None
    if begun:
        first, *others = begun
        row.grievance, row.state, row.asked_at, row.next_at = (
            first.grievance,
            first.state,
            first.asked_at,
            first.next_at,
        )
        Recovery.objects.bulk_create(others)


def _whose(request: dict[str, str]) -> Iterable[Grievance]:
    """The newest grievances of whoever gave this contact and chose it as safe; none that was erased."""
    safe = Complainant.objects.filter(grievance__key__erased_at=None, sealed_contact__isnull=False)
    if request.get("way") == "email":
        mark = vault.email_mark(RING, request["to"])
        safe = safe.filter(safe_way=Complainant.Safe.EMAIL, email_mark=mark) if mark else safe.none()
    else:
        marks = vault.phone_marks(RING, request.get("to", ""), ["", *site_countries()])
        safe = safe.filter(safe_way=Complainant.Safe.SMS, phone_mark__in=marks)
    people = safe.filter(grievance__receipt__isnull=False).select_related("grievance")
    return [person.grievance for person in people.order_by("-grievance__received_at", "-pk")[:RECOVERIES_MOST]]


def _begin(row: Recovery, grievance: Grievance, at: datetime) -> Recovery | None:
    """The wait begins; a new code at once where the wait is over and the last code ran out; None where one waits, or
    is good still, or enough were sent."""
    before = Recovery.objects.select_for_update().filter(grievance=grievance, state__in=OPEN).order_by("-pk").first()
    if before is None:
        return Recovery(grievance=grievance, state=State.WAITING, asked_at=row.asked_at, next_at=at + RECOVERY_WAITS)
    sent = Recovery.objects.filter(grievance=grievance, asked_at=before.asked_at).count()
    if before.state == State.WAITING or before.lookup is not None or sent >= CODES_MOST:
        return None
    before.state, before.next_at = State.STOPPED, None
    before.save(update_fields=["state", "next_at"])
    # It goes on with the wait of the one before, and so with its day.
    return Recovery(grievance=grievance, state=State.WAITING, asked_at=before.asked_at, next_at=at)


def _send_code(row: Recovery, at: datetime) -> None:
    """The wait is over and nobody stopped it: a code for the way that is safe now."""
    person = Complainant.objects.select_related("grievance__site").filter(grievance=row.grievance).first()
    to = safe_address(person, opened(person.sealed_contact)) if person else ""
    data_key = _data_key(row.grievance)
    if person is None or row.grievance is None or data_key is None or not to:
        row.state, row.next_at = State.STOPPED, None
        return
    code = _make_code(row, row.grievance, data_key, at)
    parcel = {"to": to, **_words(code, row.grievance.language)}
    Reply.objects.create(
        channel=person.safe_way,
        sealed_parcel=seal_contact(parcel),
        message_id=message_id(row),
        made_at=at,
        next_try_at=at,
    )


def _make_code(row: Recovery, grievance: Grievance, data_key: bytes, at: datetime) -> str:
    code = receipts.new_code()
    stretched = receipts.stretch_code(code, RING.office_public)
    holder = KeyWrap.Holder.CODE
    wrap_anew(key_id=grievance.key_id, holder=holder, data_key=data_key, wrap_key=stretched.wrap_key)
    row.lookup, row.state = stretched.lookup, State.SENT
    row.expires_at = row.next_at = at + CODE_LIVES
    return code


def code_for(*, grievance: Grievance, at: datetime) -> str:
    """From text to web, for somebody who just proved their PIN: 16 digits, good for half an hour, without a wait.

    Whatever was under way for the same grievance ends. Refuses with ``erased``. Runs in the caller's transaction.
    """
    data_key = data_key_for_office(grievance.key_id)
    stop_recoveries(grievances=[grievance.pk])
    row = Recovery(grievance=grievance, asked_at=at, by_pin=True)
    code = _make_code(row, grievance, data_key, at)
    row.save(force_insert=True)
    return code


def _data_key(grievance: Grievance | None) -> bytes | None:
    try:
        return data_key_for_office(grievance.key_id) if grievance else None
    except Refused:  # erased at its date
        return None


def _words(code: str, language: str) -> dict[str, str]:
    """Nothing but the code and how long it is good: whoever reads over a shoulder learns nothing of any case."""
    with translation.override(language):
        body = str(TEXTS["code"])
        minutes = int(CODE_LIVES.total_seconds() // 60)
        return {"subject": _("Your code"), "body": body % {"code": receipts.group(code), "minutes": minutes}}


def _run_out(row: Recovery, at: datetime) -> None:
    """Nobody typed the code in its half hour. One that never went out is made anew; else they may ask again soon."""
    if row.lookup is None or row.grievance is None:
        row.state, row.next_at = State.STOPPED, None
        return
    if row.by_pin:
        stop_recoveries(grievances=[row.grievance.pk])
        row.lookup, row.state, row.next_at = None, State.STOPPED, None
        return
    KeyWrap.objects.filter(key=row.grievance.key_id, holder=KeyWrap.Holder.CODE).delete()
    unsent = call_back(row)
    row.lookup = None
    if unsent and at < row.asked_at + RECOVERY_ENDS:
        row.state, row.next_at = State.WAITING, at
    else:
        row.next_at = at + RECOVERY_AGAIN
