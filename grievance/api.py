"""Addresses for machines: where gateways hand over text messages. Proven, kept, answered; read by a worker later."""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from grievance.commands.gateways import count_refused, keep_request, proven
from grievance.gateways import KINDS
from grievance.gateways.wire import Incoming
from grievance.queries import gateway_called

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def text(request: HttpRequest, slug: str, secret: str = "") -> HttpResponse:
    """A text, or what became of one of ours. 403 for what nobody proves; never a 4xx or 5xx for what it holds, since a
    gateway would ask again for hours, or never."""
    gateway = gateway_called(slug)
    incoming = _incoming(request, secret)
    at = timezone.now()
    if gateway is None or incoming is None or not proven(gateway, incoming, at=at):
        log.warning("gateway_not_proven", check=gateway.pk if gateway else "unknown")
        if gateway is not None:
            count_refused(gateway, at=at)
        return HttpResponse(status=403)
    keep_request(gateway=gateway, incoming=incoming, at=at)
    status, kind, body = KINDS[gateway.kind].answer
    return HttpResponse(body, content_type=kind, status=status, headers={"Cache-Control": "no-store"})


def _incoming(request: HttpRequest, secret: str) -> Incoming | None:
    """The call as it came; the address is the one in front of the proxy that we trust, if there is one."""
    try:
        body = request.body
    except (RequestDataTooBig, OSError):
        return None
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(request.build_absolute_uri(), body, headers, secret)
