"""Moments in words: how far away a deadline is, and how long ago something happened."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400
# So many hours are better said as days.
HOURS_UNTIL = 48
# A deadline this near is marked before it is missed.
SOON = timedelta(days=2)


def _count(distance: timedelta) -> tuple[str, int]:
    """The unit that says it best, and how many of it; never none of something."""
    seconds = abs(distance).total_seconds()
    if seconds < HOUR:
        return "minute", max(1, round(seconds / MINUTE))
    if round(seconds / HOUR) < HOURS_UNTIL:
        return "hour", round(seconds / HOUR)
    return "day", round(seconds / DAY)


def due_in_words(due: datetime, now: datetime) -> str:
    """ "in 3 days", "2 days late"."""
    unit, count = _count(due - now)
    ahead = {
        "minute": ngettext("in %(count)d minute", "in %(count)d minutes", count),
        "hour": ngettext("in %(count)d hour", "in %(count)d hours", count),
        "day": ngettext("in %(count)d day", "in %(count)d days", count),
    }
    late = {
        "minute": ngettext("%(count)d minute late", "%(count)d minutes late", count),
        "hour": ngettext("%(count)d hour late", "%(count)d hours late", count),
        "day": ngettext("%(count)d day late", "%(count)d days late", count),
    }
    return (late if due < now else ahead)[unit] % {"count": count}


def past_in_words(then: datetime, now: datetime) -> str:
    """ "3 days ago"; what lies ahead after all is said as a deadline is."""
    if then > now:
        return due_in_words(then, now)
    if now - then < timedelta(minutes=1):
        return _("just now")
    unit, count = _count(now - then)
    return {
        "minute": ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
        "hour": ngettext("%(count)d hour ago", "%(count)d hours ago", count),
        "day": ngettext("%(count)d day ago", "%(count)d days ago", count),
    }[unit] % {"count": count}


def urgency(due: datetime, now: datetime) -> str:
    """ "overdue", "soon" or "": what a page marks a deadline with, beside its words."""
    if due < now:
        return "overdue"
    return "soon" if due - now <= SOON else ""
