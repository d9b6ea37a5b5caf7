"""Filing for a list of people: chosen, looked at row by row, and sent; nothing is filed before that."""

import csv
from collections.abc import Sequence
from io import StringIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.partners import Listed, hints, listed, rows_of
from cases.views.partners.door import Desk, at_work, show
from grievance import receipts, sheets, vault
from grievance.budgets import address_of
from grievance.commands.files import stage
from grievance.commands.partners import file_many
from grievance.queries import custody_pairs, staged_plain
from grievance.rules import LIST_LONGEST
from grievance.uploads import SealedUpload, hold_to_budget, uploads_in


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def many(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _choose(request, desk)
    nonce = request.POST.get("nonce", "")
    if request.POST.get("do") == "send" and receipts.read_nonce(nonce) is not None:
        return _send(request, desk, nonce)
    return _look(request, desk)


@require_safe
@at_work
def empty_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The columns in the reader's language, and one row that shows how to fill them in."""
    body = StringIO()
    csv.writer(body).writerow(sheets.header(_language()))
    response = HttpResponse("\ufeff" + body.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="list.csv"'
    return response


def _choose(request: HttpRequest, desk: Desk, problem: object = "") -> HttpResponse:
    context = {"problem": problem, "columns": hints(desk.partner), "most": LIST_LONGEST, "here": "many"}
    return show(request, desk, "many", context)


def _look(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The file waits sealed, for a day, and only the page that holds its nonce opens it."""
    uploads = uploads_in(request, "list")
    hold_to_budget(uploads, address=address_of(request), returning=True, at=desk.at)
    if not uploads or uploads[0].problem:
        return _choose(request, desk, _("Please choose the file with your list."))
    try:
        people, sheet = _people(_opened(uploads[0]), desk)
    except sheets.NotASheet as wrong:
        return _choose(request, desk, sheets.what_is_wrong(wrong.code))
    nonce = receipts.new_nonce()
    if all(one.row for one in people):
        stage(nonce=nonce, uploads=uploads[:1], at=desk.at)
    context = {
        "people": people,
        "wrong": [one for one in people if one.problems],
        "unknown": sheet.unknown,
        "nonce": nonce,
        "here": "many",
    }
    return show(request, desk, "many_preview", context)


def _send(request: HttpRequest, desk: Desk, nonce: str) -> HttpResponse:
    raw = staged_plain(nonce=nonce, at=desk.at)
    if raw is None:
        return _choose(request, desk, _("This list waits here no longer. Please choose the file again."))
    try:
        people, _sheet = _people(raw, desk)
    except sheets.NotASheet as wrong:  # it was read before; in another language of the page, perhaps
        return _choose(request, desk, sheets.what_is_wrong(wrong.code))
    rows = rows_of(people)
    if len(rows) != len(people):
        return _choose(request, desk, _("Something in this list is not right any more. Please choose the file again."))
    filed = list(file_many(partner=desk.partner, by=desk.user, rows=rows, nonce=nonce, at=desk.at))
    slips = [(one, receipts.group(one.filed.receipt).split()) for one in filed]
    context = {"slips": slips, "nonce": nonce, "again": all(one.filed.again for one in filed), "here": "many"}
    return show(request, desk, "many_sent", context)


def _people(raw: bytes, desk: Desk) -> tuple[list[Listed], sheets.Sheet]:
    language = _language()
    sheet = sheets.read(raw, languages=_languages(desk), most=LIST_LONGEST, must=sheets.MUST_BE_THERE)
    keeps_names = bool(custody_pairs())
    return listed(sheet, desk.partner, language=language, today=desk.at.date(), confidential=keeps_names), sheet


def _languages(desk: Desk) -> Sequence[str]:
    return (_language(), *(code for code in desk.partner.languages if code in dict(settings.LANGUAGES)))


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _opened(upload: SealedUpload) -> bytes:
    """It was sealed while it came in, like every file; what it says is read in memory alone."""
    return b"".join(vault.open_file(upload.file_key, upload.sealed_chunks()))
