"""How the scripts here call the built program: from the project's root, without colour."""
import os
import re
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VIAPORT = os.environ["VIAPORT"]
SANITIZED = "VIAPORT_SANITIZED" in os.environ  # it watches its memory, and takes several times as long


def viaport(*args, code=0, stdin=b""):
    """Runs the program and returns its standard output as bytes; ends the test when the exit code is another."""
    command = [VIAPORT, *map(str, args)]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, env=environment)
    if done.returncode != code:
        sys.stderr.write(done.stderr.decode(errors="replace"))
        sys.exit(f"viaport {' '.join(command[1:])}: exit {done.returncode}, wanted {code}")
    return done.stdout


def read_bytes(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def read(path):
    return read_bytes(path).decode()


def attempt(*args, stdin="", env=None, cwd=ROOT):
    """Runs the program and returns what became of it: returncode, stdout and stderr as text."""
    environment = {**os.environ, "NO_COLOR": "1", **(env or {})}
    return subprocess.run([VIAPORT, *map(str, args)], cwd=cwd, input=stdin, capture_output=True, text=True, env=environment)


def interrupted(*args, by=signal.SIGINT, fifo=None):
    """Starts a run whose JSON is more than a pipe holds, on standard output or in a FIFO, and ends it when its first cell has come.

    It cannot be faster than its reader: it is still at work then, on every machine. Returns its exit code, the JSON, and as text
    what else it wrote to standard output and to standard error.
    """
    process = subprocess.Popen([VIAPORT, *map(str, args)], cwd=ROOT, env={**os.environ, "NO_COLOR": "1"},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    source = os.open(fifo, os.O_RDONLY) if fifo else process.stdout.fileno()
    came = b""
    while not re.search(rb'^\{"cell": ', came, re.M):
        some = os.read(source, 65536)
        if not some:
            sys.exit(f"viaport {' '.join(args)} ended before its first cell: {process.stderr.read().decode()}")
        came += some
    process.send_signal(by)
    while some := os.read(source, 65536):
        came += some
    out, err = process.communicate()
    if fifo:
        os.close(source)
    return process.returncode, came.decode(), out.decode(), err.decode()


def ended_midway(args, by, when, anew):
    """Starts a run and ends it with a signal when something is so; if that was too late, once more after `anew`.

    Returns its exit code and what it complained of. What a kill leaves is still so.
    """
    for _ in range(100):
        process = subprocess.Popen([VIAPORT, "run", *map(str, args)], cwd=ROOT, env={**os.environ, "NO_COLOR": "1"},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not when():
            time.sleep(0.001)
        process.send_signal(by)
        _, trouble = process.communicate()
        if process.returncode not in (0, 1) and (by != signal.SIGKILL or when()):
            return process.returncode, trouble
        anew()
    sys.exit(f"viaport run {' '.join(args)} cannot be ended before its end")


def size_of(path):
    """Bytes of a file, none where there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def check(true, sentence):
    """Ends the test with the sentence when something is not as it should be."""
    if not true:
        sys.exit(sentence)


def path_with_viaport(folder):
    """A search path on which the program that is tested is `viaport`, as in what users write."""
    return path_with(folder, "viaport", f'exec "{VIAPORT}" "$@"')


def path_with(folder, name, script):
    """A search path whose first folder has this script of sh."""
    program = os.path.join(folder, name)
    with open(program, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{script}\n")
    os.chmod(program, 0o755)
    return folder + os.pathsep + os.environ["PATH"]
