"""Pages beside the queue: the same for many chosen cases, the hand-over of a colleague's, the search in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ScopedAdmin, acting
from accounts.errors import Refused
from accounts.queries import roles_of
from accounts.roles import Act, Role, does
from cases.admin.page import INSERT
from cases.commands.reading import search_own_words
from cases.commands.together import Together, assign_all, hand_over, reply_all, set_all_aside, take_all_from_bulk
from cases.forms.desk import (
    AsideManyForm,
    AssignManyForm,
    HandOverForm,
    ManyForm,
    NumberForm,
    ReplyManyForm,
    SearchForm,
)
from cases.models import Case
from cases.queries.searching import found_under

if TYPE_CHECKING:
    Base = ScopedAdmin
else:
    Base = object

QUEUE = "admin:cases_case_changelist"
SUPERVISING = frozenset({Role.SUPERVISOR, Role.OVERSIGHT})


@dataclass(frozen=True)
class Many:
    """One thing that may be done to many cases: who may, its form and its command."""

    slug: str
    act: Act
    label: str | Promise
    hint: str | Promise
    form: type[ManyForm]
    command: Any


MANY = {
    one.slug: one
    for one in (
        Many(
            "assign", Act.ASSIGN, _("Assign to a handler"),
            _("Each case is asked on its own: where the handler is in conflict, it stays where it is."),
            AssignManyForm, assign_all,
        ),
        Many(
            "reply", Act.REPLY, _("Reply to everybody who filed"),
            _("Only in cases that you handle. It answers no single message: what somebody asked stays unread."),
            ReplyManyForm, reply_all,
        ),
        Many(
            "bulk", Act.TRIAGE, _("Take out of the review in bulk"),
            _("You have looked: each is a case like any other from now on, and those who read new cases are told."),
            ManyForm, take_all_from_bulk,
        ),
        Many(
            "aside", Act.SET_ASIDE, _("Set aside"),
            _("None of them is a complaint. Each is kept and can be brought back, and a sample is looked at again."),
            AsideManyForm, set_all_aside,
        ),
    )
}  # fmt: skip


class TogetherPages(Base):
    """The views beside the queue, for its admin."""

    def beside_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("words/", view(self.words_view), name="cases_case_words"),
            path("number/", view(self.number_view), name="cases_case_number"),
            path("hand-over/", view(self.hand_over_view), name="cases_case_hand_over"),
            path("together/<slug:slug>/", view(self.together_view), name="cases_case_together"),
        ]

    # -- chosen rows of the queue
    @admin.action(description=_("Assign to a handler"))
    def assign_many(self, request: HttpRequest, queryset: models.QuerySet[Case]) -> HttpResponse | None:
        return self._begin(request, MANY["assign"], queryset)

    @admin.action(description=_("Reply to everybody who filed"))
    def reply_many(self, request: HttpRequest, queryset: models.QuerySet[Case]) -> HttpResponse | None:
        return self._begin(request, MANY["reply"], queryset)

    @admin.action(description=_("Take out of the review in bulk"))
    def bulk_many(self, request: HttpRequest, queryset: models.QuerySet[Case]) -> HttpResponse | None:
        return self._begin(request, MANY["bulk"], queryset)

    @admin.action(description=_("Set aside"))
    def aside_many(self, request: HttpRequest, queryset: models.QuerySet[Case]) -> HttpResponse | None:
        return self._begin(request, MANY["aside"], queryset)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those of this person's role."""
        roles = roles_of(acting(request))
        offered = super().get_actions(request)
        return {name: one for name, one in offered.items() if does(roles, MANY[name.partition("_")[0]].act)}

    def _begin(self, request: HttpRequest, many: Many, queryset: models.QuerySet[Case]) -> HttpResponse | None:
        chosen = list(queryset)
        if not chosen:
            return None
        return self._many_page(request, many, chosen, many.form(user=acting(request)))

    def together_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Check the form, ONE command, back to the queue with what was done and what was not."""
        self._check(request)
        if slug not in MANY:
            raise Http404
        many, user = MANY[slug], acting(request)
        if not does(roles_of(user), many.act):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(QUEUE)
        numbers = [int(pk) for pk in request.POST.getlist("case")[: self.list_per_page] if pk.isdecimal()]
        chosen = list(self.get_queryset(request).filter(pk__in=numbers).order_by("due_order", "pk"))
        if not chosen:
            return redirect(QUEUE)
        form = many.form(request.POST, user=user)
        if form.inserts and INSERT in request.POST:
            return self._many_page(request, many, chosen, form.inserted())
        if not form.is_valid():
            return self._many_page(request, many, chosen, form)
        outcome = many.command(cases=chosen, by=user, at=timezone.now(), **form.cleaned_data)
        tell(request, outcome)
        return redirect(QUEUE)

    def _many_page(self, request: HttpRequest, many: Many, chosen: list[Case], form: ManyForm) -> HttpResponse:
        more = {"title": many.label, "many": many, "chosen": chosen, "form": form}
        return self._beside(request, "admin/cases/case/together.html", more)

    # -- a colleague's cases
    def hand_over_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        user = acting(request)
        if not roles_of(user) & SUPERVISING:
            raise PermissionDenied
        form = HandOverForm(request.POST or None, user=user)
        more: dict[str, Any] = {"title": _("Hand over somebody's cases"), "form": form}
        if request.method == "POST" and form.is_valid():
            try:
                outcome, left = hand_over(by=user, at=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                more |= {"outcome": outcome, "left": left}
        return self._beside(request, "admin/cases/case/hand_over.html", more)

    # -- the words of one's own cases
    def words_view(self, request: HttpRequest) -> HttpResponse:
        """What is looked for comes in the body of the request and goes nowhere from there."""
        self._check(request)
        form = SearchForm(request.POST or None, auto_id="words-%s", label_suffix="")
        more: dict[str, Any] = {"title": _("Search in the words of my cases"), "form": form}
        if request.method == "POST" and form.is_valid():
            try:
                more["found"] = search_own_words(**form.cleaned_data, by=acting(request), at=timezone.now())
            except Refused as refusal:
                form.add_error("typed", str(refusal.message))
        return self._beside(request, "admin/cases/case/words.html", more)

    # -- somebody telephones, and says their number
    def number_view(self, request: HttpRequest) -> HttpResponse:
        """Not by the search of the queue, which stands in the address: such a number is half of what opens a case."""
        self._check(request)
        form = NumberForm(request.POST or None, auto_id="number-%s", label_suffix="")
        if request.method == "POST" and form.is_valid():
            found = found_under(form.cleaned_data["typed"], acting(request))
            if found is not None:
                return redirect(f"{reverse('admin:cases_case_page', args=[found.case.reference])}?filing={found.pk}")
            form.add_error("typed", _("No case that you may see goes by this number."))
        return self._beside(
            request, "admin/cases/case/number.html", {"title": _("Find a case by its number"), "form": form}
        )

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _beside(self, request: HttpRequest, template: str, more: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "now": timezone.now(),
            **more,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, context)


def tell(request: HttpRequest, outcome: Together) -> None:
    """How many, and for each reason which were left as they were."""
    done = ngettext("Done in %(count)d case.", "Done in %(count)d cases.", outcome.done) % {"count": outcome.done}
    messages.add_message(request, messages.SUCCESS if outcome.done else messages.INFO, done)
    for refused in outcome.refused.values():
        told = ngettext("Not done in %(count)d case: %(why)s", "Not done in %(count)d cases: %(why)s", refused.count)
        which = ", ".join(case.reference for case in refused.cases)
        messages.warning(request, " ".join((told % {"count": refused.count, "why": refused.message}, which)).strip())
