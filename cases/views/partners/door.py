"""Who comes in: somebody who holds the role and works for a partner that is in use. Each page knows for which one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from cases.queries.partners import drill_for, partner_of
from grievance.models import Drill, FieldPartner

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """Who is at work, for which partner, and when. ``drill``: what they file now is practice."""

    user: User
    partner: FieldPartner
    at: datetime
    drill: Drill | None


def at_work(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets its `Desk`; everybody else is sent to the login, or refused."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user, at = cast(User, request.user), timezone.now()
        partner = partner_of(user)
        if partner is None:
            raise PermissionDenied
        desk = Desk(user, partner, at, drill_for(partner, user, at))
        return view(request, desk, *args, **kwargs)

    return page


def show(
    request: HttpRequest, desk: Desk, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, f"partners/{template}.html", {"desk": desk, **(context or {})}, status=status)
