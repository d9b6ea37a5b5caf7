"""Tokens by which a program acts for somebody: what they may be good for, and how one is drawn and found again."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.codes import Word

PREFIX = "rcs_"  # so that whoever finds one in a file, a program that looks for secrets among them, knows what it is
TOKEN_LASTS = timedelta(days=90)  # our default
TOKEN_LONGEST = timedelta(days=365)
TOKENS_MOST = 10  # of one person at a time; our default
_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


class Scope(Word):
    """What a token is good for; each alone, and none holds another."""

    FILE = "file", _("File for people, and add files")
    FOLLOW = "follow", _("See where it stands, as far as each person allowed")
    READ = "read", _("Read the questions and the sites")


def new_secret() -> str:
    """256 random bits, as text; shown once and kept nowhere."""
    return PREFIX + secrets.token_urlsafe(32)


def lookup_of(secret: str) -> bytes | None:
    """The SHA-256 by which a token is found; a digest without salt or cost is enough for what nobody can guess. None
    for what is no token of ours."""
    return hashlib.sha256(secret.encode()).digest() if _SHAPE.fullmatch(secret) else None
