"""The printed JSON Schema takes every scenario and the catalogue, and refuses what `viaport check` refuses."""
import copy
import glob
import json
import os
import sys

import jsonschema
import yaml

from program import ROOT, viaport


class Loader(yaml.SafeLoader):
    """Reads scalars as scenario files mean them: on and off and dates are text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] in ("int", "float", "null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

schema = json.loads(viaport("schema"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

files = glob.glob(f"{ROOT}/scenarios/**/*.yaml", recursive=True) + glob.glob(f"{ROOT}/models/catalogue/*.yaml")
for path in sorted(files):
    with open(path, encoding="utf-8") as file:
        for error in validator.iter_errors(yaml.load(file, Loader)):
            sys.exit(f"{os.path.relpath(path, ROOT)}: {error.json_path}: {error.message}")

with open(f"{ROOT}/scenarios/register/seed-test-1.yaml", encoding="utf-8") as file:
    good = yaml.load(file, Loader)


def refused(sentence, spoil):
    bad = copy.deepcopy(good)
    spoil(bad)
    if validator.is_valid(bad):
        sys.exit(f"the schema takes {sentence}")


refused("an unknown key", lambda f: f["phones"]["cisco"].update(behnid="er6020"))
refused("a duration without unit", lambda f: f.update(until=10))
refused("a port out of range", lambda f: f["phones"]["cisco"].update({"listen-port": 65536}))
refused("a word that is none", lambda f: f["servers"]["pbx"].update({"force-rport": "maybe"}))
refused("an unknown cause", lambda f: f["expect"][0].update(cause="bad-luck"))
refused("a switch that no alg has", lambda f: f["routers"]["er6020"].update(alg={"prt": "keep"}))
refused("a word that no switch takes", lambda f: f["routers"]["er6020"].update(alg={"port": "away"}))
refused("a forward that says more than port and host",
        lambda f: f["routers"]["er6020"].update(forward=[{"port": 5060, "form": 1}]))
refused("a remedy that is a map", lambda f: f.update(remedy={"name": "remedy-a"}))
refused("a call to nobody", lambda f: f["do"].append({"call": {"from": "cisco"}}))
refused("a call that nobody hangs up", lambda f: f["do"].append({"call": {"from": "cisco", "to": "pbx", "hangup": "nobody"}}))
refused("audio that is neither both-ways nor from one to another", lambda f: f["expect"][0].update(audio="both"))
refused("a gap in words", lambda f: f["expect"][0].update(between="a while"))
refused("a file without version", lambda f: f.pop("viaport"))
print(f"{len(files)} files fit the schema")
