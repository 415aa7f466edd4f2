"""Draws the pictures of the documents, each by the command that stands below it, and the gallery of what the labs show.

    VIAPORT=build/release/viaport python3 docs/gallery.py
"""
import base64
import hashlib
import html
import json
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests"))
from program import ROOT, read, viaport  # noqa: E402

# What is shown beside the lessons, by what it is about.
SHOWN = {
    "It does not register": [
        "scenarios/register/seed-test-1.yaml",
        "scenarios/register/s05-7970-linux.yaml",
        "scenarios/register/s06-via-one-way.yaml",
        "scenarios/register/fragments-dropped.yaml",
    ],
    "It registers, and cannot be called": [
        "scenarios/register/s02-softphone.yaml",
        "scenarios/call/s20-contact-mended.yaml",
        "scenarios/call/s25-clen.yaml",
        "scenarios/keepalive/s11-blinded.yaml",
        "scenarios/keepalive/s14-reboot.yaml",
    ],
    "It works": [
        "scenarios/register/seed-test-2.yaml",
        "scenarios/keepalive/s09-pingless-cured.yaml",
        "scenarios/remedies/server-beside.yaml",
    ],
}
MARKS = {"works": "✓", "degraded": "~", "stops": "|", "fails": "✗"}
STYLE = """
:root {
	color-scheme: light dark;
	--page: #f6f7f9; --sheet: #fff; --picture: #fffffe; --ink: #1b1f24; --faint: #57606a; --line: #d5dae0; --accent: #0b57a4;
	--works: #dff3e4; --works-ink: #0f5323; --degraded: #fbf0c4; --degraded-ink: #614700;
	--stops: #fde3cd; --stops-ink: #7a3300; --fails: #fbdcdd; --fails-ink: #861023;
}
@media (prefers-color-scheme: dark) {
	:root {
		--page: #101317; --sheet: #181c21; --picture: #151b23; --ink: #e4e8ed; --faint: #a0a9b4; --line: #323942; --accent: #7db8f5;
		--works: #12331d; --works-ink: #92e2aa; --degraded: #372c09; --degraded-ink: #f0d173;
		--stops: #40260f; --stops-ink: #f6b685; --fails: #471a1f; --fails-ink: #ffb0b6;
	}
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem clamp(.75rem, 3vw, 2.5rem) 4rem; max-width: 84rem; background: var(--page); color: var(--ink);
	font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.8rem; line-height: 1.2; }
h2 { margin: 3rem 0 1rem; font-size: 1.35rem; }
h3 { margin: 0 0 .5rem; font-size: 1.1rem; line-height: 1.3; text-wrap: balance; }
p { margin: 0 0 .75rem; max-width: 72ch; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font: .82em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
nav ol, nav ul { margin: 0 0 1rem; padding: 0; columns: 20rem; list-style: none; }
nav p { margin: 0 0 .3rem; font-weight: 600; }
nav li { padding: .1rem 0; break-inside: avoid; }
article { display: grid; grid-template-columns: minmax(15rem, 21rem) minmax(0, 1fr); gap: 1.5rem; margin: 0 0 1.25rem; padding: 1.25rem;
	border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); }
.verdict { display: inline-block; margin: 0 .4rem .5rem 0; padding: .05rem .6rem; border-radius: 1rem; font-weight: 600; }
.works { background: var(--works); color: var(--works-ink); }
.degraded { background: var(--degraded); color: var(--degraded-ink); }
.stops { background: var(--stops); color: var(--stops-ink); }
.fails { background: var(--fails); color: var(--fails-ink); }
.cause, .command { color: var(--faint); }
figure { margin: 0; max-height: 34rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--picture); }
figure svg { display: block; width: 100%; height: auto; margin: 0 auto; }
footer { margin-top: 3rem; color: var(--faint); }
@media (max-width: 52rem) { article { grid-template-columns: minmax(0, 1fr); padding: .9rem; } figure { max-height: 75vh; } }
@media (max-width: 40rem) { figure svg { width: 40rem; max-width: none; } }
@media print { article { display: block; } figure { max-height: none; overflow: visible; } h3, .verdict { break-after: avoid; } }
"""


def documents():
    """README.md and what is below docs/."""
    yield "README.md"
    for folder, folders, files in os.walk(os.path.join(ROOT, "docs")):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, file), ROOT)


def pictures():
    """Which file each command `viaport diagram ... -o docs/....svg` in the documents draws: its path and the command."""
    for document in documents():
        for command in re.findall(r"^viaport (diagram .* -o docs/\S+\.svg)$", read(document), re.M):
            words = shlex.split(command)
            yield words[-1], words[:-2]


def lessons():
    """The cell of each lesson, as the words behind `viaport diagram`."""
    return [words[1:] for path, words in pictures() if path.startswith("docs/lessons/")]


