"""Child processes that do not outlive us: start, wait, stop, and find those left by a killed run."""

import ctypes
import os
import signal
import subprocess
import sys

import psutil

# Every child carries the home's path in its environment: how a later run tells its own leftovers.
MARK = "KAM_HOME"
_SET_PARENT_DEATH_SIGNAL = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def _dying_with_parent(number):
    """What a child does before it becomes its program: ask the kernel for a signal when we die.

    Only Linux knows this; elsewhere the next start finds and ends what a killed run left.
    """
    parent = os.getpid()

    def ask():
        _prctl(_SET_PARENT_DEATH_SIGNAL, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask if _prctl else None


def start_child(command, home, log, *, environment=None, when_orphaned=signal.SIGTERM, **options):
    """Start ``command`` as a child in a session of its own, writing to the file ``log``.

    A session of its own keeps the terminal's Ctrl-C from it, so that we stop our children in order. Call
    it from the main thread: the kernel counts the death of the starting *thread* as the parent's.
    """
    rotate(log)
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**(os.environ if environment is None else environment), MARK: str(home.root)},
            start_new_session=True,
            preexec_fn=_dying_with_parent(when_orphaned),
            **options,
        )


def rotate(log, limit=10_000_000):
    """Keep a log from growing for ever: one over ``limit`` bytes is put aside, replacing the older one."""
    if log.is_file() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".old.log"))


def last_lines(log, count=8):
    """The end of a log file, for a message about why its writer died."""
    if not log.is_file():
        return ""
    with open(log, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 8192))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-count:])


def stop_child(child, number=signal.SIGTERM, patience=20):
    """Ask a child to stop and wait; after ``patience`` seconds end it and what it started by force."""
    if child.poll() is not None:
        return
    child.send_signal(number)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def leftovers(home):
    """Processes that a killed run of this home left behind, our own family excepted."""
    me = psutil.Process()
    family = {me.pid, *(parent.pid for parent in me.parents())}
    found = []
    for process in psutil.process_iter():
        if process.pid in family:
            continue
        try:
            if _belongs(process, home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _belongs(process, home):
    """Whether a process is one of the home's. PostgreSQL hides its environment but stays in its data folder."""
    if process.name() == "postgres":
        return process.cwd() == str(home.postgres_data)
    return process.environ().get(MARK) == str(home.root)


def end_leftovers(home, patience=20):
    """Stop what a killed run of this home left, kindly first; return how many there were.

    The caller holds the home's lock, so nothing of this is in use.
    """
    found = leftovers(home)
    for process in found:
        # Both servers take an interrupt for an orderly stop; PostgreSQL would wait for visitors at a TERM.
        _signal(process, signal.SIGINT)
    _, alive = psutil.wait_procs(found, timeout=patience)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)
    return len(found)


def _signal(process, number):
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
