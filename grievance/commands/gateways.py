"""Setting a gateway up, and taking in what it sends: sealed as it came, before anybody reads it."""

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance import vault
from grievance.budgets import UNCOUNTED
from grievance.commands.shared import SharedCommit
from grievance.gateways import KINDS, configured_out
from grievance.gateways.addresses import checked
from grievance.gateways.errors import NoGateway, Unparsable
from grievance.gateways.generic import shape
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming
from grievance.keys import RING, seal_contact
from grievance.models import Gateway, GatewayDay, InboundRequest, Reply
from grievance.segments import segmented
from grievance.texts import TEXTS

SECRET = b"gateway secret"
_KEPT = SharedCommit()
REFUSED_EVERY = 5  # seconds
# Of the headers of a call only what its reading needs: the rest names machines and, at times, people.
KEPT_HEADERS = ("content-type",)


def _check_lead(by: User) -> None:
    if Role.LEAD not in roles_of(by):
        raise Refused("not_yours", _("Gateways are set up by programme leads."))


@transaction.atomic
def add_gateway(
    *,
    slug: str,
    name: str,
    kind: str,
    options: Mapping[str, Any],
    secret: str,
    credentials: Mapping[str, str],
    by: User,
    at: datetime,
) -> Gateway:
    """``secret`` proves that a call is the gateway's; ``credentials`` are what we send with. Neither is shown again.

    Refuses with ``options`` for what cannot work, and ``secret_short``.
    """
    _check_lead(by)
    try:
        if kind == Gateway.Kind.GENERIC:
            shape.check(options)
            configured_out(options)
        if options.get("base_url"):
            checked(options["base_url"], "base_url")
    except NoGateway as wrong:
        raise Refused("options", _("These options cannot work: %(why)s.") % {"why": str(wrong)}) from None
    least = KINDS[kind].least_secret
    if len(secret) < least:
        raise Refused("secret_short", _("The secret has to be at least %(least)d characters long.") % {"least": least})
    made = Gateway(slug=slug, name=name, kind=kind, options=dict(options), added_by=by, added_at=at)
    _seal_into(made, secret, credentials)
    made.save(force_insert=True)
    log_act(record=made, added=True, by=by, at=at)
    return made


@transaction.atomic
def change_secrets(*, gateway: Gateway, secret: str, credentials: Mapping[str, str], by: User, at: datetime) -> None:
    """Other secrets from now on; where one is empty, what was there stays."""
    _check_lead(by)
    held = Gateway.objects.select_for_update().get(pk=gateway.pk)
    if secret and len(secret) < KINDS[held.kind].least_secret:
        raise Refused("secret_short", _("This secret is too short."))
    _seal_into(held, secret, credentials)
    held.save(update_fields=["sealed_secret", "sealed_credentials"])
    log_act(record=held, added=False, by=by, at=at)


@transaction.atomic
def end_gateway(*, gateway: Gateway, by: User, at: datetime) -> None:
    """Nothing comes or goes by it any more; what it brought stays."""
    _check_lead(by)
    Gateway.objects.in_use().filter(pk=gateway.pk).update(ended_at=at)
    log_act(record=gateway, added=False, by=by, at=at)


@transaction.atomic
def send_test(*, gateway: Gateway, number: str, by: User, at: datetime) -> None:
    """One text to a number that somebody typed, by this gateway: sealed at once, and logged nowhere.

    Refuses with ``not_yours``, ``ended`` or ``no_number``.
    """
    _check_lead(by)
    if gateway.ended_at is not None:
        raise Refused("ended", _("This gateway has ended."))
    to = vault.e164(number, str(gateway.options.get("country") or ""))
    if to is None:
        raise Refused("no_number", _("This is no telephone number. It begins with + and the code of its country."))
    words = str(TEXTS["test"])
    Reply.objects.create(
        channel="sms",
        sealed_parcel=seal_contact({"to": to, "subject": "", "body": words}),
        message_id=uuid.uuid4().hex,
        made_at=at,
        next_try_at=at,
        gateway=gateway,
        test=True,
        segments=segmented(words).count,
    )
    log_act(record=gateway, added=False, by=by, at=at)


def count_refused(gateway: Gateway, *, at: datetime) -> None:
    """A call that nobody proved is counted and not kept. Whoever sends thousands of them writes a row every few
    seconds, and no more."""
    key, busy = f"refused-{gateway.pk}", f"refused-written-{gateway.pk}"
    try:
        cache.add(key, 0, timeout=86_400)
        cache.incr(key)
        if not cache.add(busy, 1, timeout=REFUSED_EVERY):
            return
        many = int(cache.get(key) or 0)
        cache.decr(key, many)
    except UNCOUNTED:
        return
    row, _new = GatewayDay.objects.get_or_create(gateway=gateway, day=at.astimezone(UTC).date(), country="")
    GatewayDay.objects.filter(pk=row.pk).update(refused=F("refused") + many)


def _seal_into(gateway: Gateway, secret: str, credentials: Mapping[str, str]) -> None:
    if secret:
        gateway.sealed_secret = vault.seal(_gateway_key(), secret.encode(), SECRET)
    if any(credentials.values()):
        gateway.sealed_credentials = seal_contact(dict(credentials))


def _gateway_key() -> bytes:
    if RING.gateway_key is None:
        raise vault.CannotOpen("no_key")
    return RING.gateway_key


def proven(gateway: Gateway, incoming: Incoming, *, at: datetime) -> bool:
    """Is this call the gateway's? Asked before anything of it is kept."""
    secret = vault.open_sealed(_gateway_key(), bytes(gateway.sealed_secret), SECRET).decode()
    try:
        return KINDS[gateway.kind].verify(incoming, Setup(secret=secret, options=gateway.options), at)
    except (Unparsable, RecursionError):  # no fields, and so none that proves it
        return False


def keep_request(*, gateway: Gateway, incoming: Incoming, at: datetime) -> InboundRequest:
    """One row, sealed to the contact key, and durable once this returns: whatever it holds, a worker finds it."""
    headers = {name: incoming.headers[name] for name in KEPT_HEADERS if name in incoming.headers}
    raw = {"headers": headers, "body": base64.b64encode(incoming.body).decode()}
    sealed = vault.seal_contact(RING, json.dumps(raw).encode())
    kept = InboundRequest(gateway=gateway, sealed_raw=sealed, received_at=at)
    _KEPT.insert(kept)
    return kept
