"""Rows of several requests in one transaction: a disk takes as long for one as for ten, and nobody is answered before
their own row is durable."""

import threading
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.db.models import Model


@dataclass
class _Waiting:
    row: Model
    durable: bool = False
    alone: bool = False  # the transaction of all failed: this one is written by itself


class SharedCommit:
    """Of one process and one table. Whoever comes first writes all that waits by then; the next one writes what came
    meanwhile."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._list, self._turn = threading.Lock(), threading.Lock()

    def insert(self, row: Model) -> None:
        """It is durable once this returns. Raises what `save()` raises, for the row that is to blame alone."""
        if connection.in_atomic_block:  # it is durable with the transaction of the caller, and with no other
            row.save(force_insert=True)
            return
        mine = _Waiting(row)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            if not (mine.durable or mine.alone):
                self._write_all()
        if mine.alone:
            row.save(force_insert=True)

    def _write_all(self) -> None:
        with self._list:
            together, self._waiting = self._waiting, []
        try:
            with transaction.atomic():
                type(together[0].row)._default_manager.bulk_create(one.row for one in together)
        except DatabaseError:
            for one in together:
                one.alone = True
        else:
            for one in together:
                one.durable = True
