"""Every entry of the catalogue runs: the axes of scenarios/register/catalogue.yaml name them all."""
import sys

import yaml

from program import read

axes = yaml.safe_load(read("scenarios/register/catalogue.yaml"))["axes"]
for kind, plural in (("phone", "phones"), ("router", "routers"), ("server", "servers")):
    missing = set(yaml.safe_load(read(f"models/catalogue/{plural}.yaml"))["models"]) - set(axes[kind])
    if missing:
        sys.exit(f"scenarios/register/catalogue.yaml: the axis '{kind}' lacks {', '.join(sorted(missing))}")
