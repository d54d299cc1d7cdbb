"""The figures in the frame: what waits for me. Asked apart from the page, so that no page waits for them."""

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse

from kam.models import User
from kam.pages.menu import COUNTERS
from kam.pages.views import SignedInView

KEPT_SECONDS = 20


def counters_key(user: User) -> str:
    """Where the cache holds the figures of a person."""
    return f"frame-counters:{user.pk}"


def counts_for(user: User) -> dict[str, int]:
    """`{"inbox": 3, "notifications": 1, …}` of a person, remembered for a moment."""
    key = counters_key(user)
    counts = cache.get(key)
    if counts is None:
        counts = {name: count(user) for name, count in COUNTERS.items()}
        cache.set(key, counts, KEPT_SECONDS)
    return counts


class CountersView(SignedInView):
    """GET: the figures of the signed-in person."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(counts_for(request.user))
