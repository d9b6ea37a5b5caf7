"""Wrong extra words are counted for each page, from wherever they come; beyond the budget none is looked at."""

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis import RedisError

from accounts.errors import Refused
from cases.queries import FollowPage
from cases.views.acts import FollowAct, Sent
from grievance.throttle import WORD_TRIES, WORD_WINDOW, word_key

SECRET = settings.SECRET_KEY.encode()


def run(act: FollowAct, sent: Sent, page: FollowPage) -> None:
    """The one command behind an act. Refuses with ``too_many_words``, the right word like a wrong one; a wrong number
    cannot be guessed and a wrong word can, so that without a cache the words stay behind it."""
    if "word" not in act.form.base_fields or not page.way_back.has_word:
        act.run(sent)
        return
    key = word_key(grievance=sent.following.grievance.pk, secret=SECRET, at=sent.at)
    try:
        cache.add(key, 0, WORD_WINDOW.total_seconds())
        tried = cache.incr(key)
    except (RedisError, OSError, ValueError):
        tried = WORD_TRIES + 1
    if tried > WORD_TRIES:
        raise Refused("too_many_words", _("Many wrong words were tried here. Please try again in an hour."))
    act.run(sent)
    _forgive(key)


def _forgive(key: str) -> None:
    """The right word was no wrong one."""
    try:
        cache.decr(key)
    except (RedisError, OSError, ValueError):
        return
