"""-f markdown: tables that Markdown readers parse, links that lead somewhere, text that stays text; and docs/COMPATIBILITY.md
is what the program prints."""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

from program import read, viaport

MATRIX = "scenarios/register/matrix.yaml"

# Two phones with names that want to be markup, a router that wants to be columns, and notes with both.
HOSTILE = r"""
viaport: 1
name: "<script>alert(1)</script> | *bold* # [link](x) `code` \\ &amp; ~~gone~~"
axes:
  phone: [cisco-7940, yealink]
  ports: [random, preserve]
phones: {a: {model: $phone, behind: home}}
routers: {home: {model: linux, ports: $ports}}
servers: {pbx: {model: 3cx-11}}
do: [register: a, {wait: 1s}]
judge: [{register: a, as: _a_b_}, {no-misdelivery: any}]
known:
  - when: {phone: cisco-7940, ports: random}
    result: fails
    cause: reply-to-via-port
    why: "<img src=x> | a_b_c _d_ ``` **x**"
"""


def rendered(markdown):
    """The document as a tree of HTML, whatever was taken for HTML is in it."""
    html = subprocess.run(["cmark-gfm", "-e", "table", "-e", "strikethrough", "--unsafe"],
                          input=markdown, capture_output=True, check=True).stdout
    return xml.fromstring(b"<body>" + html + b"</body>")


def slug(heading):
    """How GitHub and GitLab call a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def text_of(element):
    return "".join(element.itertext())


def rows_of(table):
    return [[text_of(cell) for cell in row] for row in table.iter("tr")]


def want(condition, sentence):
    if not condition:
        sys.exit(sentence)


def tables_hold_every_cell():
    result = json.loads(viaport("run", MATRIX, "-f", "json"))["scenarios"][0]
    document = rendered(viaport("run", MATRIX, "-f", "markdown"))
    tables = list(document.iter("table"))
    phones, routers, servers = result["axes"]["phone"], result["axes"]["router"], result["axes"]["server"]
    want(len(tables) == len(phones), f"{len(tables)} tables for {len(phones)} phones")
    verdicts = {tuple(cell["cell"].values()): cell["verdict"] for cell in result["cells"]}
    for phone, table in zip(phones, tables):
        rows = rows_of(table)
        want(rows[0] == ["router", *servers], f"the head of {phone} is {rows[0]}")
        want([row[0] for row in rows[1:]] == routers, f"the routers of {phone} are others")
        for row in rows[1:]:
            for server, cell in zip(servers, row[1:]):
                want(cell.split()[1] == verdicts[phone, row[0], server], f"{phone} {row[0]} {server}: {cell}")
    return document


def links_lead_to_a_cause(document):
    headings = {slug(text_of(element)) for level in ("h2", "h3") for element in document.iter(level)}
    links = [element.get("href") for element in document.iter("a")]
    want(links, "there is no link")
    for link in links:
        want(link.startswith("#") and link[1:] in headings, f"{link} leads nowhere")


def markup_in_a_scenario_stays_text():
    document = rendered(viaport("run", "-", "-f", "markdown", stdin=HOSTILE.encode()))
    title = text_of(next(document.iter("h2")))
    want(title == r"<script>alert(1)</script> | *bold* # [link](x) `code` \ &amp; ~~gone~~", f"the title became {title}")
    for row in rows_of(next(document.iter("table"))):
        want(len(row) == 3, f"a row of {len(row)} columns: {row}")
    whole = text_of(document)
    want("<img src=x> | a_b_c _d_ ``` **x**" in whole, "the reason of a known cell was read as markup")
    want("_a_b_" in whole, "the name of a check was read as markup")
    for tag in ("script", "img", "em", "strong", "del"):
        want(not list(document.iter(tag)), f"there is a <{tag}>")


def what_surprises_stands_first():
    surprise = HOSTILE[: HOSTILE.index("known:")]
    document = viaport("run", "-", "-f", "markdown", stdin=surprise.encode(), code=1).decode()
    want(document.index("## Not as expected") < document.index("| phone |"), "the table stands before what surprises")
    want("**!**" in document, "the table does not mark the cell that surprises")


def a_large_matrix_is_folded():
    document = rendered(viaport("run", "scenarios/compat/register.yaml", "-f", "markdown"))
    cells = sum(len(row) - 1 for table in document.iter("table") for row in rows_of(table)[1:])
    want(0 < cells <= 500, f"{cells} cells in tables")
    want("alike in every cell" in text_of(document), "nobody says that rows are shared")
    document = rendered(viaport("run", "scenarios/compat/full.yaml", "-f", "markdown"))
    want("Too many cells for a table" in text_of(document), "21,168 cells are shown")
    heads = [rows_of(table)[0][0] for table in document.iter("table")]
    want(heads == ["phone", "router", "server"], f"sums by {heads}")


def scenarios_of_one_cell_share_a_table():
    document = rendered(viaport("run", "scenarios/register/seed-test-1.yaml", "scenarios/register/seed-test-2.yaml", "-f", "markdown"))
    rows = rows_of(next(document.iter("table")))
    want([row[2] for row in rows] == ["result", "✗ fails F01", "✓ works"], f"the results are {rows}")


def hidden_cells_are_counted():
    document = rendered(viaport("run", MATRIX, "--min-confidence", "medium", "-f", "markdown"))
    want(text_of(next(document.iter("p"))).splitlines() == ["12 cells hidden: confidence below medium", "48 cells: 32 work, 16 fail, 16 known, all as expected."],
         "the totals are others")
    want(len(list(document.iter("table"))) == 4, "a phone of low confidence has a table")
    document = rendered(viaport("run", MATRIX, "--min-confidence", "high", "-f", "markdown"))
    want("60 cells hidden: confidence below high." in text_of(document), "nobody says that all is hidden")


def it_says_the_command_that_makes_it():
    options = ("--only", "phone=cisco-7940,router=pf", "--only", "phone=yealink", "--min-confidence", "medium", "--seeds", "3")
    document = viaport("run", MATRIX, *options, "-f", "markdown").decode()
    command = re.search(r"^Made by `viaport (run .*)`; ", document, re.M).group(1)
    want(viaport(*shlex.split(command)).decode() == document, f"viaport {command} makes another document")
    several = viaport("run", MATRIX, "scenarios/register/seed-test-1.yaml", "-f", "markdown").decode()
    want(f"`viaport run {MATRIX} scenarios/register/seed-test-1.yaml -f markdown`" in several, "files are missing in its command")
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "a.db")
        viaport("run", MATRIX, *options, "--store", store, "-q")
        result = viaport("run", MATRIX, *options, "-f", "json")
        want(viaport("report", store, "-f", "markdown").decode() == document, "a store makes another document")
        want(viaport("report", store, "-f", "json") == result, "a store makes another result")
    want(viaport("report", "-", "-f", "markdown", stdin=viaport("run", MATRIX, *options, "-f", "json"))
         == viaport("run", MATRIX, *options, "-f", "markdown"), "a result makes another document")


hidden_cells_are_counted()
it_says_the_command_that_makes_it()
links_lead_to_a_cause(tables_hold_every_cell())
markup_in_a_scenario_stays_text()
what_surprises_stands_first()
a_large_matrix_is_folded()
scenarios_of_one_cell_share_a_table()
if viaport("run", MATRIX, "-f", "markdown").decode() != read("docs/COMPATIBILITY.md"):
    sys.exit(f"docs/COMPATIBILITY.md is out of date: viaport run {MATRIX} -f markdown > docs/COMPATIBILITY.md")
print("Markdown that renders")
