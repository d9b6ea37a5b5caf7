"""What everybody who filed in a case may read alike, opened with the key of one of them."""

from datetime import datetime

from cases.models import Filing
from grievance import vault
from grievance.keys import open_json


def shared_key_of(filing: Filing, data_key: bytes) -> bytes | None:
    """The case's shared key, from the key of this person's grievance; None where nothing was ever written for all."""
    if filing.sealed_shared is None:
        return None
    return vault.open_sealed(data_key, bytes(filing.sealed_shared), b"shared")


def broadcasts_to(filing: Filing, data_key: bytes) -> list[tuple[datetime, str, str]]:
    """(at, language, text) of every reply to all, oldest first, in this person's language or in English; one query."""
    key = shared_key_of(filing, data_key)
    if key is None:
        return []
    theirs = filing.grievance.language
    found = []
    for row in filing.case.broadcasts.filter(at__gte=filing.joined_at).order_by("pk"):
        texts: dict[str, str] = open_json(key, row.sealed_texts, "broadcast")
        language = theirs if theirs in texts else "en"
        if language in texts:
            found.append((row.at, language, texts[language]))
    return found
