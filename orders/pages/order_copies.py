"""A new order with the lines of an earlier one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from kam.clock import today
from kam.pages.details import Showing
from kam.pages.views import PageView, gone_to
from kam.refusals import Refused
from orders.actions.orders import copy_order


class CopyView(PageView):
    """POST: draft a copy at today's prices and go to its entry."""

    verb = "add"

    @classmethod
    def at(cls, route: str, page: Any) -> Any:
        return path(route, cls.as_view(page=page), name="order_copy")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.document(pk)
        try:
            copied = copy_order(order.pk, by=request.user, day=today())
        except Refused as refused:
            showing = Showing(self.page, order, request, tuple(refused.refusals))
            context = {"showing": showing, "document": order, "title": _("Copy")}
            return self.render("kam/detail.html", context, 409)
        return gone_to(request, self.page.created_url(copied))
