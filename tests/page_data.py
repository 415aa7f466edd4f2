"""The data of report.html: what stands in many drawers stands there once."""
import json
import re

from program import check


def data_of(page):
    """What the page carries for its script."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))


def unpacked(data, drawer):
    """A drawer as the page's script unpacks it."""
    part = lambda number: data["parts"][number]
    whole = {**drawer, **{key: part(drawer[key]) for key in ("chain", "checks", "lanes", "times")}}
    whole["questions"] = [part(number) for number in drawer["questions"]]
    whole["remedies"] = [part(number) for number in drawer.get("remedies", [])]
    whole["tables"] = [{**part(number), "rows": [{**part(row), "left": rest[0], "of": rest[1], "state": (rest + [""])[2]}
                                                 for row, *rest in part(number)["rows"]]} for number in drawer["tables"]]
    whole["steps"], table = [], 0
    for i, number in enumerate(drawer["steps"]):
        step = {**part(number), "at": whole["times"][i], "tables_at": table}
        table += step.get("tables", 0)
        for key in ("text", "old"):
            if key in step:
                step[key] = "".join(part(line) for line in data["texts"][step[key]])
        whole["steps"].append(step)
    check(table == len(whole["tables"]), "a table belongs to no step")
    return whole
