"""How actions write: one transaction, a short lock timeout, a retry where the database asks for one."""

import functools
import random
import time
from contextlib import nullcontext

from django.db import IntegrityError, OperationalError, connection, transaction

from kam.uniqueness import refused_as_taken

RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_TIMEOUT_MS = 5000
ATTEMPTS = 4


def _may_retry(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in RETRIED


def apart():
    """Where one of many rows is written whose refusal leaves the others as they are.

    Within another transaction, such as that of a repeated request, what a refused action wrote is taken back alone; an
    action that has a transaction of its own takes it back itself.
    """
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def writes(action):
    """Run an action in one transaction.

    Waiting for a row longer than LOCK_TIMEOUT_MS fails instead of hanging. At the outermost level a
    deadlock or a serialization failure is retried, up to ATTEMPTS times in all, and what another took
    at the same moment (a unique constraint of a model) is Refused; inside another action both are left
    to that one, since its whole transaction is lost.
    """

    @functools.wraps(action)
    def run(*args, **kwargs):
        if connection.in_atomic_block:
            return action(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                    return action(*args, **kwargs)
            except IntegrityError as error:
                refused = refused_as_taken(error)
                if refused is None:
                    raise
                raise refused from error
            except OperationalError as error:
                if attempt == ATTEMPTS or not _may_retry(error):
                    raise
                # Two that collided must not collide again in step.
                time.sleep(random.uniform(0, 0.02 * attempt))

    return run
