"""The follow page: the door where the number is typed, and behind it where the case stands and what was said."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from redis import RedisError

from accounts.errors import Refused
from cases.forms import AnswerForm, ReceiptForm
from cases.queries import follow_page
from cases.states import LINE, LINE_WORDS
from grievance import receipts
from grievance.commands.conversation import mark_read, write
from grievance.commands.files import stage, unstage
from grievance.commands.following import Following, open_session, resume
from grievance.queries import first_words, staged_files
from grievance.throttle import BUDGET, Waited, address_key, client_address, ticket, waited
from grievance.views import FOLLOW_COOKIE, follow_key, pictures_in, readable, taken_back

SECRET = settings.SECRET_KEY.encode()
# The count of wrong numbers lives in the cache; without one nobody is kept out, because a receipt cannot be guessed.
CACHE_DOWN = (RedisError, OSError)


@readable
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """One address for the door and the page behind it, so that neither number nor words stand in any."""
    at = timezone.now()
    if request.method != "POST":
        return _show(request, at)
    return _answer(request, at) if "csrf" in request.POST else _enter(request, at)


def _show(request: HttpRequest, at: datetime) -> HttpResponse:
    session_key = follow_key(request)
    if session_key is None:
        return _door(request, ReceiptForm())
    try:
        following = resume(session_key=session_key, at=at)
    except Refused as refusal:
        return _closed(request, refusal)
    return _page(request, following, AnswerForm(), receipts.new_nonce(), at)


def _enter(request: HttpRequest, at: datetime) -> HttpResponse:
    """A number at the door. Beyond the budget it waits with a ticket; without a ripe one, no scrypt is spent."""
    form = ReceiptForm(request.POST)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or not form.is_valid():
        return _door(request, form)
    receipt, address = form.cleaned_data["receipt"], _address(request)
    wrong = address_key(address=address, secret=SECRET, at=at)
    if _count(wrong) >= BUDGET.tries and (wait := _wait(form, address, receipt, at)):
        return _door(request, form, status=429, **wait)
    try:
        session_key = open_session(receipt=receipt, at=at)
    except Refused as refusal:
        _add_wrong(wrong)
        form.add_error("receipt", str(refusal.message))
        return _door(request, form)
    return _let_in(request, session_key, at)


def _let_in(request: HttpRequest, session_key: bytes, at: datetime) -> HttpResponse:
    """Set the cookie and show the page; at once and without a redirect when words wait that were typed before."""
    if request.POST.get("body") or request.POST.get("nonce"):
        nonce = _nonce(request)
        form = AnswerForm(initial={"body": request.POST.get("body", "")}, staged=staged_files(nonce=nonce, at=at))
        response = _page(request, resume(session_key=session_key, at=at), form, nonce, at)
    else:
        response = _see_other()
    response.set_cookie(
        FOLLOW_COOKIE,
        urlsafe_b64encode(session_key).decode(),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def _answer(request: HttpRequest, at: datetime) -> HttpResponse:
    """Words or pictures from the page behind the door; nothing that was typed is lost when they cannot be taken."""
    nonce = _nonce(request)
    if removed := taken_back(request.POST):
        unstage(nonce=nonce, ids=removed, at=at)
    uploads, staged = pictures_in(request), staged_files(nonce=nonce, at=at)
    form = AnswerForm(request.POST, uploads=uploads, staged=staged)
    following, refusal = _resumed(request, at)
    if following and not constant_time_compare(request.POST["csrf"], following.csrf):
        form.add_error(
            "body", _("This page is from another visit. Please look at what is shown here, then send again.")
        )
    if following and form.is_valid():
        language = translation.get_language() or settings.LANGUAGE_CODE
        body = form.cleaned_data["body"]
        write(following=following, body=body, language=language, uploads=uploads, nonce=nonce, at=at)
        return _see_other("#sent")
    stage(nonce=nonce, uploads=uploads, at=at)
    if refusal:
        return _closed(request, refusal)
    form.staged = staged_files(nonce=nonce, at=at)
    assert following  # noqa: S101 - without it there is a refusal
    return _page(request, following, form, nonce, at)


def _resumed(request: HttpRequest, at: datetime) -> tuple[Following | None, Refused | None]:
    try:
        return resume(session_key=follow_key(request) or b"", at=at), None
    except Refused as refusal:
        return None, refusal


def _page(request: HttpRequest, following: Following, form: AnswerForm, nonce: str, at: datetime) -> HttpResponse:
    mark_read(following=following, at=at)
    page = follow_page(following=following, at=at)
    context = {
        "page": page,
        "line": [(LINE_WORDS[stage], step.state) for stage, step in zip(LINE, page.line, strict=True)],
        "words": first_words(grievance=following.grievance, data_key=following.data_key),
        "grievance": following.grievance,
        "csrf": following.csrf,
        "form": form,
        "nonce": nonce,
        "staged": form.staged,
    }
    return render(request, "cases/follow.html", context)


def _door(request: HttpRequest, form: ReceiptForm, *, status: int = 200, **context: Any) -> HttpResponse:
    """The one field for the number, with the words that wait behind it, if any."""
    waiting = {"body": request.POST.get("body", ""), "nonce": request.POST.get("nonce", "")}
    response = render(request, "cases/door.html", {"form": form, **waiting, **context}, status=status)
    if status == 429:
        response.headers["Retry-After"] = str(int(BUDGET.wait.total_seconds()))
    return response


def _closed(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The session is over: back to the door, with what was typed."""
    response = _door(request, ReceiptForm(), over=refusal.message)
    response.delete_cookie(FOLLOW_COOKIE, samesite="Strict")
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


def _nonce(request: HttpRequest) -> str:
    nonce = request.POST.get("nonce", "")
    return nonce if receipts.read_nonce(nonce) else receipts.new_nonce()


def _see_other(place: str = "") -> HttpResponse:
    return HttpResponseRedirect(redirect("follow").url + place, status=303)
