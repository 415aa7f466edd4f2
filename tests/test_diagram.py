"""Diagrams on the command line: files, forms, refusals, and the same bytes twice. What they say is tested by tests/test_forms.py."""
import os
import re
import struct
import subprocess
import sys
import tempfile

from program import attempt, check, viaport

SEED = "scenarios/register/seed-test-1.yaml"


def check_files():
    with tempfile.TemporaryDirectory() as folder:
        for form, magic in (("svg", b"<svg role=\"img\""), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF"), ("dot", b"digraph"),
                            ("mermaid", b"sequenceDiagram"), ("plantuml", b"@startuml"), ("text", b"407")):
            for topology in ((), ("--topology",)):
                file = os.path.join(folder, f"new/d.{form}")
                viaport("diagram", SEED, "-o", file, *topology)
                with open(file, "rb") as opened:
                    made = opened.read()
                check(topology or magic in made, f"-f {form}: {made[:40]}")
                check(made[:1] and (form == "pdf" or made == viaport("diagram", SEED, "-f", form, *topology)),
                      f"-f {form}: other bytes the second time")
                if form == "pdf":
                    subprocess.run(["pdfinfo", file], check=True, stdout=subprocess.DEVNULL)
                if form == "svg":
                    subprocess.run(["xmllint", "--noout", file], check=True)


def check_bytes():
    """Graphviz keeps some things in the order of their addresses, which differ from run to run."""
    for form in ("svg", "png"):
        made = {viaport("diagram", SEED, "-f", form) for _ in range(8)}
        check(len(made) == 1, f"-f {form}: {len(made)} pictures of one run")


def check_words():
    svg = viaport("diagram", SEED, "-f", "svg").decode()
    for word in ("86.5.223.17:23201", "86.5.223.17:5060", "407", "NEW", "STALE", "F01 reply-to-via-port", "prefers-color-scheme: dark"):
        check(word in svg, f"the svg does not say {word}")
    tree = viaport("diagram", SEED, "--topology").decode()
    check(svg.count("<title>") == 1 and "<!-- 1 -->" not in svg, "names that Graphviz has for parts are in the svg")
    check(re.search(r"^internet\n    er6020, .*\n        cisco, ", tree), f"the tree is another:\n{tree}")


def check_size():
    """A png has so many pixels as it is said to have dots."""
    wide = [struct.unpack(">I", viaport("diagram", SEED, "-f", "png", *dpi)[16:20])[0] for dpi in ((), ("--dpi", "96"), ("--dpi", "48"))]
    check(abs(wide[0] - 2 * wide[1]) <= 2 and abs(wide[1] - 2 * wide[2]) <= 2, f"pixels in a row: {wide}")


def check_endings():
    """The end of the name of a file says what comes into it, however it is written."""
    with tempfile.TemporaryDirectory() as folder:
        for ending, form in (("svg", "svg"), ("SVG", "svg"), ("Png", "png"), ("gv", "dot"), ("dot", "dot"), ("mmd", "mermaid"),
                             ("mermaid", "mermaid"), ("puml", "plantuml"), ("plantuml", "plantuml"), ("txt", "text"),
                             ("text", "text")):
            file = os.path.join(folder, f"lab.2.{ending}")
            viaport("diagram", SEED, "-o", file)
            with open(file, "rb") as opened:
                check(opened.read() == viaport("diagram", SEED, "-f", form), f".{ending} is not a {form}")
        for name in ("notes", "v1.2/notes"):
            viaport("diagram", SEED, "-o", os.path.join(folder, name))
        refused = attempt("diagram", SEED, "-o", os.path.join(folder, "lab.jpg"))
        check(refused.returncode == 2 and "no form is called jpg" in refused.stderr, f"a jpg: {refused.stderr}")
        check(not os.path.exists(os.path.join(folder, "lab.jpg")), "it was written nevertheless")
        viaport("diagram", SEED, "-o", os.path.join(folder, "lab.jpg"), "-f", "png")


def check_refusals():
    many = attempt("diagram", "scenarios/register/matrix.yaml")
    check(many.returncode == 2 and "it takes one cell" in many.stderr, f"a matrix: {many.returncode}, {many.stderr}")
    none = attempt("diagram", "scenarios/register/matrix.yaml", "--only", "phone=nobody")
    check(none.returncode == 5, f"no cell: {none.returncode}")
    dots = attempt("diagram", SEED, "--dpi", "5")
    check(dots.returncode == 2 and "from 24 to 600" in dots.stderr, f"--dpi 5: {dots.returncode}, {dots.stderr}")
    form = attempt("diagram", SEED, "-f", "gif")
    check(form.returncode == 2, f"-f gif: {form.returncode}")
    if os.path.exists("/dev/full"):
        full = attempt("diagram", SEED, "-o", "/dev/full/x.svg")
        check(full.returncode == 4, f"a folder that cannot be made: {full.returncode}")


check_files()
check_bytes()
check_words()
check_size()
check_endings()
check_refusals()
sys.exit(0)
