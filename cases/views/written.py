"""The page after the number: the person has it on paper, and reads what happens next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.forms import WrittenForm
from grievance import receipts
from grievance.commands.written import number_of, written_down
from grievance.views import readable


@readable
@require_http_methods(["GET", "HEAD", "POST"])
def written(request: HttpRequest) -> HttpResponse:
    """Compare what they copied, if they want; who copied it wrong sees the number again. Its form posts the nonce of
    the page alone, so that the number stands in no address and in no field."""
    nonce = request.POST.get("nonce", "")
    paper = number_of(nonce=nonce) if receipts.read_nonce(nonce) else None
    if paper is None:
        return redirect("follow")
    at = timezone.now()
    form, replaced = WrittenForm(request.POST, receipt=paper.receipt), "replaced" in request.POST
    if not form.is_valid():
        context = {"groups": receipts.group(paper.receipt).split(), "nonce": nonce, "again": True, "wrong": True}
        return render(request, "grievance/receipt.html", {**context, "replaced": replaced})
    written_down(nonce=nonce, at=at)
    context = {
        "checked": bool(form.cleaned_data["last"]),
        "answered_by": paper.answer_by,
        "read_by": paper.read_by,
        "now": at,
        "replaced": replaced,
    }
    return render(request, "cases/written.html", context)
