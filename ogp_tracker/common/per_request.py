"""What is worked out once per request, in typed fields of an object of its own."""

from typing import Self

from django.http import HttpRequest


class PerRequest:
    """A dataclass of which each request has one: `AdminRequestState.of(request)`.

    It is kept on the request. In a WeakKeyDictionary, state that points back at its request, as a
    form set does, would keep both for ever.
    """

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        states = request.__dict__.setdefault("per_request", {})
        if cls not in states:
            states[cls] = cls()
        state: Self = states[cls]
        return state
