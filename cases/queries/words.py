"""Reads of what was said: which words wait for a translation, and in which languages somebody reads."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Max, OuterRef, Subquery

from accounts.models import User
from cases.models import Broadcast, CannedText, Case, Filing
from grievance.models import Message
from grievance.queries import Translated

# What fits a list of choices.
MOST_MESSAGES = 200
MOST_CANNED = 200


def languages_read_by(user: User) -> frozenset[str]:
    """The language of a person's account, and that of the office (``LANGUAGE_CODE``): no more is known of anybody."""
    return frozenset({user.language, settings.LANGUAGE_CODE})


def lacks_translation(user: User, language: str, translations: Sequence[Translated]) -> bool:
    """Are these words in no language that this person reads, and not translated into one yet?"""
    return not languages_read_by(user) & {language, *(one.language for one in translations)}


def messages_of(grievance_id: int) -> list[Message]:
    """The messages of one conversation, newest first, unopened."""
    found = Message.objects.filter(grievance=grievance_id).defer("sealed_body")
    return list(found.order_by("-sent_at", "-pk")[:MOST_MESSAGES])


def waiting_in(case: Case) -> list[Message]:
    """The replies of a case that wait for a translation, oldest first, unopened."""
    found = Message.objects.waiting().filter(grievance__filing__case=case).defer("sealed_body")
    return list(found.order_by("sent_at", "pk")[:MOST_MESSAGES])


def longest_without_news(case: Case) -> datetime | None:
    """Since when that one of the people who filed has heard nothing who has waited longest: the last reply or text to
    all that each could read, or the day on which they joined. None: nobody is there to hear."""
    to_all = Broadcast.objects.filter(case=case).aggregate(at=Max("at"))["at"]
    replies = Message.objects.filter(grievance=OuterRef("grievance"), author__isnull=False)
    last = replies.order_by("-released_at").exclude(released_at=None).values("released_at")[:1]
    rows = Filing.objects.live().filter(case=case).values_list("joined_at", Subquery(last))
    heard = (max(at for at in (joined, replied, to_all) if at is not None) for joined, replied in rows)
    return min(heard, default=None)


def canned_for(language: str) -> list[CannedText]:
    """Ready texts, those in that language first."""
    texts = CannedText.objects.order_by("name", "language")[:MOST_CANNED]
    return sorted(texts, key=lambda text: text.language != language)
