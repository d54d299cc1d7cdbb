"""Run the engines of a home for as long as a block of code lasts."""

from contextlib import ExitStack, contextmanager

from kam.engines.homes import RUN_HOME
from kam.engines.postgres import Postgres
from kam.engines.processes import end_leftovers
from kam.engines.redis import Redis
from kam.terminal import say


@contextmanager
def engines(home, purpose, *, postgres=True, redis=True, durable=True):
    """Hold the home's lock, end what a killed run left, start the wanted engines; stop them at the end.

    Yields the list of running engines. Raises ``Stop`` where the home is in use or an engine cannot start.
    """
    with home.locked(purpose), ExitStack() as stack:
        if ended := end_leftovers(home):
            say(f"Ended {ended} processes that an earlier run left behind")
        running = []
        for wanted, kind in ((postgres, Postgres), (redis, Redis)):
            if wanted:
                engine = kind(home, durable)
                stack.callback(engine.stop)
                engine.start()
                running.append(engine)
        yield running


@contextmanager
def engines_for_command(purpose, environment):
    """The engines that the environment does not name, for one command; none if they are up already."""
    wanted = {"postgres": not environment.database_url, "redis": not environment.redis_url}
    if not any(wanted.values()) or RUN_HOME.is_held():
        yield
        return
    with engines(RUN_HOME, purpose, **wanted):
        yield
