"""The number is on paper: the person says so before it leaves the screen, and may let us compare."""

from dataclasses import dataclass
from datetime import datetime

from grievance import receipts
from grievance.commands.filing import answer_by, danger_read_by
from grievance.keys import nonce_of, receipt_keys
from grievance.models import Receipt
from grievance.rota import ReadBy


@dataclass(frozen=True)
class OnPaper:
    """The 20 digits that this form gave, and by when a person answers, and reads of danger."""

    receipt: str
    answer_by: datetime
    read_by: ReadBy | None


def number_of(*, nonce: str) -> OnPaper | None:
    """What the page showed that carries this nonce; None where nothing was filed with it, or the number is another
    one by now."""
    raw = nonce_of(nonce)
    row = Receipt.objects.filter(nonce_hash=receipts.nonce_hash(raw)).select_related("grievance").first()
    if row is None:
        return None
    return OnPaper(
        receipts.receipt_for(receipt_keys()[0], raw), answer_by(row.grievance), danger_read_by(row.grievance)
    )


def written_down(*, nonce: str, at: datetime) -> None:
    """Said twice, the first time holds."""
    hashed = receipts.nonce_hash(nonce_of(nonce))
    Receipt.objects.filter(nonce_hash=hashed, written_at=None).update(written_at=at)
