"""The public pages up to the receipt: choosing a language, telling us, leaving. No cookie, nothing in a cache."""

import binascii
from base64 import urlsafe_b64decode
from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.functional import SimpleLazyObject
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from grievance import receipts
from grievance.asking import FormPage, Press, Preview, answer_to, blank
from grievance.budgets import address_of
from grievance.commands.files import stage, unstage
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import end_session
from grievance.flooding import Crowd, crowd_of, ticket
from grievance.forms import FilingForm, Openness, Safe
from grievance.help import by_place
from grievance.queries import custody_pairs, staged_files
from grievance.uploads import SealedUpload, hold_to_budget, left_out, uploads_in
from supplychain.queries import site_of_poster

FOLLOW_COOKIE = "follow"
SECRET = settings.SECRET_KEY.encode()
Page = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Language:
    """A language as its own readers call it."""

    code: str
    name: str
    dir: str


def languages() -> list[Language]:
    known = (translation.get_language_info(code) for code, _name in settings.LANGUAGES)
    return [Language(info["code"], info["name_local"], "rtl" if info["bidi"] else "ltr") for info in known]


def readable(view: Page) -> Page:
    """What came too big or broken gets a page that says so; no cookie here lets a forger file as somebody."""

    @csrf_exempt
    def page(request: HttpRequest) -> HttpResponseBase:
        try:
            request.POST  # noqa: B018 - Django reads the body here
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return render(request, "grievance/unreadable.html", {"too_big": True}, status=413)
        except (MultiPartParserError, UnreadablePostError):
            return render(request, "grievance/unreadable.html", status=400)
        return view(request)

    return page


@require_GET
def chooser(request: HttpRequest) -> HttpResponse:
    """Every language by its own name, the likeliest first; no redirect, so that a person can choose."""
    offered = languages()
    first = next((one for one in offered if one.code == translation.get_language()), offered[0])
    others = [one for one in offered if one != first]
    return render(request, "grievance/chooser.html", {"first": first, "languages": others})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "grievance/home.html", {"languages": languages()})


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Numbers of every country, so that nobody has to say where they are."""
    return render(request, "grievance/help.html", {"places": by_place()})


@readable
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The form; and what came with it, answered with its receipt or with what has to be looked at again."""
    if request.method == "POST":
        return _file(request, request.POST, timezone.now())
    form = FilingForm(initial=_blank(request.GET), today=timezone.now().date(), confidential=bool(custody_pairs()))
    return _form_page(request, form, blank(form), receipts.new_nonce())


def _file(request: HttpRequest, data: QueryDict, at: datetime) -> HttpResponse:
    nonce = data.get("nonce", "")
    if receipts.read_nonce(nonce) is None:
        nonce = receipts.new_nonce()
    if removed := taken_back(data):
        unstage(nonce=nonce, ids=removed, at=at)
    uploads = pictures_in(request)
    form = FilingForm(
        data,
        today=at.date(),
        confidential=SimpleLazyObject(lambda: bool(custody_pairs())),  # asked only of a form that it matters to
        uploads=uploads,
        staged=staged_files(nonce=nonce, at=at) if uploads else (),
    )
    press = Press.of(data)
    if not form.is_valid() or press.do != "send":
        if uploads:
            stage(nonce=nonce, uploads=uploads, at=at)
        if uploads or "nothing_waits" not in data:
            form.staged = staged_files(nonce=nonce, at=at)
        return _form_page(request, form, answer_to(form, press), nonce)
    crowd = crowd_of(nonce=nonce, held=data.get("once_more", ""), address=address_of(request), secret=SECRET, at=at)
    if crowd is Crowd.ONCE_MORE:
        stage(nonce=nonce, uploads=uploads, at=at)
        return _once_more_page(request, nonce, uploads, at)
    draft = form.draft(translation.get_language() or settings.LANGUAGE_CODE)
    filed = file_grievance(
        draft=draft,
        nonce=nonce,
        uploads=uploads,
        staged="nothing_waits" not in data,
        bulk=crowd is Crowd.BULK,
        at=at,
    )
    return _receipt_page(request, filed, nonce)


