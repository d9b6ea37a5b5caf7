"""The numbers that a partner registered, and what became of their texts; not a word of any text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.queries.partners import number_of, numbers_of
from cases.views.partners.door import Desk, at_work, show
from grievance.commands.partners.keeping import end_number


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def numbers(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return show(request, desk, "numbers", {"numbers": numbers_of(desk.partner), "here": "numbers"})
    pk = request.POST.get("number", "")
    found = number_of(desk.partner, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    if found is None:
        raise Http404
    end_number(number=found, by=desk.user, at=desk.at)
    return redirect("partner_numbers")
