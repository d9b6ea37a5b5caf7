"""The key that everybody who filed in a case shares: what is written for all of them is sealed once."""

from collections.abc import Iterable

from cases.models import Case, Filing
from grievance import vault
from grievance.commands.datakeys import make_data_key
from grievance.keys import data_key_for_office, data_keys_for_office

SHARED = b"shared"


def shared_key(case: Case) -> bytes:
    """The key of 32 bytes, opened for the office; made, and given to everybody who filed, where there is none yet."""
    if case.shared_id is not None:
        return data_key_for_office(case.shared_id)
    row, key = make_data_key(at=case.opened_at)
    case.shared = row
    Case.objects.filter(pk=case.pk).update(shared=row)
    give(case, Filing.objects.filter(case=case).select_related("grievance"))
    return key


def give(case: Case, filings: Iterable[Filing]) -> None:
    """Let these people open what is written for everybody: seals the shared key under the key of each grievance."""
    joined = list(filings)
    key = shared_key(case)
    keys = data_keys_for_office(filing.grievance.key_id for filing in joined)
    for filing in joined:
        own = keys.get(filing.grievance.key_id)  # missing once it was erased
        filing.sealed_shared = vault.seal(own, key, SHARED) if own is not None else None
    Filing.objects.bulk_update(joined, ["sealed_shared"], batch_size=200)
