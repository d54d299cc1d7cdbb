"""Work of the ground floor in the background."""

from celery import shared_task

from kam import clock, runs
from kam.api.idempotency import forget_keys
from kam.health import beat
from kam.mailing import send_digests, send_urgent


@shared_task
def show_heartbeat():
    """Beat sends this, a worker runs it: both live."""
    beat()


@shared_task
def carry_out_run(pk):
    """Do one background run."""
    runs.carry_out(pk)


@shared_task
def rescue_runs():
    """Take up the runs of workers that died."""
    runs.rescue_runs()


@shared_task
def forget_old():
    """Let go of answers, files and notes whose time is over."""
    forget_keys()
    runs.forget_files()


@shared_task
def mail_urgent():
    """Write to those who have to act now."""
    send_urgent()


@shared_task
def mail_digests():
    """Write everybody's digest of the day."""
    send_digests(clock.today())
