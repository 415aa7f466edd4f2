"""The outcomes of scenarios/reality against those that were measured with real routers and servers.

A check there is called like the outcome it predicts.
"""
import json
import sys

from program import read, viaport

OUTCOMES = ("registered", "registered-again")


def predictions():
    for scenario in json.loads(viaport("run", "-f", "json", "scenarios/reality"))["scenarios"]:
        for cell in scenario["cells"]:
            axes = cell["cell"]
            variant = axes.get("variant", "none")
            name = f"{axes['phone']}-{axes['router']}-{axes['server']}" + ("" if variant == "none" else f"+{variant}")
            for check in cell["checks"]:
                yield (name, check["check"]), check["result"] == "works"


predicted = dict(predictions())
measured = [
    ((cell["cell"], outcome), cell[outcome])
    for cell in json.loads(read("tests/data/reality/register.json"))
    for outcome in OUTCOMES
    if cell.get(outcome) is not None
]
wrong = [f"{cell}: {outcome} was {value}" for (cell, outcome), value in measured if predicted.get((cell, outcome)) != value]
print(f"{len(predicted)} predictions, agreement {len(measured) - len(wrong)}/{len(measured)}")
if wrong or not measured:
    sys.exit("\n".join(wrong))
