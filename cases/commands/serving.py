"""Giving each person who filed what the office wrote for them, sealed so that their number alone opens it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Model

from cases.codes import LetterKind, ServedKind
from cases.models import Case, Filing, ServedText
from cases.queries import letters_of
from grievance.keys import data_key_for_office, data_keys_for_office, open_text, seal_text

FALLBACK = "en"  # what people read for whose language there is no text yet


def serve(
    kind: ServedKind, texts: Mapping[str, str], to: Iterable[Filing], *, at: datetime, **source: Model
) -> list[ServedText]:
    """Put a text on the follow page of each person in ``to``: in their language where ``texts`` ({language: text}) has
    it, in English otherwise; who can be given neither is left out. ``source``: the record that it tells of."""
    filings = list(to)
    keys = data_keys_for_office(filing.grievance.key_id for filing in filings)
    served = []
    for filing in filings:
        theirs = filing.grievance.language
        language = theirs if theirs in texts else FALLBACK
        key = keys.get(filing.grievance.key_id)  # missing once it was erased: nobody can read it any more
        if language in texts and key is not None:
            body = seal_text(key, texts[language], "served")
            served.append(ServedText(filing=filing, kind=kind, language=language, sealed_body=body, at=at, **source))
    return ServedText.objects.bulk_create(served)


def serve_one(kind: ServedKind, filing: Filing, language: str, text: str, *, at: datetime, **source: Model) -> None:
    """Put on one person's follow page what is for them alone, in whichever language it was written."""
    body = seal_text(data_key_for_office(filing.grievance.key_id), text, "served")
    ServedText.objects.create(filing=filing, kind=kind, language=language, sealed_body=body, at=at, **source)


def serve_letters(case: Case, kind: LetterKind, *, at: datetime) -> None:
    """The letter with the reasons reaches each person in their language, in the moment in which it holds."""
    letters = letters_of(case, kind)
    if not letters:
        return
    key = data_key_for_office(case.key_id)
    for filing in Filing.objects.live().filter(case=case).select_related("grievance"):
        if letter := letters.get(filing.grievance.language):
            body = open_text(key, letter.sealed_body, "letter")
            serve_one(ServedKind.LETTER, filing, letter.language, body, at=at, letter=letter)
