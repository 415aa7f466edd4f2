"""Diagrams of every scenario: each form is well-formed, all forms show the same events, and twice the same bytes come out."""
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from program import ROOT, attempt, check, viaport

SEED = "scenarios/register/seed-test-1.yaml"
FORMS = ("text", "svg", "dot", "mermaid", "plantuml")


def scenarios():
    """The only cell of each scenario, or the first one."""
    for folder, folders, files in os.walk(os.path.join(ROOT, "scenarios")):
        folders.sort()
        for file in sorted(files):
            path = os.path.relpath(os.path.join(folder, file), ROOT)
            dry = attempt("run", "--dry-run", path)
            if dry.returncode == 0:
                yield dry.stdout.split("\n", 1)[0]


# --- grammars, as much of them as is written -----------------------------------------------------------------------------

MERMAID = re.compile(
    r'---\ntitle: "[^"\n]*"\n---\nsequenceDiagram\n'
    r"(    participant L\d+ as [^;\n]+\n)+"
    r"(    (L\d+(->>|--x)L\d+: \d+\.\d{3} \S[^\n]*|Note over L\d+(,L\d+)?: \S[^\n]*)\n)*")
PLANTUML = re.compile(
    r"@startuml\nhide footbox\ntitle [^\n]+\n"
    r'(participant "[^"\n]+" as L\d+\n)+'
    r"(L\d+ (->|-\[#b3261e\]->x) L\d+ : \d+\.\d{3} \S[^\n]*\n|note over L\d+(,L\d+)?: \S[^\n]*\n|\.\.\. [^\n]+ \.\.\.\n)*"
    r"@enduml\n")


def mermaid_events(text):
    return re.findall(r"^    L\d+(?:->>|--x)L\d+: (\S+ [^<\n]+)", text, re.M)


def plantuml_events(text):
    return re.findall(r"^L\d+ \S+ L\d+ : (\S+ [^\\\n]+)", text, re.M)


def svg_events(text):
    return re.findall(r"(?:^|\. )(\d+\.\d{3}) \S+ to \S+: ([^,.]+)", re.search("<desc>(.*?)</desc>", text, re.S).group(1))


def entities(text):
    """#59; and <U+003B> are the character that they stand for."""
    text = re.sub(r"#(\d+);", lambda m: chr(int(m.group(1))), text)
    return re.sub(r"<U\+([0-9A-F]{4})>", lambda m: chr(int(m.group(1), 16)), text)


def arrows(dot):
    """Labels of arrows are the bold ones in the colours of what goes and what is lost; what is lost is explained in a table."""
    return len(re.findall(r'label=<<B><FONT POINT-SIZE="12" COLOR="#(?:1b4f91|b3261e)">', dot))


def check_cell(cell, folder):
    done = {form: viaport("diagram", cell, "-f", form).decode() for form in FORMS}
    check(MERMAID.fullmatch(done["mermaid"]), f"{cell}: no Mermaid:\n{done['mermaid']}")
    check(PLANTUML.fullmatch(done["plantuml"]), f"{cell}: no PlantUML:\n{done['plantuml']}")
    told = [entities(event) for event in mermaid_events(done["mermaid"])]
    check(told == [entities(event) for event in plantuml_events(done["plantuml"])], f"{cell}: Mermaid and PlantUML differ")
    check(told == [" ".join(event) for event in svg_events(done["svg"])], f"{cell}: the svg describes something else")
    check(len(told) == arrows(done["dot"]), f"{cell}: {len(told)} events and {arrows(done['dot'])} arrows")
    for event in told:
        label = event.split(" ", 1)[1]
        check(label in done["text"], f"{cell}: {label} is not in the text")
    name = re.sub(r"\W", "_", cell)[:200]
    for form in ("svg", "plantuml"):
        with open(os.path.join(folder, f"{name}.{form}"), "w", encoding="utf-8") as file:
            file.write(done[form])


def check_all():
    with tempfile.TemporaryDirectory() as folder:
        cells = list(scenarios())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda cell: check_cell(cell, folder), cells))
        svgs = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".svg")]
        check(len(svgs) == len(cells) > 150, f"{len(svgs)} pictures of {len(cells)} cells")
        subprocess.run(["xmllint", "--noout", *svgs], check=True)
        subprocess.run(["plantuml", "-checkonly", os.path.join(folder, "*.plantuml")], check=True)


# --- one of them -----------------------------------------------------------------------------------------------------------

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
    check(re.search(r"^internet\n    er6020, .*\n        cisco, ", tree), f"the tree is another:\n{tree}")


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
    form = attempt("diagram", SEED, "-f", "gif")
    check(form.returncode == 2, f"-f gif: {form.returncode}")
    if os.path.exists("/dev/full"):
        full = attempt("diagram", SEED, "-o", "/dev/full/x.svg")
        check(full.returncode == 4, f"a folder that cannot be made: {full.returncode}")


check_files()
check_bytes()
check_words()
check_endings()
check_refusals()
check_all()
sys.exit(0)
