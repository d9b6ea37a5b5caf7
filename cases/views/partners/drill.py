"""Beginning and ending a drill."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.views.partners.door import Desk, at_work, show
from grievance.commands.partners.drills import end_drill, start_drill
from grievance.rules import DRILL_LASTS


@require_http_methods(["GET", "HEAD", "POST"])
@at_work
def drill(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        hours = int(DRILL_LASTS.total_seconds() // 3600)
        return show(request, desk, "drill", {"hours": hours, "here": "drill"})
    if request.POST.get("do") == "end" and desk.drill is not None:
        end_drill(drill=desk.drill, by=desk.user, at=desk.at)
    elif request.POST.get("do") == "start":
        person = desk.partner.people.get(user=desk.user, ended_at=None) if request.POST.get("who") == "me" else None
        start_drill(partner=desk.partner, person=person, by=desk.user, at=desk.at)
    return redirect("partner_drill")
