#!/usr/bin/env python3
"""Builds and runs the benchmarks, and sipp against sipp on the loopback beside them: CPU time, as ratios of one run.

    tests/bench/run.py [calls]     registrations that sipp makes, 20,000 without a word
"""
import os
import re
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "tests", "bench")
BUILD = os.path.join(ROOT, "build", "release")


def build():
    subprocess.run([os.path.join(ROOT, ".ci", "install"), "build", "bench"], check=True)
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": ROOT}
    subprocess.run(["cmake", "--preset", "release"], **quiet)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "bench"], **quiet)


def bench():
    """Runs the C benchmarks; returns the microseconds of one registration at `facts`."""
    text = subprocess.run([os.path.join(BUILD, "tests", "bench")], check=True, stdout=subprocess.PIPE, text=True).stdout
    print(text, end="")
    return float(re.search(r"registrations, facts +\S+ per CPU-second +(\S+) us", text).group(1))


def sipp(calls):
    """CPU microseconds of both sides for one registration of sipp at sipp."""
    with tempfile.TemporaryDirectory() as folder:
        common = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        server = subprocess.Popen(
            ["sipp", "-sf", f"{BENCH}/sipp-uas.xml", "-i", "127.0.0.1", "-p", "15060", "-m", str(calls), "-nostdin"], **common)
        client = subprocess.run(
            ["sipp", "-sf", f"{BENCH}/sipp-uac.xml", "-i", "127.0.0.1", "-p", "15070", "127.0.0.1:15060", "-m", str(calls),
             "-r", "2000", "-timeout", "120", "-nostdin"], **common)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if client.returncode != 0:
        sys.exit(f"sipp failed: exit {client.returncode}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent / calls * 1e6


def main():
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    build()
    ours = bench()
    theirs = sipp(calls)
    print(f"sipp at sipp, {calls:,} registrations with a challenge: {theirs:.1f} us  x {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
