"""The words and marks of the officers' pages: moments, clocks and languages."""

from datetime import datetime
from functools import cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases import labels
from cases.codes.languages import language_name
from cases.moments import due_in_words, past_in_words, urgency
from cases.states import Severity

register = template.Library()

# How many of four bars are full: the same in every colour, and without any.
BARS = {Severity.CRITICAL: 4, Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1}


@register.filter
def due_words(due: datetime, now: datetime) -> str:
    return due_in_words(due, now)


@register.filter
def past_words(then: datetime, now: datetime) -> str:
    return past_in_words(then, now)


@register.filter
def due_class(due: datetime, now: datetime) -> str:
    return urgency(due, now)


@register.filter
def clock_label(kind: str) -> str:
    return str(labels.CLOCKS.get(kind, kind))


@register.filter
def rung_words(name: str) -> str:
    return labels.rung_in_words(name)


@register.filter
def found_words(result: str) -> str:
    return str(labels.FOUND[result])


@register.filter
def promise_words(state: str) -> str:
    return str(labels.PROMISED[state])


@register.filter
def appeal_words(result: str) -> str:
    return str(labels.LOOKED_AGAIN[result])


@register.filter
def opened_because(reason: str) -> str:
    return str(labels.OPENED_BECAUSE[reason])


@register.filter
def response_label(verb: str) -> str:
    return str(labels.RESPONSES.get(verb, verb))


@register.filter
def own_name(code: str) -> str:
    return language_name(code)


@register.simple_tag
@cache
def severity_bars(severity: str) -> SafeString:
    """Four bars, as many of them full as the case is severe; the word stands beside."""
    full = BARS.get(Severity(severity), 0) if severity else 0
    heights = ((place, 3 * (place + 1)) for place in range(4))
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="4" height="{}" class="{}"/>',
        ((place * 6 + 1, 13 - high, high, "full" if place < full else "empty") for place, high in heights),
    )
    return format_html('<svg class="bars" viewBox="0 0 25 14" width="25" height="14" aria-hidden="true">{}</svg>', bars)
