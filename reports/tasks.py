"""Work of the reports' floor in the background; the day is asked here, at the edge."""

from datetime import timedelta

from celery import shared_task
from django.utils.translation import gettext_noop

from kam.clock import today
from kam.runs import start_run
from reports.actions import nightly

TITLE = gettext_noop("Days closed by night")


@shared_task
def close_days():
    """Close yesterday and every day before it that was missed; asked twice for a day, it is done once."""
    until = today() - timedelta(days=1)
    start_run(nightly.KIND, TITLE, parameters={"until": str(until)}, natural_key=f"{nightly.KIND} {until}")
