"""The demo: a fictional chain, its cast and some cases, made by the commands that every case goes through."""

from datetime import datetime, timedelta

from cases.demo import cast as actors
from cases.demo.remedied import Remedied
from cases.demo.words import STORIES
from cases.models import Case
from grievance.commands import pictures
from supplychain import demo as chains


def load(*, at: datetime) -> int:
    """Load everything into an empty database; a second call changes nothing. Returns the number of cases made."""
    if Case.objects.exists():
        return 0
    since = at - timedelta(days=400)
    chain = chains.load(by=None, at=since)
    people = actors.load(chain, at=since)
    for story in STORIES:
        Remedied(story, chain, people, at).tell()
    pictures.strip_waiting(at=at)
    return len(STORIES)
