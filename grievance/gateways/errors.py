"""What can go wrong between us and a text-message gateway."""


class GatewayError(Exception):
    """A gateway did not take a text. ``code`` is ours or its HTTP status, never its words, a number or an address.

    ``permanent``: this text to this number will never be taken. ``unknown``: it may have been taken all the same.
    ``stopped``: whoever has this number told their network that they want no more texts.
    """

    def __init__(self, code: str, *, permanent: bool = False, unknown: bool = False, stopped: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.unknown = unknown
        self.stopped = stopped


class NoGateway(Exception):
    """The settings of a gateway cannot be used; says which part and why, and repeats no value (it may be a secret)."""


class Unparsable(ValueError):
    """The body of a call can be taken apart neither as JSON nor as a form; says why, and repeats nothing of it."""
