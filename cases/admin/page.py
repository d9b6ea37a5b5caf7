"""The page of one case: a file that reads from top to bottom, with one button for each thing that may be done."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin import ScopedAdmin, acting
from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Field
from cases.admin.acts import DEEDS, Offer, offers
from cases.admin.files import copy_response, original_response
from cases.admin.gates import CompanyRow, company_rows, in_words, slugs_in, ways
from cases.admin.sections import sections_of
from cases.admin.timeline import kept_versions, timeline
from cases.codes import TAXONOMY
from cases.commands.reading import read_filing, read_masked, read_original, read_picture, read_safety
from cases.commands.unsealing import read_unsealed
from cases.forms.words import UPLOADS
from cases.models import Case, Filing
from cases.policies import shown
from cases.queries import CasePage, case_page
from cases.queries.ahead import companies_ahead, gates_ahead
from cases.queries.words import lacks_translation
from grievance.codes import OriginalReason
from grievance.models import Attachment
from grievance.queries import first_attachments, said_again
from grievance.questions import FAMILIES
from grievance.uploads import uploads_in
from supplychain.graph import answers_of
from supplychain.queries import drawn

if TYPE_CHECKING:
    Base = ScopedAdmin
else:
    Base = object

PLAIN_NAMES = {family.code: family.label for family in FAMILIES}
NOT_HERE = "not_found"
# The button of a form that puts a ready text into its field, and does nothing else.
INSERT = "insert"


class CasePages(Base):
    """The views of one case, for its admin."""

    def case_view(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._page(request, self._case(request, reference))

    def do_view(self, request: HttpRequest, reference: str, slug: str) -> HttpResponse:
        """Find, check the form, ONE command, back to the page; what was typed is never lost."""
        case = self._case(request, reference)
        if slug not in DEEDS:
            raise Http404
        if request.method != "POST":
            return redirect("admin:cases_case_page", case.reference)
        deed, user, at = DEEDS[slug], acting(request), timezone.now()
        page = _shown(request, case, user)
        uploads = uploads_in(request, UPLOADS)
        form = deed.form(request.POST, slug=slug, page=page, user=user, filing=_filing(request, page), uploads=uploads)
        if deed.form.inserts and INSERT in request.POST:
            return self._page(request, case, posted=Offer(deed, form.inserted(), open=True))
        if not form.is_valid():
            messages.error(
                request, _("Not done yet. Please look at what is marked below; what you typed is still there.")
            )
            return self._page(request, case, posted=Offer(deed, form, open=True))
        try:
            deed.run(case, form.cleaned_data, user, at)
        except Refused as refusal:
            if refusal.code == NOT_HERE:
                raise Http404 from None
            messages.error(request, in_words(refusal, page.acts))
            return self._page(request, self._case(request, reference), posted=Offer(deed, form, open=True))
        messages.success(request, str(deed.done))
        return self._after(request, case)

    @method_decorator(require_safe)
    def picture_view(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        """The stripped copy, never the original."""
        case = self._case(request, reference)
        attachment = get_object_or_404(Attachment, pk=pk, grievance__filing__case=case)
        try:
            copy = read_picture(attachment=attachment, by=acting(request), at=timezone.now())
        except Refused:
            raise Http404 from None
        return copy_response(request, copy, pk)

    def original_view(self, request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        """The file as it came: downloaded, never shown, and only for a reason that is kept."""
        case = self._case(request, reference)
        if request.method != "POST":
            return redirect("admin:cases_case_page", case.reference)
        attachment = get_object_or_404(Attachment, pk=pk, grievance__filing__case=case)
        reason = request.POST.get("reason", "")
        try:
            original = read_original(attachment=attachment, reason=reason, by=acting(request), at=timezone.now())
        except Refused as refusal:
            if refusal.code == NOT_HERE:
                raise Http404 from None
            messages.error(request, str(refusal.message))
            page = reverse("admin:cases_case_page", args=[case.reference])
            return redirect(f"{page}?filing={attachment.grievance.filing.pk}")
        return original_response(original, pk)

    def _case(self, request: HttpRequest, reference: str) -> Case:
        """404 for a case that does not exist for this person, as for one that does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = self.get_queryset(request).filter(reference=reference)
        found: Case | None = asked.select_related("site__operator", "handler").prefetch_related("codes").first()
        if found is None:
            raise Http404
        return found

    def _after(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Back to the case, or to the queue where the act took it out of this person's sight."""
        if self.get_queryset(request).filter(pk=case.pk).exists():
            return redirect("admin:cases_case_page", case.reference)
        messages.info(request, _("That case is not yours to see any more."))
        return redirect("admin:cases_case_changelist")

    def _page(self, request: HttpRequest, case: Case, posted: Offer | None = None) -> HttpResponse:
        user = acting(request)
        page = _shown(request, case, user)
        filing = _filing(request, page)
        sees = {field.value: shown(user, field, case) for field in Field}
        opened = self._words(request, case, filing, sees)
        offered = offers(page, user, filing, opened.get("words"), posted)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Case %(reference)s") % {"reference": case.reference},
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "now": timezone.now(),
            "page": page,
            "case": case,
            "sees": sees,
            "filing": filing,
            "said_again": said_again(filing.grievance) if filing else [],
            "subjects": _subjects(case),
            "chart": _chart(page),
            "happened": timeline(page.events),
            "versions": kept_versions(case) if sees[Field.HISTORY] else [],
            "offers": offered,
            **_ahead(page, sees, slugs_in(offered)),
            "first": sections_of(case, user, timezone.now(), first=True),
            "sections": sections_of(case, user, timezone.now()),
            **opened,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cases/case/page.html", context)

    def _words(self, request: HttpRequest, case: Case, filing: Filing | None, sees: dict[str, bool]) -> dict[str, Any]:
        """The words, or their masked version for those from whom identifying ones are kept, open with a row in the
        access log; a spent budget shows its refusal in their place."""
        if filing is None or not (sees[Field.STATEMENT] or sees[Field.MASKED]):
            return {}
        user, at = acting(request), timezone.now()
        try:
            if not sees[Field.STATEMENT]:
                return {"masked_reading": read_masked(case=case, filing=filing, by=user, at=at)}
            words = read_filing(case=case, filing=filing, by=user, at=at)
        except Refused as refusal:
            return {"unread_because": refusal.message}
        person = filing.grievance.complainant
        return {
            "words": words,
            "unsealed": read_unsealed(case=case, filing=filing, by=user, at=at),
            "safety_words": read_safety(case=case, filing=filing, by=user, at=at) if sees[Field.SAFETY] else [],
            "unread_language": lacks_translation(user, filing.grievance.language, words.translations),
            "pictures": first_attachments(filing.grievance),
            "original_reasons": OriginalReason.choices(),
            "name_kept": person.seals.exists() if filing.grievance.openness == "confidential" else False,
        }


def _ahead(page: CasePage, sees: dict[str, bool], slugs: frozenset[str]) -> dict[str, Any]:
    """What the gates ahead ask, for whoever may read what is on record; the companies at least by name."""
    if not sees[Field.RECORD]:
        return {"companies": [CompanyRow(one) for one in page.respondents]}
    return {
        "ways": ways(gates_ahead(page.case, timezone.now()), slugs),
        "companies": company_rows(companies_ahead(page.case, page.respondents), slugs),
    }


def _shown(request: HttpRequest, case: Case, user: User) -> CasePage:
    """The page with the person on it whom the officer has before them."""
    filing = request.POST.get("filing") or request.GET.get("filing", "")
    return case_page(case=case, user=user, at=timezone.now(), people=request.GET.get("people", ""), filing=filing)


def _filing(request: HttpRequest, page: CasePage) -> Filing | None:
    """The filing whose words are shown: the one asked for, or the first."""
    wanted = request.POST.get("filing") or request.GET.get("filing")
    first = page.filings[0] if page.filings else None
    return next((filing for filing in page.filings if str(filing.pk) == wanted), first)


def _subjects(case: Case) -> list[Any]:
    codes = [row.code for row in case.codes.all()]
    return [PLAIN_NAMES.get(code) or (TAXONOMY[code].label if code in TAXONOMY else code) for code in codes]


def _chart(page: CasePage) -> Any:
    if page.routing is None:
        return None
    site = page.case.site.name if page.case.site else ""
    return drawn(site_name=site, answers=answers_of(page.routing.answer["answers"]), key="route")
