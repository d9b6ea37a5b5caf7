"""How a case is shown in a few signs: cells of the queue, and lines at the head of its page. Made without a template,
since the queue has three hundred of them."""

from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases import labels
from cases.codes.languages import language_name
from cases.models import Case
from cases.moments import due_in_words, urgency
from cases.states import CASE, LABELS, Severity, Stage
from cases.templatetags.case_words import severity_bars

register = template.Library()

QUIET = '<span class="quiet">{}</span>'


def name_mark(case: Case) -> SafeString:
    urgent = format_html(' <span class="mark urgent">{}</span>', _("Urgent")) if case.urgent_since else ""
    unread = format_html(' <span class="mark unread">{}</span>', _("Unread answer")) if case.unread_since else ""
    return format_html('<b class="ref">{}</b>{}{}', case.reference, urgent, unread)


def due_mark(case: Case, now: datetime) -> SafeString:
    """``case`` has its ``next_clock``."""
    due = case.next_due_at
    if due is None:
        return format_html(QUIET, _("nothing due"))
    kind = getattr(case, "next_clock", None) or ""
    there = localtime(due)
    return format_html(
        '<span class="what">{}</span> <span class="when"><b class="{}">{}</b> <time datetime="{}">{}</time></span>',
        labels.CLOCKS.get(kind, kind), urgency(due, now), due_in_words(due, now), there.isoformat(),
        date_format(there, "j M Y"),
    )  # fmt: skip


def stage_mark(case: Case) -> SafeString:
    return format_html('<span class="stage">{}</span>', CASE.states[Stage(case.stage)].label)


@register.simple_tag
def severity_mark(case: Case) -> SafeString:
    if not case.severity:
        return format_html(QUIET, _("not rated"))
    bars = severity_bars(case.severity)
    return format_html('<span class="severity">{} {}</span>', bars, LABELS[Severity(case.severity)])


def language_mark(case: Case) -> SafeString:
    return format_html('<bdi lang="{}">{}</bdi>', case.language, language_name(case.language))


@register.simple_tag
def handler_mark(case: Case) -> SafeString:
    if case.handler is None:
        return format_html(QUIET, _("nobody yet"))
    return format_html("{}", case.handler.get_full_name() or case.handler.username)
