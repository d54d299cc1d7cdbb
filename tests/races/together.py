"""Runs calls at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection

TIMEOUT = 60


def together(calls: Sequence[Callable]) -> list:
    """Start all calls at once; what each returned or raised, in their order."""
    outcomes = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(position, call):
        try:
            barrier.wait(TIMEOUT)
            outcomes[position] = call()
        except Exception as error:
            outcomes[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
        assert not thread.is_alive(), "a thread hangs"
    return outcomes
