"""The scenarios that come with the program: one cell of each, and the traces of cells."""
import json
import os
from concurrent.futures import ThreadPoolExecutor

from program import attempt, viaport


def first_cells():
    """The name of the only cell of each scenario, and of each matrix that of the first one."""
    first = {}
    for name in viaport("run", "--dry-run", "scenarios").decode().splitlines()[:-1]:
        first.setdefault(name.split("[")[0], name)
    return list(first.values())


def at_once(work, names):
    """Calls `work` with the arguments of runs that are all of these cells: single ones all at once, of matrices one by one."""
    runs = [[name for name in names if "[" not in name]]
    runs += [(path, "--only", only) for path, only in (name[:-1].split("[") for name in names if "[" in name)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda arguments: work(*arguments), runs))


def played(*arguments):
    """The cells of a run with all that happened in them, whatever became of them."""
    said = attempt("run", "-f", "json", "--trace", "full", *arguments)
    return [cell for scenario in json.loads(said.stdout)["scenarios"] for cell in scenario["cells"]]


def traces(names):
    """The traces of cells by their names."""
    return {cell["id"]: cell["trace"] for cells in at_once(played, names) for cell in cells}
