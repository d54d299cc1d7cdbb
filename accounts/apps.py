from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kam.imports import offer


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        offer(
            "accounts.actions.import_clients.ClientsImporter",
        )
