#!/usr/bin/env python3
"""A sweep of a million registrations into a store: cells per CPU-second, memory, and what a second core brings.

    tests/bench/sweep.py [cells]     1,000,000 without a word; build/release must be built

Wall times count only on a machine that does nothing else.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VIAPORT = os.path.join(ROOT, "build", "release", "viaport")
RATE, GAIN, MEBIBYTES = 40000, 1.8, 200  # what a sweep must reach
PHONES, ROUTERS, SERVERS = 20, 25, 20  # of the catalogue, for each delay

SCENARIO = """viaport: 1
name: Many phones behind many routers with many servers, far away and near
axes: {{phone: [{phones}], router: [{routers}], server: [{servers}], delay: [{delays}]}}
phones: {{phone: {{model: $phone, behind: home}}}}
routers: {{home: {{model: $router}}}}
servers: {{pbx: {{model: $server}}}}
wires: {{pbx: {{delay: $delay}}}}
do: [{{register: phone}}]
judge: [{{register: phone}}]
expect: any
"""


def axis(name, n):
    text = open(os.path.join(ROOT, "scenarios", "compat", "register.yaml"), encoding="utf-8").read()
    block = re.search(rf"^  {name}:\n((?:    - .*\n)+)", text, re.M).group(1)
    return ", ".join(re.findall(r"- (\S+)", block)[:n])


def write_scenario(path, cells):
    delays = ", ".join(f"{5 + i}ms" for i in range(max(1, cells // (PHONES * ROUTERS * SERVERS))))
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCENARIO.format(phones=axis("phone", PHONES), routers=axis("router", ROUTERS),
                                   servers=axis("server", SERVERS), delays=delays))


def sweep(scenario, store, cores):
    """CPU and wall seconds of a run on so many cores, and the kilobytes it needed at most."""
    began = time.monotonic()
    process = subprocess.Popen([VIAPORT, "run", scenario, "-q", "--store", store, "--no-progress"], cwd=ROOT,
                               stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, set(cores)))
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    if status:
        sys.exit(f"the sweep ended with status {status}")
    os.unlink(store)
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss


def main():
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, "build")) as folder:
        scenario, store = os.path.join(folder, "sweep.yaml"), os.path.join(folder, "sweep.db")
        write_scenario(scenario, cells)
        alone = sweep(scenario, store, cores[:1])
        print(f"one core    {alone[0]:6.1f} s of CPU  {cells / alone[0]:9,.0f} cells per CPU-second  {alone[1]:6.1f} s")
        wrong = cells / alone[0] < RATE or alone[2] > 1024 * MEBIBYTES
        if len(cores) > 1:
            both = sweep(scenario, store, cores[:2])
            print(f"two cores   {both[0]:6.1f} s of CPU  {cells / both[0]:9,.0f} cells per CPU-second  {both[1]:6.1f} s"
                  f"  x {alone[1] / both[1]:.2f}")
            wrong |= alone[1] / both[1] < GAIN
        print(f"memory      {alone[2] / 1024:.0f} MiB at most")
    if wrong:
        sys.exit(f"wanted: {RATE:,} cells per CPU-second, x {GAIN} with two cores, {MEBIBYTES} MiB")


if __name__ == "__main__":
    main()