# --- one picture in a page ------------------------------------------------------------------------------------------------

def drawing(words, number):
    """An SVG without what only a file of its own needs, and the colours for the dark that all of them share."""
    svg = viaport("diagram", *words, "-f", "svg").decode()
    dark = re.search(r"<style>(.*?)</style>\n", svg, re.S).group(1)
    svg = svg[svg.index("<svg"):].replace(f"<style>{dark}</style>\n", "")
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.S)
    head, body = svg.split("</desc>", 1)
    body = re.sub(r"<title>.*?</title>\n", "", body)
    body = re.sub(r' id="[^"]*"', "", body)
    width = re.search(r'viewBox="\S+ \S+ (\S+) ', head).group(1)
    head = re.sub(r' width="[^"]*" height="[^"]*"', f' aria-labelledby="t{number} d{number}"', head)
    head = head.replace("<title>", f'<title id="t{number}">').replace("<desc>", f'<desc id="d{number}">')
    return head + "</desc>" + body, float(width), dark


def result(words):
    """What became of the cell: the scenario's name, the verdict, and the checks that do not work."""
    run = json.loads(viaport("run", *words, "-f", "json"))["scenarios"][0]
    cell = run["cells"][0]
    return run["name"], cell["verdict"], [check for check in cell["checks"] if check["cause"]]


def sentences(checks):
    """Why, each reason once."""
    return list(dict.fromkeys(check["sentence"] for check in checks if check["sentence"]))


class Card:
    def __init__(self, number, words):
        self.number, self.words, self.page = number, words, None
        self.svg, self.width, self.dark = drawing(words, number)
        self.name, self.verdict, self.checks = result(words)
        page = words[0].replace("scenarios/", "").replace(".yaml", ".md")
        if os.path.exists(os.path.join(ROOT, "docs", page)):
            self.page = page

    def entry(self):
        return f'<li><a href="#c{self.number}">{html.escape(self.name)}</a> <span aria-hidden="true">{MARKS[self.verdict]}</span> {self.verdict}</li>\n'

    def text(self):
        yield f"<h3>{html.escape(self.name)}</h3>\n"
        yield f'<span class="verdict {self.verdict}"><span aria-hidden="true">{MARKS[self.verdict]} </span>{self.verdict}</span>\n'
        causes = dict.fromkeys(f"{check['cause_id']} {check['cause']}" for check in self.checks)
        if causes:
            yield f'<p class="cause">{html.escape(", ".join(causes))}</p>\n'
        for sentence in sentences(self.checks):
            yield f"<p>{html.escape(sentence)}.</p>\n"
        if self.page:
            yield f'<p><a href="{self.page}">The lesson</a></p>\n'
        yield f'<p class="command"><code>viaport explain {html.escape(shlex.join(self.words))} --lesson</code></p>\n'

    def article(self):
        name = html.escape(f"{self.name}: the packets", quote=True)
        return (f'<article id="c{self.number}">\n<div>\n{"".join(self.text())}</div>\n'
                f'<figure tabindex="0" aria-label="{name}">\n{self.svg.strip()}\n</figure>\n</article>\n')


# --- the page -------------------------------------------------------------------------------------------------------------

def gallery():
    """The page: what each of these labs shows, with its picture."""
    groups = {"The twelve lessons": lessons(), **{head: [[path] for path in paths] for head, paths in SHOWN.items()}}
    cards, number = {}, 0
    for head, those in groups.items():
        cards[head] = [Card(number + i, words) for i, words in enumerate(those)]
        number += len(those)
    style = STYLE + cards["The twelve lessons"][0].dark
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = ["<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n",
            f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n",
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>viaport: a gallery of lost calls</title>\n",
            f"<style>{style}</style>\n<body>\n<header>\n<h1>A gallery of lost calls, and of some that are not</h1>\n",
            "<p>Each of these is a lab of phones, routers and servers that follow their rules. What they send is drawn as it goes, with "
            "what a router has written anew, what is wrong by then, and where it is lost.</p>\n</header>\n<nav aria-label=\"All labs\">\n"]
    for head, those in cards.items():
        page += [f"<p>{head}</p>\n<ul>\n", *(card.entry() for card in those), "</ul>\n"]
    page.append("</nav>\n<main>\n")
    for head, those in cards.items():
        page += [f"<section>\n<h2>{head}</h2>\n", *(card.article() for card in those), "</section>\n"]
    page.append("</main>\n<footer><p>Made by <code>docs/gallery.py</code>; changes by hand will be lost.</p></footer>\n</body>\n</html>\n")
    return "".join(page)


def write(path, text):
    with open(os.path.join(ROOT, path), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    for path, words in pictures():
        write(path, viaport(*words, "-f", "svg").decode())
    write("docs/gallery.html", gallery())
