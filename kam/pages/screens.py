"""Screens: pages that show no single model (a dashboard, order entry, an inbox), in the same registry and frame.

class Receivables(Screen):
    app, name, path = "orders", "ageing", "receivables/"
    title, permission = _("Ageing"), "orders.view_invoice"
    menu, menu_order, icon = "receivables", 10, "clock"
    template = "orders/ageing.html"

    def context(self, request):
        return {"rows": ageing_of(request.user, day)}
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from kam.pages.registry import add_screen
from kam.pages.views import SignedInView


class Screen(SignedInView):
    """A declared screen. It registers itself when it has a `name`."""

    app: ClassVar[str] = ""
    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    permission: ClassVar[str] = ""
    menu: ClassVar[str] = ""
    menu_order: ClassVar[int] = 100
    icon: ClassVar[str] = "layout-dashboard"
    template: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in vars(cls):
            add_screen(cls)

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [path(cls.path, cls.as_view(), name=cls.name)]

    @classmethod
    def url(cls, **kwargs: Any) -> str:
        return reverse(f"{cls.app}:{cls.name}", kwargs=kwargs or None)

    @classmethod
    def offered(cls, user: Any) -> bool:
        """Whether the menu leads this person here."""
        return not cls.permission or user.has_perm(cls.permission)

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """What the template needs."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render({**self.context(request, **kwargs)})

    def render(self, context: dict[str, Any], status: int = 200, template: str = "") -> HttpResponse:
        context = {"title": self.title, "screen": self, **context}
        return render(self.request, template or self.template, context, status=status)
