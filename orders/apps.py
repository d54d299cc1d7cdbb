from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kam.imports import offer


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self):
        offer(
            "orders.actions.import_commerceml.CommercemlImporter",
            "orders.actions.import_prices.PricesImporter",
            "orders.actions.import_stock.StockImporter",
            "orders.actions.import_invoices.InvoicesImporter",
            "orders.actions.import_statements.StatementsImporter",
        )
