"""The one place where a refusal in the admin becomes a message and a way back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.errors import Refused

View = TypeVar("View", bound=Callable[..., Any])


def refusable(view: View | None = None, *, back: Callable[..., str] | None = None) -> Any:
    """Decorate a view or an admin method: `Refused` becomes an error message and a redirect.

    ``back`` gets the arguments of the view and gives the address; without it the person lands where they were.
    Everything written in a transaction around the refusal is rolled back, so put ``atomic`` inside.
    """
    if view is None:
        return lambda decorated: refusable(decorated, back=back)

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)  # type: ignore[no-any-return]
        except Refused as refused:
            request: HttpRequest = next(one for one in args if isinstance(one, HttpRequest))
            messages.error(request, str(refused.message))
            return HttpResponseRedirect(back(*args, **kwargs) if back else request.get_full_path())

    return answered
