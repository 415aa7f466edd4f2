"""In every scenario each step that changes the lab or lets time pass matters: without it, something is not as expected.

What is cured is as expected with a step and without: that the step does no harm is what such a scenario shows.
"""
import glob
import os
import re
import subprocess
import sys

from program import ROOT, VIAPORT, read

# What is left out of a scenario, and why nothing that can be expected is different then.
EXCEPTIONS = {
    ("register/restart-phone.yaml", "restart: desk"): "the registration that follows is a new one either way",
    ("router/linux-pings.yaml", "wait: 2m"): "registering again ends the same, whenever it is",
}
MATTER = re.compile(r"\b(restart|rebind|close-pinholes|set|options|wait|mute|hold):")


def steps_of(text):
    """Each item of `do`, as the span of its lines."""
    lines = text.splitlines(keepends=True)
    begin = next((i + 1 for i, line in enumerate(lines) if line.rstrip() == "do:"), len(lines))
    spans = []
    for i, line in enumerate(lines[begin:], begin):
        if line.startswith("  - "):
            spans.append((i, i + 1))
        elif line.startswith("    ") and spans:
            spans[-1] = (spans[-1][0], i + 1)
        elif line.strip() and not line.strip().startswith("#"):
            break
    return lines, spans


def is_as_expected(text):
    done = subprocess.run([VIAPORT, "run", "-"], input=text.encode(), capture_output=True, check=False)
    return done.returncode == 0


survived = set()
looked_at = 0
for path in sorted(glob.glob(os.path.join(ROOT, "scenarios/**/*.yaml"), recursive=True)):
    if path.endswith("-cured.yaml"):
        continue
    name = os.path.relpath(path, os.path.join(ROOT, "scenarios"))
    if name.endswith("-cured.yaml"):
        continue  # a cure is what makes a step harmless; it matters in the scenario beside it
    lines, spans = steps_of(read(path))
    if "expect: any\n" in lines:  # it promises nothing
        continue
    for first, last in spans:
        step = "".join(lines[first:last])
        # steps of some cells only: the others say the same without them
        if len(spans) < 2 or "when:" in step or not MATTER.search(step):
            continue
        looked_at += 1
        if is_as_expected("".join(lines[:first] + lines[last:])):
            survived.add((name, step.strip().removeprefix("- ")))
if looked_at < 10:
    sys.exit(f"only {looked_at} steps were found: does this script still know how steps are written?")
for name, step in sorted(survived - EXCEPTIONS.keys()):
    print(f"scenarios/{name} is as expected without `{step}`")
for name, step in sorted(EXCEPTIONS.keys() - survived):
    print(f"scenarios/{name} needs `{step}` now: take it out of the exceptions")
sys.exit(survived != EXCEPTIONS.keys())
