"""Work of the ground floor in the background."""

from celery import shared_task

from kam.health import beat


@shared_task
def show_heartbeat():
    """Beat sends this, a worker runs it: both live."""
    beat()
