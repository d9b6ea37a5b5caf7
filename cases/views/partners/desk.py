"""What a partner follows: the list, one filing with the office's answers, and the export."""

import csv
from datetime import datetime
from io import StringIO

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.commands import choose_language
from cases.forms.partners import language_name
from cases.queries.partners import PAGE, Followed, all_followed, followed, one_followed, seen, texts_in_trouble
from cases.views.partners.door import Desk, at_work, show
from grievance.commands.partners.answering import open_answers
from grievance.sheets import harmless


@require_safe
@at_work
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    page = Paginator(followed(desk.partner), PAGE).get_page(request.GET.get("page"))
    rows = [(seen(relay), language_name(relay.grievance.language)) for relay in page]
    return show(
        request,
        desk,
        "home",
        {"page": page, "rows": rows, "texts": texts_in_trouble(desk.partner, desk.at), "here": "home"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def one(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """A GET says where it stands; a POST opens what the office answered, which the person sees counted."""
    found = one_followed(desk.partner, reference)
    if found is None:
        raise Http404
    answers = None
    if request.method == "POST":
        answers = open_answers(partner=desk.partner, reference=found.reference, by=desk.user, at=desk.at)
    context = {"one": found, "language": language_name(found.language), "answers": answers}
    return show(request, desk, "one", context)


@require_POST
@at_work
def language(request: HttpRequest, desk: Desk) -> HttpResponse:
    """In which language these pages speak to this person from now on; then the page that they came from."""
    choose_language(language=request.POST.get("language", ""), by=desk.user)
    wanted = request.POST.get("next", "")
    ours = wanted.startswith(reverse("partners")) and url_has_allowed_host_and_scheme(wanted, None)
    return redirect(wanted if ours else "partners")


@require_POST
@at_work
def export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything that the list shows, as CSV; no word, no name and no number of anybody."""
    body = StringIO()
    table = csv.writer(body)
    table.writerow(
        map(str, (_("Number"), _("Filed"), _("Language"), _("How they agreed"), _("You see"), _("Where it stands"),
                  _("Answers"), _("Drill")))
    )  # fmt: skip
    for row in all_followed(desk.partner):
        table.writerow([harmless(cell) for cell in _cells(row)])
    response = HttpResponse("\ufeff" + body.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_day(desk.at)}.csv"'
    return response


def _cells(row: Followed) -> list[str]:
    answers = "" if row.answers is None else str(row.answers)
    drill = _("Yes") if row.drill else ""
    return [
        row.reference, _day(row.at), row.language, row.consent, row.may_see, str(row.label), answers, drill
    ]  # fmt: skip


def _day(at: datetime) -> str:
    return at.date().isoformat()