def pictures_in(request: HttpRequest, *, returning: bool = False) -> list[SealedUpload]:
    """The files of the form, of any kind; several choosers share the name. Asked once a request: each asking counts.
    ``returning``: from the page of somebody with a number."""
    uploads = uploads_in(request, "photos")
    if uploads:
        hold_to_budget(uploads, address=address_of(request), returning=returning, at=timezone.now())
    return uploads


def taken_back(data: QueryDict) -> list[int]:
    """The staged files that the person ticked to take away."""
    return [int(pk) for pk in data.getlist("remove") if pk.isascii() and pk.isdigit() and len(pk) < 18]


def _blank(query: QueryDict) -> dict[str, str]:
    """What a new form holds: the safest choices, and the place if its poster was read."""
    poster = query.get("site", "")[:12]
    site = site_of_poster(poster) if poster else None
    known = {"poster": poster, "place": site.name} if site else {}
    return {"openness": Openness.ANONYMOUS, "safe_way": Safe.NONE, **known}


def _form_page(request: HttpRequest, form: FilingForm, page: FormPage | Preview, nonce: str) -> HttpResponse:
    template = "grievance/preview.html" if isinstance(page, Preview) else "grievance/file.html"
    context = {
        "page": page,
        "nonce": nonce,
        "staged": form.staged,
        "confidential": form.confidential,
        "left_out": left_out(form.uploads),
    }
    return render(request, template, context)


def _once_more_page(request: HttpRequest, nonce: str, uploads: list[SealedUpload], at: datetime) -> HttpResponse:
    """Everything that was typed, to be sent again as it is; its files wait with it."""
    ours = {"nonce", "once_more", "remove", *(["nothing_waits"] if uploads else [])}
    typed = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
    more = {
        "nonce": nonce,
        "typed": typed,
        "ticket": ticket(nonce=nonce, secret=SECRET, at=at),
        "left_out": left_out(uploads),
    }
    return render(request, "grievance/once_more.html", more)


def _receipt_page(request: HttpRequest, filed: Filed, nonce: str) -> HttpResponse:
    """Answered in place and not by a redirect, so that the receipt stands in no address."""
    context = {
        "groups": receipts.group(filed.receipt).split(),
        "again": filed.again,
        "added": filed.added,
        "left_out": filed.left_out,
        "read_by": filed.read_by,
        "now": timezone.now(),
        "nonce": nonce,
    }
    return render(request, "grievance/receipt.html", context)


@csrf_exempt
def leave(request: HttpRequest) -> HttpResponse:
    """End the follow session, ask the browser to forget us, and show a calendar."""
    if request.method != "POST":
        return redirect("calendar")
    if session_key := follow_key(request):
        end_session(session_key=session_key)
    response = HttpResponseRedirect(redirect("calendar").url, status=303)
    response.delete_cookie(FOLLOW_COOKIE, samesite="Strict")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def follow_key(request: HttpRequest) -> bytes | None:
    """The session key that the follow cookie holds."""
    try:
        key = urlsafe_b64decode(request.COOKIES.get(FOLLOW_COOKIE, ""))
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, like any other page with a month on it; nothing of ours stands here."""
    today = timezone.now().date()
    month = _month(request.GET.get("month", "")) or today.replace(day=1)
    first_day = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7  # Django counts from Sunday, Python from Monday
    context = {
        "today": today,
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1) if month.year > 1900 else None,
        "after": (month + timedelta(days=31)).replace(day=1) if month.year < 2100 else None,
        "names": [WEEKDAYS_ABBR[(first_day + place) % 7] for place in range(7)],
        "weeks": Calendar(first_day).monthdatescalendar(month.year, month.month),
    }
    return render(request, "grievance/calendar.html", context)


def _month(text: str) -> date | None:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if 1900 <= month.year <= 2100 else None
