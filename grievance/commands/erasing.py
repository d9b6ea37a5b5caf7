"""Erasing words: without its wraps a data key opens nothing, here and in every backup of what it sealed."""

from collections.abc import Collection
from datetime import datetime

from grievance.commands.forgetting import forget_numbers
from grievance.commands.lost import stop_recoveries
from grievance.commands.reaching import call_back
from grievance.models import (
    CallGrant,
    Complainant,
    DataKey,
    FollowSession,
    Grievance,
    IdentitySeal,
    KeyWrap,
    SealedChunk,
    SealedFile,
)


def erase_words(*, grievances: Collection[Grievance], keys: Collection[int], at: datetime) -> None:
    """Erase these grievances, and what else was sealed with the data keys of these ids. Runs in the caller's
    transaction.

    What a data key does not seal is deleted itself: contacts, names in custody, the key in an open follow page, the
    chunks of files, the number that wrote where nothing else needs it. The rows that say that something happened stay.
    """
    ids = [grievance.pk for grievance in grievances]
    erased = {*keys, *(grievance.key_id for grievance in grievances)}
    KeyWrap.objects.filter(key__in=erased).delete()
    DataKey.objects.filter(pk__in=erased, erased_at=None).update(erased_at=at)
    FollowSession.objects.filter(grievance__in=ids).delete()
    people = Complainant.objects.filter(grievance__in=ids)
    IdentitySeal.objects.filter(complainant__in=people).delete()
    CallGrant.objects.filter(complainant__in=people, revoked_at=None).update(revoked_at=at)
    people.update(sealed_contact=None, sealed_name=None, phone_mark=None, email_mark=None)
    stop_recoveries(grievances=ids)
    call_back(people)
    forget_numbers(grievances=ids, at=at)
    _empty_files(ids)


def _empty_files(grievances: list[int]) -> None:
    originals = SealedFile.objects.filter(original_of__grievance__in=grievances)
    copies = SealedFile.objects.filter(copy_of__grievance__in=grievances)
    files = [*originals.values_list("pk", flat=True), *copies.values_list("pk", flat=True)]
    SealedChunk.objects.filter(file__in=files).delete()
    SealedFile.objects.filter(pk__in=files).update(sealed_key=b"", sealed_name=b"")
