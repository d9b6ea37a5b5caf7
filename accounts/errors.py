"""The one typed refusal that every floor raises and every interface translates."""

from django.utils.functional import Promise


class Refused(Exception):
    """Somebody asked for something that the rules do not allow now.

    ``code`` is stable and for machines; ``message`` is a lazy translation for the person who asked and carries no
    personal data, because it may be shown by any interface. Raised in policies, turned into HTTP or an admin message
    in one place (`accounts.admin`, `config.errors`).
    """

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
