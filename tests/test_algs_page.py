"""docs/alg-variants.md is what the program prints, and `show` tells the same of one ALG."""
import sys

from program import read, viaport

if viaport("list", "algs", "--markdown").decode() != read("docs/alg-variants.md"):
    sys.exit("docs/alg-variants.md is out of date: viaport list algs --markdown > docs/alg-variants.md")

SHOWN = {
    "tplink-er6020": ["alg alg-a inert"],
    "alg-a": ["REGISTER as it was", "still fire: contact-private, via-address, via-private, via-port, contact-port, contact-address",
              "tests of the SDP that still fire: sdp-private, sdp-address",
              "can learn its address: yes"],
    "alg-b": ["leaves the router from 86.5.223.17:5060", "still fire: contact-private, via-address, via-private, contact-address"],
    "alg-d": ["its 200 Via, Contact 86.5.223.17:23201 -> 192.168.1.104:5060", "of a server that still fire: none"],
    "alg-e": ["blinds: contact-private, via-address, via-private, contact-address", "no, received=86.5.223.17;rport=5060",
              "of the SDP that still fire: none"],
    "alg-f": ["Content-Length of an INVITE still fits: no, it says 114, and 112 bytes follow",
              "as the phone wrote it: no, a strict phone discards the answer"],
    "alg-g": ["server's INVITE Request-URI, To 86.5.223.17:23201 -> 192.168.1.104:5060", "no, received=192.168.1.104;rport=5060",
              "Content-Length of an INVITE still fits: yes"],
    "alg-h": ["Content-Length of an INVITE still fits: no, it says 114",
              "Via loses ;rport; Call-ID, Contact 192.168.1.104 -> 86.5.223.17", "there is neither received nor rport"],
}
for name, sentences in SHOWN.items():
    shown = " ".join(viaport("show", name).decode().split())
    for sentence in sentences:
        if sentence not in shown:
            sys.exit(f"viaport show {name} does not say: {sentence}")
