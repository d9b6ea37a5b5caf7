"""What a partner prints: the slips of those whom it filed for, and the guide to text messages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.partners import language_name
from cases.queries.partners import relayed_under, rows_of_list
from cases.views.partners.door import Desk, at_work, show
from grievance import papers, receipts
from grievance.keys import nonce_of, receipt_keys
from grievance.models import Relay
from grievance.queries import numbers_for


@require_POST
@at_work
def slips(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The numbers follow from the nonce of the page that was just answered; nobody without that page gets them."""
    nonce = request.POST.get("nonce", "")
    if receipts.read_nonce(nonce) is None:
        raise Http404
    raw, key = nonce_of(nonce), receipt_keys()[0]
    one = relayed_under(desk.partner, receipts.nonce_hash(raw))
    if one is not None:
        made = [papers.Slip(receipts.receipt_for(key, raw), one.reference, one.grievance.language)]
    else:
        made = [_slip(key, raw, relay) for relay in rows_of_list(desk.partner, receipts.nonce_hash(raw))]
    if not made:
        raise Http404
    return _pdf(papers.slips(made, numbers=numbers_for(desk.partner.countries)), "slips")


@require_http_methods(["GET", "HEAD"])
@at_work
def guide(request: HttpRequest, desk: Desk, language: str = "") -> HttpResponse:
    if not language:
        offered = [(code, language_name(code)) for code, _name in settings.LANGUAGES]
        return show(request, desk, "guide", {"languages": offered, "here": "guide"})
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return _pdf(papers.guide(language, numbers=numbers_for(desk.partner.countries)), f"guide-{language}")


def _slip(key: bytes, nonce: bytes, relay: Relay) -> papers.Slip:
    receipt = receipts.receipt_for(key, nonce_of(receipts.row_nonce(nonce, relay.row or 0)))
    return papers.Slip(receipt, f"{relay.row} · {relay.reference}", relay.grievance.language)


def _pdf(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
