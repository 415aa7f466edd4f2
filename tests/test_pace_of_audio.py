"""What is said of audio does not depend on how dense it is: scenarios say the same with a datagram every 20 ms, as phones send them."""
import glob
import os
import sys

import yaml

from program import ROOT, viaport

files = sorted(glob.glob(f"{ROOT}/scenarios/media/*.yaml"))
if len(files) < 15:
    sys.exit(f"only {len(files)} scenarios")
for path in files:
    with open(path, encoding="utf-8") as file:
        scenario = yaml.load(file, Loader=yaml.BaseLoader)  # every value stays the word that it is
    for kind in ("phones", "servers"):
        for device in scenario[kind].values():
            device.setdefault("rtp", {})["every"] = "20ms"
    print(os.path.basename(path))
    viaport("run", "-", "--trace", "counts", stdin=yaml.dump(scenario).encode())
