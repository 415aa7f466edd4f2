"""The scenarios that come with the program: one cell of each, and the traces of cells."""
import json

from program import attempt, viaport


def first_cells():
    """The name of the only cell of each scenario, and of each matrix that of the first one."""
    first = {}
    for name in viaport("run", "--dry-run", "scenarios").decode().splitlines()[:-1]:
        first.setdefault(name.split("[")[0], name)
    return list(first.values())


def played(*arguments):
    """The cells of a run with all that happened in them, whatever became of them."""
    said = attempt("run", "-f", "json", "--trace", "full", *arguments)
    return [cell for scenario in json.loads(said.stdout)["scenarios"] for cell in scenario["cells"]]


def traces(names):
    """The traces of cells by their names: of single runs all at once, of cells of matrices one by one."""
    found = played(*(name for name in names if "[" not in name))
    for path, only in (name[:-1].split("[") for name in names if "[" in name):
        found += played(path, "--only", only)
    return {cell["id"]: cell["trace"] for cell in found}
