"""Programs of a partner: the tokens by which they come in, and what they may call."""

from collections.abc import Callable
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.commands import end_token, make_token
from accounts.errors import Refused
from accounts.forms import TokenForm
from accounts.queries import token_of, tokens_of
from cases.views.partners.door import Desk, at_work, show


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def programs(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _page(request, desk, TokenForm())
    if "token" in request.POST:
        return _end(request.POST["token"], desk)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form)
    said = form.cleaned_data
    lasts = timedelta(days=said["days"])
    try:
        _token, secret = make_token(name=said["name"], scopes=said["scopes"], lasts=lasts, by=desk.user, at=desk.at)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return _page(request, desk, form)
    # Answered in place, so that it stands in no address.
    return _page(request, desk, TokenForm(), secret=secret)


@require_safe
@at_work
def calls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every call as Swagger UI shows it: to read, and not to try out. The public pages have no script at all."""
    return show(request, desk, "calls", {"here": "programs"})


@require_safe
@at_work
def description(request: HttpRequest, desk: Desk, describe: Callable[[], bytes]) -> HttpResponse:
    """The same as the public side serves, where the office's own pages may load it from."""
    return HttpResponse(describe(), content_type="application/json")


def _end(pk: str, desk: Desk) -> HttpResponse:
    token = token_of(desk.user, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    if token is None:
        raise Http404
    end_token(token=token, by=desk.user, at=desk.at)
    return redirect("partner_programs")


def _page(request: HttpRequest, desk: Desk, form: TokenForm, *, secret: str = "") -> HttpResponse:
    context = {"form": form, "secret": secret, "tokens": tokens_of(desk.user), "here": "programs"}
    return show(request, desk, "programs", context)
