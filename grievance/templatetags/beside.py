"""What stands beside the question whether somebody is in danger: by when a human reads it, and who else can help."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grievance.help import Line, lines_in
from grievance.queries import read_by
from grievance.rota import ReadBy
from grievance.rules import URGENT_ANSWER_WITHIN

register = template.Library()


@register.inclusion_tag("grievance/help_lines.html")
def help_lines(country: str) -> dict[str, list[Line]]:
    """The numbers of one country, to stand where somebody says that they are in danger; nothing where none is known."""
    return {"lines": lines_in(country)}


@register.simple_tag
def read_by_now() -> str:
    """For what is sent at this moment."""
    now = timezone.now()
    return read_by_words(read_by(at=now, urgent=True), now)


@register.filter
def read_by_words(read: ReadBy, now: datetime) -> str:
    """The day in words where it is near, the hour, and whose hour it is: that of the people who read."""
    if not read.zone:
        return _("within %(hours)d hours") % {"hours": URGENT_ANSWER_WITHIN.total_seconds() // 3600}
    zone = ZoneInfo(read.zone)
    here, there = now.astimezone(zone), read.at.astimezone(zone)
    words = {
        "hour": date_format(there, "TIME_FORMAT"),
        "day": date_format(there, "l j F"),
        "place": read.zone.rpartition("/")[2].replace("_", " "),
    }
    if there.date() == here.date():
        return _("today by %(hour)s, time of %(place)s") % words
    if there.date() == here.date() + timedelta(days=1):
        return _("tomorrow by %(hour)s, time of %(place)s") % words
    return _("on %(day)s by %(hour)s, time of %(place)s") % words
