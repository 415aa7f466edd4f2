"""How the scripts here call the built program: from the project's root, without colour."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VIAPORT = os.environ["VIAPORT"]


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
