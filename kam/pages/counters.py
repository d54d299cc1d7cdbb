"""The figures in the frame: what waits for me. Asked apart from the page, so that no page waits for them."""

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse

from kam.pages.menu import COUNTERS
from kam.pages.views import SignedInView

KEPT_SECONDS = 20


class CountersView(SignedInView):
    """GET: `{"inbox": 3, "notifications": 1, …}` for the signed-in person."""

    def get(self, request: HttpRequest) -> JsonResponse:
        key = f"frame-counters:{request.user.pk}"
        counts = cache.get(key)
        if counts is None:
            counts = {name: count(request.user) for name, count in COUNTERS.items()}
            cache.set(key, counts, KEPT_SECONDS)
        return JsonResponse(counts)
