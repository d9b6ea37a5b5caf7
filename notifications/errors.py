"""What can go wrong on the way to a person."""


class TransportError(Exception):
    """A transport did not hand a notice over.

    ``code`` is the transport's own ("550", "timeout", "redirect"), never its words and never an address.
    ``permanent``: trying again cannot help. ``unknown``: it may have been handed over all the same, so that another try
    may be a second copy. ``stopped``: the recipient told their network that they want no more texts.
    """

    def __init__(self, code: str, *, permanent: bool = False, unknown: bool = False, stopped: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.unknown = unknown
        self.stopped = stopped
