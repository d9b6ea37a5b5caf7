"""The door of the follow page: the number is typed, waits when many were wrong, and opens a session."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis import RedisError

from accounts.errors import Refused
from cases.commands.coming import replace_number
from cases.forms import ReceiptForm
from cases.views.acts import kept_fields
from grievance import receipts
from grievance.commands.following import open_session
from grievance.throttle import BUDGET, Waited, address_key, client_address, ticket, waited
from grievance.views import FOLLOW_COOKIE

SECRET = settings.SECRET_KEY.encode()
# The count of wrong numbers lives in the cache; without one nobody is kept out, because a receipt cannot be guessed.
CACHE_DOWN = (RedisError, OSError)


def door(request: HttpRequest, form: ReceiptForm, *, status: int = 200, **context: Any) -> HttpResponse:
    """The one field for the number, with what waits behind it to be sent, if anything."""
    context |= {"form": form, "fresh": _fresh(form), **kept_fields(request.POST)}
    response = render(request, "cases/door.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = str(int(BUDGET.wait.total_seconds()))
    return response


def closed(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The session is over: back to the door, with what was typed."""
    response = door(request, ReceiptForm(), over=refusal.message)
    response.delete_cookie(FOLLOW_COOKIE, samesite="Strict")
    return response


def knock(request: HttpRequest, at: datetime) -> bytes | HttpResponse:
    """A number at the door: the key of a session, or the door again; a code: the page with its new number. Beyond the
    budget a number waits with a ticket; without a ripe one, no scrypt is spent."""
    form = ReceiptForm(request.POST)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or not form.is_valid():
        return door(request, form)
    receipt, address = form.cleaned_data["receipt"], _address(request)
    wrong = address_key(address=address, secret=SECRET, at=at)
    if _count(wrong) >= BUDGET.tries and (wait := _wait(form, address, receipt, at)):
        return door(request, form, status=429, **wait)
    try:
        if len(receipt) == receipts.CODE_DIGITS:
            return _new_number(request, receipt, _fresh(form), at)
        return open_session(receipt=receipt, at=at)
    except Refused as refusal:
        _add_wrong(wrong)
        form.add_error("receipt", str(refusal.message))
        return door(request, form)


def _new_number(request: HttpRequest, code: str, nonce: str, at: datetime) -> HttpResponse:
    number = replace_number(code=code, nonce=nonce, at=at)
    context = {"groups": receipts.group(number).split(), "nonce": nonce, "replaced": True}
    return render(request, "grievance/receipt.html", context)


def _fresh(form: ReceiptForm) -> str:
    """The nonce that travels with the door: pressed twice on a slow line, a code gives one new number."""
    held = form.data.get("fresh", "")
    return held if receipts.read_nonce(held) else receipts.new_nonce()


def give_key(request: HttpRequest, response: HttpResponse, session_key: bytes) -> HttpResponse:
    """The cookie that opens the page from now on; it ends with the browser."""
    response.set_cookie(
        FOLLOW_COOKIE,
        urlsafe_b64encode(session_key).decode(),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def _wait(form: ReceiptForm, address: str, receipt: str, at: datetime) -> dict[str, Any] | None:
    """None when this try has waited; otherwise what the door says and the ticket to come back with. A ticket is good
    for one try."""
    held = form.cleaned_data["ticket"]
    state = waited(held, address=address, receipt=receipt, secret=SECRET, at=at)
    if state == Waited.READY and _first_use(held):
        return None
    if state == Waited.EARLY:
        return {"wait": True, "early": True, "ticket": held}
    return {"wait": True, "ticket": ticket(address=address, receipt=receipt, secret=SECRET, at=at)}


def _count(key: str) -> int:
    try:
        return int(cache.get(key, 0))
    except CACHE_DOWN:
        return 0


def _add_wrong(key: str) -> None:
    try:
        cache.add(key, 0, BUDGET.window.total_seconds())
        cache.incr(key)
    except (*CACHE_DOWN, ValueError):  # ValueError: the window ended in between
        return


def _first_use(held: str) -> bool:
    try:
        return bool(cache.add("used-" + held, 1, BUDGET.life.total_seconds()))
    except CACHE_DOWN:
        return True


def _address(request: HttpRequest) -> str:
    return client_address(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        behind_proxy=settings.BEHIND_PROXY,
    )
