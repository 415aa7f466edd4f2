"""-f html: one file that asks nobody for anything, in which nothing of a scenario becomes markup, with the cells of the result."""
import base64
import hashlib
import html.parser
import json
import re
import sys

from program import SANITIZED, viaport

MATRIX = "scenarios/register/matrix.yaml"
VOID = {"meta", "input", "br"}

HOSTILE = """
viaport: 1
name: "</title></script><script>alert(1)</script> & \\"quotes\\" 'single'"
axes:
  phone: [cisco-7940, yealink]
  ports: [random, preserve]
phones: {a: {model: $phone, behind: home}}
routers: {home: {model: linux, ports: $ports}}
servers: {pbx: {model: 3cx-11}}
do: [register: a]
judge: [register: a]
known:
  - when: {phone: cisco-7940, ports: random}
    result: fails
    why: "<!-- <script> <img src=https://example.org/x> \\u0007"
"""


def want(condition, sentence):
    if not condition:
        sys.exit(sentence)


class Page(html.parser.HTMLParser):
    """Elements in the order of their ends; each has its tag, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open = text, [], []
        self.feed(text)
        self.close()
        want(not self.open, f"not closed: {[tag for tag, *_ in self.open]}")

    def handle_starttag(self, tag, attributes):
        self.open.append([tag, dict(attributes), ""])
        if tag in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        want(self.open and self.open[-1][0] == tag, f"</{tag}> ends {self.open[-1:]}")
        element = self.open.pop()
        self.elements.append(element)
        if self.open:
            self.open[-1][2] += element[2]

    def handle_data(self, text):
        if self.open:
            self.open[-1][2] += text

    def all(self, tag, **wanted):
        return [(attributes, text) for name, attributes, text in self.elements
                if name == tag and wanted.items() <= attributes.items()]

    def data(self):
        return json.loads(self.all("script", id="data")[0][1])


def page_of(*args, **options):
    return Page(viaport("run", *args, "-f", "html", **options).decode())


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def nothing_is_asked_for(page):
    for tag, attributes, _ in page.elements:
        want(tag not in ("link", "img", "iframe", "object", "embed", "base"), f"there is a <{tag}>")
        want(not {"src", "href", "style", "action"} & attributes.keys(), f"<{tag} {attributes}> asks for something")
        want(not any(name.startswith("on") for name in attributes), f"<{tag} {attributes}> runs something")
    style = page.all("style")[0][1]
    want("url(" not in style and "@import" not in style, "the style asks for something")
    (script,) = [text for attributes, text in page.all("script") if attributes == {"type": "module"}]
    (policy,) = [attributes["content"] for attributes, _ in page.all("meta") if attributes.get("http-equiv") == "Content-Security-Policy"]
    want(policy == f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
                   "base-uri 'none'; form-action 'none'", f"the policy is {policy}")
    want(len(script.encode()) < 60000, f"the script has {len(script)} bytes")
    want(not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp", script), "the script can make markup")


def tables_and_data_hold_every_cell(page):
    result = json.loads(viaport("run", MATRIX, "-f", "json"))["scenarios"][0]
    places = page.all("td")
    details = page.data()["scenarios"][0]["cells"]
    want(len(places) == len(details) == len(result["cells"]), f"{len(places)} places, {len(details)} details")
    for (attributes, text), data, cell in zip(places, details, result["cells"]):
        want(attributes["class"] == data["verdict"] == cell["verdict"] == text.split()[1], f"{cell['id']} is another in the page")
        want(data["checks"][0].get("cause") == cell["checks"][0]["cause_id"], f"{cell['id']} has another cause")
        want(data["checks"][0].get("sentence") == cell["checks"][0]["sentence"], f"{cell['id']} has another sentence")
        want((data.get("why"), data["confidence"]) == (cell["why"], cell["confidence"]), f"{cell['id']} has another reason")
    want(len(page.all("table")) == len(result["axes"]["phone"]), "not one table per phone")
    listed = [text for _, text in page.all("li")]
    for condition in result["conditions"]:
        want(condition["text"] in listed, f"the page does not say: {condition['text']}")
    want(result["conditions"], "nothing is said of when it fails")


def text_stays_text():
    page = page_of("-", stdin=HOSTILE.encode())
    nothing_is_asked_for(page)
    title = "</title></script><script>alert(1)</script> & \"quotes\" 'single'"
    want(page.all("h1")[0][1] == title, f"the name became {page.all('h1')}")
    want(page.data()["scenarios"][0]["name"] == title, "the script is told another name")
    want(len(page.all("script")) == 2, "there are more scripts")
    want("\a" not in page.text, "there are control characters")
    (script,) = re.findall(r'id="data">(.*?)</script>', page.text, re.S)
    want("<" not in script, "the data could end their element")


def chance_is_told():
    page = page_of("scenarios/keepalive/lost-pings.yaml", "--seeds", "20", "--seed", str(2**63 - 5))
    result = json.loads(viaport("run", "scenarios/keepalive/lost-pings.yaml", "-f", "json", "--seeds", "20", "--seed", 2**63 - 5))
    by_chance = 0
    for (_, text), data, cell in zip(page.all("td"), page.data()["scenarios"][0]["cells"], result["scenarios"][0]["cells"]):
        outcomes = cell["seeds"]["outcomes"]
        by_chance += len(outcomes) > 1
        if len(outcomes) == 1:
            want("of 20" not in text and "chance" not in data and "seed" not in data, f"{cell['id']} does not depend on chance: {text}, {data}")
            continue
        want(f"{outcomes[0]['verdict']} {outcomes[0]['count']} of 20" in text, f"{cell['id']} is shown as {text}")
        want(data["seed"] == str(outcomes[0]["seed"]), f"{cell['id']} is told with seed {data['seed']}")
        want([int(item.split("--seed ")[1][:-1]) for item in data["chance"]] == [o["seed"] for o in outcomes], f"{data['chance']}")
    want(by_chance, "no cell depends on chance")


def surprises_are_listed():
    page = page_of("-", stdin=HOSTILE[: HOSTILE.index("known:")].encode(), code=1)
    want([text for _, text in page.all("li") if "phone=cisco-7940,ports=random" in text and "expected works" in text], "nobody says what surprises")


def runs_share_a_table():
    page = page_of("scenarios/register/seed-test-1.yaml", "scenarios/register/seed-test-2.yaml", MATRIX)
    rows = [text for _, text in page.all("tr", **{"data-s": "0"})] + [text for _, text in page.all("tr", **{"data-s": "1"})]
    want(len(rows) == 2 and "✗ fails F01" in rows[0] and "✓ works" in rows[1], f"the runs are {rows}")
    want([text for _, text in page.all("h2")] == ["Runs", "Which phone registers behind which router with which server", "Causes"], "the sections are others")
    want(len(page.all("article")) == 3, "a cause is told twice, or not at all")


def what_is_too_large_is_folded():
    page = page_of("scenarios/compat/full.yaml")
    want(len(page.text) < 1e6, f"21,168 cells take {len(page.text)} bytes")
    want("too large to show every cell" in page.text, "nobody says that cells are missing")
    cells = page.data()["scenarios"][0]["cells"]
    examples = {(attributes["data-s"], int(attributes["data-example"])) for attributes, _ in page.all("article")}
    want(examples <= {("0", cell["n"]) for cell in cells}, "an example has no details")


def like_cells_share_a_row():
    page = page_of("scenarios/compat/register.yaml")
    want(0 < len(page.all("td")) <= 500 and "alike in every cell" in page.text, "like cells do not share a row")


def thousands_of_cells_with_their_ladders_make_a_page_that_can_be_mailed():
    phones = ["cisco-7940", "yealink", "linphone", "snom", "3cx-softphone-6", "polycom"][:1 if SANITIZED else 6]
    page, cells = page_of("scenarios/compat/full.yaml", *(f"--only=phone={phone}" for phone in phones)), 882 * len(phones)
    want(len(page.all("td")) == cells, f"{len(page.all('td'))} cells are shown")
    want(len(page.text) < 10e6, f"{cells} cells take {len(page.text)} bytes")
    data = page.data()
    want(data["undrawn"] is None, f"ladders are missing: {data['undrawn']}")
    want(None not in data["scenarios"][0]["drawers"], "a cell has no ladder")
    want(len(data["drawers"]) < cells / 2, f"{cells} cells have {len(data['drawers'])} ladders")


def hidden_cells_are_counted():
    page = page_of(MATRIX, "--min-confidence", "medium")
    want(len(page.all("td")) == 48, "cells of low confidence are shown")
    want(page.all("p")[0][1].splitlines() == ["12 cells hidden: confidence below medium", "48 cells: 32 work, 16 fail, 16 known, all as expected."],
         f"the totals are {page.all('p')[0]}")
    want("60 cells hidden: confidence below high." in page_of(MATRIX, "--min-confidence", "high").text, "nobody says that all is hidden")


matrix = page_of(MATRIX)
nothing_is_asked_for(matrix)
tables_and_data_hold_every_cell(matrix)
text_stays_text()
chance_is_told()
surprises_are_listed()
hidden_cells_are_counted()
runs_share_a_table()
if not SANITIZED:
    what_is_too_large_is_folded()
like_cells_share_a_row()
thousands_of_cells_with_their_ladders_make_a_page_that_can_be_mailed()
print("the page in one file")
