"""A sweep needs no more memory for more cells, whatever is written of it."""
import os
import subprocess
import tempfile

from program import ROOT, VIAPORT, check

SCENARIO = """viaport: 1
name: Far away and near
axes: {{phone: [generic-no-rport, generic-rport], delay: [{delays}], timeout: [30s, 60s]}}
phones: {{a: {{model: $phone, behind: home}}}}
routers: {{home: {{model: random-port, udp-timeout: $timeout}}}}
servers: {{pbx: {{model: via-port}}}}
wires: {{pbx: {{delay: $delay}}}}
do: [{{register: a}}]
judge: [{{register: a}}]
expect: any
"""
MORE = 8 * 1024  # kilobytes that may differ


def peak(folder, cells, *options):
    """Kilobytes that a run of so many cells needs at most."""
    path = os.path.join(folder, f"{cells}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCENARIO.format(delays=", ".join(f"{5000 + i}us" for i in range(cells // 4))))
    # freed memory is given away at once, also where the program is built to watch its memory
    environment = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1"}
    process = subprocess.Popen([VIAPORT, "run", path, "-q", *options], cwd=ROOT, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    check(status == 0, f"{cells} cells {options}: status {status}")
    return usage.ru_maxrss


with tempfile.TemporaryDirectory() as folder:
    store = os.path.join(folder, "store.db")
    rows = [  # of what is written, and how many cells
        (("-f", "json"), 10000, 40000),
        (("-f", "text"), 52000, 80000),  # up to 50,000 cells of a scenario are kept, for its tables
        (("-f", "json", "--store", store), 10000, 40000),
        (("--shard", "1/1", "--out", folder), 10000, 40000),
    ]
    for options, few, many in rows:
        before = peak(folder, few, *options)
        if "--store" in options:
            os.unlink(store)
        after = peak(folder, many, *options)
        check(after < before + MORE, f"{options}: {before} KiB for {few} cells, {after} KiB for {many}")
