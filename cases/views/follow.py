"""The follow page: where a case stands, what the person may do about it, and what was said."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from cases.forms import FollowForm, ReceiptForm
from cases.queries import FollowPage, follow_page
from cases.states import LINE_WORDS
from cases.views import guard
from cases.views.acts import ACTS, WRITE, FollowAct, Sent
from cases.views.door import closed, door, give_key, knock
from cases.views.files import FILE, hand_out
from grievance import receipts
from grievance.commands.conversation import mark_read
from grievance.commands.files import stage, unstage
from grievance.commands.following import Following, resume
from grievance.queries import first_words, staged_files
from grievance.uploads import left_out
from grievance.views import follow_key, pictures_in, readable, taken_back


@readable
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponseBase:
    """One address for the door and the page behind it, so that neither number nor words stand in any."""
    at = timezone.now()
    if request.method != "POST":
        return _show(request, at)
    return _do(request, at) if "csrf" in request.POST else _enter(request, at)


def _show(request: HttpRequest, at: datetime) -> HttpResponse:
    session_key = follow_key(request)
    if session_key is None:
        return door(request, ReceiptForm())
    try:
        following = resume(session_key=session_key, at=at)
    except Refused as refusal:
        return closed(request, refusal)
    return _page(request, following, receipts.new_nonce(), at)


def _enter(request: HttpRequest, at: datetime) -> HttpResponse:
    """Set the cookie and go to the page; without a redirect where something waits to be sent that was typed before."""
    opened = knock(request, at)
    if isinstance(opened, HttpResponse):
        return opened
    if not any(request.POST.get(name) for name in ("body", "nonce", "act")):
        return give_key(request, _see_other(), opened)
    following, nonce = resume(session_key=opened, at=at), _nonce(request)
    page = follow_page(following=following, at=at)
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    form = _act(request).form(initial=typed, page=page, staged=staged_files(nonce=nonce, at=at))
    return give_key(request, _page(request, following, nonce, at, form), opened)


def _do(request: HttpRequest, at: datetime) -> HttpResponseBase:
    """One press of a button: find, check the form, ONE command, back to the page; nothing that was typed is lost."""
    if request.POST.get("act") == FILE:
        return hand_out(request, at)
    act, nonce = _act(request), _nonce(request)
    if removed := taken_back(request.POST):
        unstage(nonce=nonce, ids=removed, at=at)
    uploads, staged = pictures_in(request, returning=True), staged_files(nonce=nonce, at=at)
    try:
        following = resume(session_key=follow_key(request) or b"", at=at)
    except Refused as refusal:
        stage(nonce=nonce, uploads=uploads, at=at)
        return closed(request, refusal)
    page = follow_page(following=following, at=at)
    form = act.form(request.POST, page=page, uploads=uploads, staged=staged)
    if not constant_time_compare(request.POST["csrf"], following.csrf):
        form.add_error(None, _("This page is from another visit. Please look at what is shown here, then send again."))
    if form.is_valid():
        language = translation.get_language() or settings.LANGUAGE_CODE
        try:
            guard.run(act, Sent(following, form.cleaned_data, language, nonce, uploads, at), page)
            if act.page:
                return _page(request, following, nonce, at, template=act.page, opened=True)
            return _see_other("#sent-alone" if left_out(uploads) else f"#{act.shown}")
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    stage(nonce=nonce, uploads=uploads, at=at)
    form.staged = staged_files(nonce=nonce, at=at)
    return _page(request, following, nonce, at, form)


def _page(
    request: HttpRequest,
    following: Following,
    nonce: str,
    at: datetime,
    posted: FollowForm | None = None,
    *,
    template: str = "cases/follow.html",
    opened: bool = False,
) -> HttpResponse:
    """``posted``: a form that was not taken yet, with what was typed into it. ``opened``: with the first words, which
    were asked for."""
    mark_read(following=following, at=at)
    page = follow_page(following=following, at=at)
    context = {
        "page": page,
        "line": [(LINE_WORDS[step.stage], step.state) for step in page.line],
        "words": first_words(grievance=following.grievance, data_key=following.data_key) if opened else None,
        "grievance": following.grievance,
        "csrf": following.csrf,
        "nonce": nonce,
        "posted": posted,
        "forms": _forms(page, posted),
        "left_out": left_out(posted.uploads) if posted is not None else "",
    }
    return render(request, template, context)


def _forms(page: FollowPage, posted: FollowForm | None) -> dict[str, FollowForm]:
    """A form for each thing that may be done; the one that was posted holds what was typed."""
    return {
        slug: posted if posted is not None and type(posted) is act.form else act.form(page=page)
        for slug, act in ACTS.items()
    }


def _act(request: HttpRequest) -> FollowAct:
    return ACTS.get(request.POST.get("act", ""), WRITE)


def _nonce(request: HttpRequest) -> str:
    nonce = request.POST.get("nonce", "")
    return nonce if receipts.read_nonce(nonce) else receipts.new_nonce()


def _see_other(place: str = "") -> HttpResponse:
    return HttpResponseRedirect(redirect("follow").url + place, status=303)
