"""A 200 that lists more bindings than a datagram holds becomes a 500, and nothing breaks."""
from program import viaport

# Each binding takes about 60 bytes of the 200. The last phone to register is told 500 and gives up.
PHONES = 2500
NAMES = [f"p{i}" for i in range(PHONES)]

scenario = "\n".join(
    ["viaport: 1", "name: One user on many phones", "phones:"]
    + [f'  {name}: {{model: generic-rport, user: "100", listen-port: {5060 + i}}}' for i, name in enumerate(NAMES)]
    + ["servers: {pbx: {model: force-rport}}", "do:", f"  - register: [{', '.join(NAMES)}]", "expect:"]
    + ["  - {register: p0, result: works}", f"  - {{register: p{PHONES - 1}, result: fails, cause: refused}}", ""]
)
for parse in ("built", "all"):
    viaport("run", "-q", "--parse", parse, "-", stdin=scenario.encode())
print(f"{PHONES} bindings of one user")
