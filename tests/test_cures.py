"""A scenario NAME-cured.yaml is NAME.yaml but for one knob: there something does not work, here everything does.

docs/failures.md lists them with their causes.
"""
import glob
import os
import re
import sys

import yaml

from program import ROOT

TOLD = ("name", "about", "expect")  # what is said of a run, beside what it is


def leaves(node, path=()):
    """Every value of a file by its place in it."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, path + (key,))
    elif isinstance(node, list) and node:
        for i, value in enumerate(node):
            yield from leaves(value, path + (i,))
    else:
        yield path, node


def knobs(file):
    return dict(leaves({key: value for key, value in file.items() if key not in TOLD}))


def knobs_that_differ(one, other):
    """Members of one group, as in `keepalive: {type: crlf, every: 30s}`, are one knob."""
    one, other = knobs(one), knobs(other)
    places = {place for place in one.keys() | other.keys() if one.get(place, "") != other.get(place, "")}
    return {place[:3] for place in places}


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def results(file):
    return [expected["result"] for expected in file["expect"]]


cured = sorted(glob.glob(f"{ROOT}/scenarios/**/*-cured.yaml", recursive=True))
if len(cured) < 30:
    sys.exit(f"only {len(cured)} cures")
for path in cured:
    name = os.path.relpath(path, ROOT)
    ill, well = read(path.replace("-cured.yaml", ".yaml")), read(path)
    differ = knobs_that_differ(ill, well)
    if len(differ) != 1:
        sys.exit(f"{name} differs in {len(differ)} knobs: {sorted(differ)}")
    if set(results(well)) != {"works"} or set(results(ill)) == {"works"}:
        sys.exit(f"{name}: {results(ill)} becomes {results(well)}")

with open(f"{ROOT}/docs/failures.md", encoding="utf-8") as file:
    listed = dict(re.findall(r"^\| `([^`]+)` \| ([a-z-]+) \|", file.read(), re.MULTILINE))
for name, cause in listed.items():
    with open(f"{ROOT}/scenarios/{name}.yaml", encoding="utf-8") as file:
        if f"cause: {cause}" not in file.read():
            sys.exit(f"docs/failures.md: scenarios/{name}.yaml does not expect {cause}")
names = {os.path.relpath(path, f"{ROOT}/scenarios").removesuffix("-cured.yaml") for path in cured}
if names - listed.keys():
    sys.exit(f"docs/failures.md does not list {', '.join(sorted(names - listed.keys()))}")
print(f"{len(cured)} cures, of one knob each")
