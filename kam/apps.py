from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from kam.celery import app as celery_app  # every process that sends a task needs the broker of this one


class KamConfig(AppConfig):
    name = "kam"
    verbose_name = _("Workspace")

    celery = celery_app

    def ready(self):
        # Every floor's pages, lowest first, so that an upper one finds the lower pages it adds a tab to.
        autodiscover_modules("flow", "workspace", "desk", "pages")
