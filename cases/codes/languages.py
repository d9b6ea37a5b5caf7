"""What languages are called: by their own names, as the people who speak them look for them."""

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """A language by its own name; the code where we have none."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
