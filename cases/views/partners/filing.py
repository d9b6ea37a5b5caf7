"""Filing for somebody: the same questions as on the public form, and how they agreed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods

from cases.forms.partners import BehalfForm, check_together, language_name
from cases.views.partners.door import Desk, at_work, show
from grievance import receipts
from grievance.asking import FormPage, Press, Preview, Way, answer_to, blank
from grievance.commands.files import stage, unstage
from grievance.commands.partners import Relayed, file_for
from grievance.forms import FilingForm, Openness, Safe
from grievance.queries import custody_pairs, staged_files
from grievance.uploads import left_out
from grievance.views import pictures_in, taken_back

START = {"openness": Openness.ANONYMOUS, "safe_way": Safe.NONE}


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def file(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method == "POST":
        return _file(request, desk, request.POST)
    form = FilingForm(initial=START, today=desk.at.date(), confidential=bool(custody_pairs()))
    return _page(request, desk, form, _behalf(desk, None), blank(form), receipts.new_nonce())


def _file(request: HttpRequest, desk: Desk, data: QueryDict) -> HttpResponse:
    nonce = data.get("nonce", "")
    if receipts.read_nonce(nonce) is None:
        nonce = receipts.new_nonce()
    if removed := taken_back(data):
        unstage(nonce=nonce, ids=removed, at=desk.at)
    uploads = pictures_in(request)
    form = FilingForm(
        data,
        today=desk.at.date(),
        confidential=SimpleLazyObject(lambda: bool(custody_pairs())),
        uploads=uploads,
        staged=staged_files(nonce=nonce, at=desk.at) if uploads else (),
    )
    behalf, press = _behalf(desk, data), Press.of(data)
    form.is_valid()
    check_together(form, behalf)
    if form.is_valid() and behalf.is_valid() and press.do == "send":
        relayed = file_for(
            partner=desk.partner,
            by=desk.user,
            draft=form.draft(behalf.spoken()),
            behalf=behalf.behalf(),
            nonce=nonce,
            uploads=uploads,
            staged="nothing_waits" not in data,
            at=desk.at,
        )
        return _slip(request, desk, relayed, nonce, behalf.spoken())
    if uploads:
        stage(nonce=nonce, uploads=uploads, at=desk.at)
    form.staged = staged_files(nonce=nonce, at=desk.at)
    return _page(request, desk, form, behalf, _next_page(form, behalf, press), nonce)


def _next_page(form: FilingForm, behalf: BehalfForm, press: Press) -> FormPage | Preview:
    """How they agreed is asked on the page that holds everything; nothing is looked at before it is answered."""
    page = answer_to(form, press)
    if press.do in {"preview", "send"} and not behalf.is_valid():
        return answer_to(form, Press("preview", Way.ALL, press.step)) if form.errors else blank(form)
    return page


def _behalf(desk: Desk, data: QueryDict | None) -> BehalfForm:
    return BehalfForm(data, partner=desk.partner, language=translation.get_language() or settings.LANGUAGE_CODE)


def _page(
    request: HttpRequest, desk: Desk, form: FilingForm, behalf: BehalfForm, page: FormPage | Preview, nonce: str
) -> HttpResponse:
    whole = isinstance(page, FormPage) and page.way is Way.ALL
    asked = Press.of(request.POST).do in {"preview", "send"} if request.method == "POST" else False
    context = {
        "page": page,
        "nonce": nonce,
        "staged": form.staged,
        "confidential": form.confidential,
        "left_out": left_out(form.uploads),
        "action": reverse("partner_file"),
        "behalf": behalf,
        "whole": whole,
        "behalf_wrong": whole and asked and not behalf.is_valid(),
        "here": "file",
    }
    return show(request, desk, "preview" if isinstance(page, Preview) else "file", context)


def _slip(request: HttpRequest, desk: Desk, relayed: Relayed, nonce: str, language: str) -> HttpResponse:
    """Answered in place, so that the person's number stands in no address; shown once, and kept by nobody."""
    context = {
        "groups": receipts.group(relayed.filed.receipt).split(),
        "relayed": relayed,
        "nonce": nonce,
        "language": language_name(language),
        "left_out": relayed.filed.left_out,
        "here": "file",
    }
    return show(request, desk, "slip", context)
