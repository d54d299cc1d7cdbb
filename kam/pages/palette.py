"""The search palette, answered as it is typed, and the same as a page of its own."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kam.desk.hits import LONGEST, groups_for
from kam.pages.views import SignedInView


class PaletteView(SignedInView):
    """GET: what a text finds, as JSON for the palette or as a page of its own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:LONGEST]
        groups = groups_for(request.user, text)
        if request.GET.get("format") == "json":
            items = [{"title": group.title, "icon": group.icon, "items": shown(group)} for group in groups]
            return JsonResponse({"q": text, "groups": items})
        return render(request, "kam/search.html", {"groups": groups, "q": text, "title": _("Search")})


def shown(group) -> list[dict[str, str]]:
    """The hits of a group as the palette draws them."""
    return [{"label": hit.label, "hint": hit.hint, "href": hit.href, "icon": hit.icon} for hit in group.hits]
