"""Every form of every scenario is well-formed, and all of them say the same events: those of the trace.

What repeats is folded in all forms alike: a datagram of the trace that none of them has must be like one that they have, and they
must say that there are more. Captures are not folded; tests/test_export.py compares each of their frames with the same traces.
"""
import html
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Optional

from page_data import data_of, unpacked
from program import SANITIZED, attempt, check, viaport
from shipped import at_once, first_cells, traces

FORMS = ("text", "svg", "png", "pdf", "dot", "mermaid", "plantuml")
DPI = 48  # of the png, which is large otherwise
FOLD = re.compile(r"\d+ more(?:, every \d+\.\d{3} s)? (?:at|until) (\d+\.\d{3}), same end")
LEFT_OUT = re.compile(r"[\d,]+ (?:lines?(?: of others)?|later events?) left out")


class Arrow(NamedTuple):
    """A datagram from one node to the next."""
    at: str
    origin: str
    to: Optional[str]  # None: it never got anywhere
    label: str
    lost: bool


class Note(NamedTuple):
    """Something that happened at a node."""
    at: str
    node: str


class Band(NamedTuple):
    """What is folded, or left out."""
    text: str


# --- what the trace says -------------------------------------------------------------------------

def seconds(at_us):
    return f"{at_us // 1000000}.{at_us // 1000 % 1000:03}"


def node(record):
    return record["at"].split("/")[0]


class Story:
    """The datagrams of a cell in the order in which they were sent, and what happened besides."""

    def __init__(self, trace):
        self.sent = {r["id"]: r for r in trace if r["event"] == "sent"}
        self.reached, self.lost, self.notes = {}, set(), []
        for r in trace:
            if r["event"] in ("arrived", "dropped") and r["id"] in self.sent and node(r) != node(self.sent[r["id"]]):
                self.reached.setdefault(r["id"], node(r))
            if r["event"] == "dropped":
                self.lost.add(r["id"])
            if r["event"] in ("note", "dropped") and r["id"] not in self.sent and r["reason"]:
                self.notes.append(Note(seconds(r["at_us"]), node(r)))

    def arrows(self):
        """Each with the number of the fragment that it is."""
        for id, r in self.sent.items():
            arrow = Arrow(seconds(r["at_us"]), node(r), self.reached.get(id), r["label"], id in self.lost)
            yield arrow, r.get("fragment", {}).get("number")


def alike(arrow):
    return arrow._replace(at=None)


def same_as_trace(events, story, crowd):
    """Each arrow is in the trace, in this order; what the trace has besides is folded, or left out."""
    drawn = [event for event in events if isinstance(event, Arrow)]
    bands = [event.text for event in events if isinstance(event, Band)]
    folds, gaps = [band for band in bands if FOLD.fullmatch(band)], [band for band in bands if LEFT_OUT.fullmatch(band)]
    rest, undrawn, parts = iter(drawn), [], Counter()
    wanted = next(rest, None)
    for arrow, part in story.arrows():
        if arrow == wanted:
            wanted = next(rest, None)
        else:
            undrawn.append(arrow)
            parts[alike(arrow), part] += 1
    check(wanted is None, f"{wanted} is not in the trace there")
    if not gaps:
        shown = {alike(arrow) for arrow in drawn}
        check(all(alike(arrow) in shown for arrow in undrawn), "a datagram is neither drawn nor like one that is")
        check([event for event in events if isinstance(event, Note)] == story.notes, "other notes than in the trace")
        check(bool(folds) == bool(undrawn), f"{len(undrawn)} datagrams are folded into {len(folds)} folds")
    if not gaps and undrawn:
        most = max(parts.values())
        told = sum(int(fold.split()[0]) for fold in folds)
        check(most <= told <= len(undrawn), f"{told} more are told of {len(undrawn)} that are folded, {most} of them alike")
        times = {arrow.at for arrow in undrawn}
        check(all(FOLD.fullmatch(fold).group(1) in times for fold in folds), "a fold ends when nothing was sent")
    check(crowd or len(drawn) + len(bands) <= 100, "more is drawn than said")


# --- text ----------------------------------------------------------------------------------------

TEXT_ARROW = re.compile(r" +(\d+\.\d{3})  (\S+) +-> (\S+) +(\S.*?) +(?:from|to  ) \d+\.\d+\.\d+\.\d+(?::\d+)?(?:   .*)?")
TEXT_DROP = re.compile(r" +(\d+\.\d{3})  (\S+) +x +dropped +.*")
TEXT_NOTE = re.compile(r" +(\d+\.\d{3})  (\S+) {4,}\S.*")


def same_name(text, name):
    """A long name is cut in text."""
    return name.startswith(text[:-1]) if text.endswith("~") else name == text


def is_line_of(event, line):
    if isinstance(event, Band):
        return line.replace("... ", "").strip() == event.text
    found = (TEXT_ARROW if isinstance(event, Arrow) else TEXT_NOTE).fullmatch(line)
    if not found or found.group(1) != event.at or not same_name(found.group(2), event[1]):
        return False
    return isinstance(event, Note) or (same_name(found.group(3), event.to or found.group(3)) and found.group(4) == event.label)


def same_as_text(events, text):
    """Its lines are the same events in the same order; where a datagram was lost has a line of its own, and nobody is left out."""
    ladder = text.split("\n\n")[1].splitlines()
    lines = [line for line in ladder if re.match(r" +(\d+\.\d{3}  \S|\.\.\. |\d+ more)", line) and not TEXT_DROP.match(line)]
    drops = sum(1 for line in ladder if TEXT_DROP.match(line))
    others = [event for event in events if isinstance(event, Band) and "of others" in event.text]
    left = int(others[0].text.split()[0]) if others else 0
    for event in events:
        if event in others:
            continue
        while left and lines and not is_line_of(event, lines[0]):
            lines.pop(0)
            left -= 1
        line = lines.pop(0) if lines else "nothing more"
        check(is_line_of(event, line), f"{event}, in the text {line}")
    check(len(lines) == left, f"the text has {len(lines)} more, not {left}")
    if not any(LEFT_OUT.fullmatch(event.text) for event in events if isinstance(event, Band)):
        check(drops == sum(event.lost for event in events if isinstance(event, Arrow)), f"{drops} datagrams die in the text")


# --- Mermaid and PlantUML ------------------------------------------------------------------------

MERMAID = re.compile(
    r'---\ntitle: "(?:[^"\\\n]|\\["\\])*"\n---\nsequenceDiagram\n'
    r"(    participant L\d+ as [^;\n]+\n)+"
    r"(    (L\d+(->>|--x|--\))L\d+: \d+\.\d{3} \S[^\n]*|Note over L\d+(,L\d+)?: \S[^\n]*)\n)*")
PLANTUML = re.compile(
    r"@startuml\nhide footbox\ntitle [^\n]+\n"
    r'(participant "[^"\n]+" as L\d+\n)+'
    r"(L\d+ (--?>|-\[#b3261e\]->x)(\?| L\d+) : \d+\.\d{3} \S[^\n]*\n|note over L\d+(,L\d+)?: \S[^\n]*\n|\.\.\. [^\n]+ \.\.\.\n)*"
    r"@enduml\n")
MARKUP = {  # how each writes a participant, an arrow, a note or a band, a line break, and characters that are signs
    "mermaid": (r"participant L\d+ as (.+?)(?:<br/>.*)?", r"L(\d+)(->>|--x|--\))L(\d+): (\S+) (.+)",
                r"Note over (\S+): (.*)", "<br/>", r"#(\d+);", 10),
    "plantuml": (r'participant "(.+?)(?:\\n.*)?" as L\d+', r"L(\d+) (--?>|\S+->x)(?:\?| L(\d+)) : (\S+) (.+)",
                 r"note over (\S+): (.*)|\.\.\. (.*) \.\.\.", "\\n", r"<U\+([0-9A-F]{4})>", 16),
}


def script_events(form, text):
    """The events, and what else is said over nodes."""
    named, arrow, note, line_break, sign, base = MARKUP[form]

    def plain(coded):
        return re.sub(sign, lambda m: chr(int(m.group(1), base)), coded)

    names, events, said = [], [], []
    for line in map(str.strip, text.splitlines()):
        if found := re.fullmatch(named, line):
            names.append(plain(found.group(1)))
        elif found := re.fullmatch(arrow, line):
            origin, kind, to, at, label = found.groups()
            events.append(Arrow(at, names[int(origin)], names[int(to)] if to not in (None, origin) else None,
                                plain(label.split(line_break)[0]), kind.endswith("x")))
        elif found := re.fullmatch(note, line):
            over, words = found.group(1) or "", plain(found.group(2) or found.group(3))
            if FOLD.fullmatch(words) or LEFT_OUT.fullmatch(words):
                events.append(Band(words))
            elif re.match(r"\d+\.\d{3} ", words):
                events.append(Note(words.split()[0], names[int(over[1:])]))
            else:
                said.append(words.replace(line_break, "\n"))
    return events, said


# --- pictures ------------------------------------------------------------------------------------

GOES, LOST, LINE = "#1b4f91", "#b3261e", "#8a94a6"
TAG = re.compile(r"<[^>]*>")


def words(markup):
    """Its text without blanks, which forms have at different places."""
    return re.sub(r"\s", "", html.unescape(TAG.sub("", markup)))


class Dot:
    """The graph of which all pictures are drawn."""

    def __init__(self, text):
        self.labels = re.findall(r"^\t\d+ \[pos=\S+ label=<(.*)>(?: shape=note .*)?\]$", text, re.M)
        self.lines = []
        for pos, colour, pen in re.findall(r'^\ta -> a \[pos="([^"]*)" color="(\S+)" penwidth=([\d.]+)', text, re.M):
            points = [tuple(map(float, point.split(","))) for point in pos.split() if not point.startswith("e")]
            tip = re.search(r"e,([\d.]+),", pos)
            self.lines.append((colour, pen, points[0], (float(tip.group(1)), points[-1][1]) if tip else points[-1]))

    def arrows(self):
        """Labels in order, and whether they are in the colour of what is lost."""
        one = rf'<B><FONT COLOR="({GOES}|{LOST})">([^<]*)</FONT></B>(?:<FONT [^>]*>&#160;[^<]*</FONT>)?'
        found = (re.fullmatch(one.replace("&#160;", "\u00a0"), label) for label in self.labels)
        return [(html.unescape(label.group(2)), label.group(1) == LOST) for label in found if label]

    def bands(self):
        return [text for text in map(words, self.labels)]

    def edges(self):
        """The edges of lanes, from left to right."""
        return sorted({x for colour, pen, (x, _), (end, _) in self.lines if colour == LINE and pen == "1.6" and x == end})

    def strokes(self):
        """Where arrows begin and end."""
        return [(x, end) for colour, pen, (x, y), (end, low) in self.lines
                if colour in (GOES, LOST) and pen == "1.6" and y == low]


def same_as_dot(events, dot):
    drawn = [event for event in events if isinstance(event, Arrow)]
    check([(event.label, event.lost) for event in drawn] == dot.arrows(), "the picture has other labels")
    every = set(dot.bands())
    check(all(words(event.text) in every for event in events if isinstance(event, Band)), "a band is not in the picture")
    check(len(dot.strokes()) == len(drawn), f"{len(drawn)} datagrams and {len(dot.strokes())} arrows")
    lanes = {}  # edges at which arrows of a node end
    for event, (x, end) in zip(drawn, dot.strokes()):
        check(min(abs(x - edge) for edge in dot.edges()) < 0.1, f"{event} begins beside its lane")
        lanes.setdefault(event.origin, set()).add(round(x, 1))
        if event.to and event.to != event.origin:
            near = min(dot.edges(), key=lambda edge: abs(edge - end))
            check(abs(near - end) < 10, f"{event} ends beside its lane")
            lanes.setdefault(event.to, set()).add(round(near, 1))
    shared = [edge for edges in lanes.values() for edge in edges]
    check(len(shared) == len(set(shared)), f"two nodes have the same edge: {lanes}")
    check(all(len(edges) <= 2 for edges in lanes.values()), f"a node has more than two edges: {lanes}")


def same_as_svg(dot, svg):
    nodes = re.findall(r'<g id="node\d+" class="node">(.*?)</g>', svg, re.S)
    texts = [words(node) for node in nodes]
    check(texts == [words(label) for label in dot.labels], "the svg has other texts than the dot")
    check(svg.count('class="edge"') == len(dot.lines), "the svg has other lines than the dot")


def svg_sentences(svg):
    return html.unescape(re.search("<desc>(.*?)</desc>", svg, re.S).group(1))


def same_as_description(events, said, desc):
    """Its sentences come in the same order."""
    at = 0
    for event in events:
        begins = {Arrow: lambda e: f"{e.at} {e.origin} to {e.to or 'nobody'}: {e.label}",
                  Note: lambda e: f"{e.at} {e.node}: ", Band: lambda e: f"{e.text}. "}[type(event)](event)
        found = desc.find(begins, at)
        check(found >= 0, f"{event} is not described there")
        at = found + len(begins)
        if isinstance(event, Arrow):
            sentence = desc[at:].split(". ")[0]
            check((", lost: " in sentence) == event.lost, f"{event} is described as {sentence}")
    for told in said:
        check(all(part in desc for part in told.split("\n")), f"not described: {told}")


def check_png(svg, png):
    """Its chunks are whole, and it is as large as the svg."""
    check(png[:8] == b"\x89PNG\r\n\x1a\n", "no png")
    at, pixels, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        chunk = png[at + 8:at + 8 + length]
        check(struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + chunk), f"a damaged {kind}")
        size = struct.unpack(">II", chunk[:8]) if kind == b"IHDR" else size
        pixels += chunk if kind == b"IDAT" else b""
        at += 12 + length
    wanted = [float(points) * DPI / 72 for points in re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg).groups()]
    check(all(abs(is_ - should) <= 2 for is_, should in zip(size, wanted)), f"the png has {size} pixels, not {wanted}")
    check(len(set(zlib.decompress(pixels))) > 8, "the png is empty")


# --- pages ---------------------------------------------------------------------------------------

def page_events(drawer):
    """The events of a ladder in a page."""
    names = [lane["name"] for lane in drawer["lanes"]]
    for step in drawer["steps"]:
        origin, to = (names[step[end][0]] if step.get(end) else None for end in ("from", "to"))
        if step["kind"] == "arrow":
            yield Arrow(seconds(step["at"]), origin, to, step["label"], step.get("lost", False))
        elif step["kind"] == "note":
            yield Note(seconds(step["at"]), origin)
        else:
            yield Band(step["label"])


def page(*arguments):
    """The ladders of the first cells in a page, by the file of the scenario. Cells with the same events share one, with the names of
    the first of them: the others have none here."""
    data, found = data_of(attempt("run", "-f", "html", *arguments).stdout), {}
    for i, scenario in enumerate(data["scenarios"]):
        drawer = data["drawers"][scenario["drawers"][0]]
        found[scenario["file"]] = list(page_events(unpacked(data, drawer))) if drawer["s"] == i else None
    return found


def all_pages(cells):
    return {file: events for found in at_once(page, cells) for file, events in found.items()}


# --- all of them ---------------------------------------------------------------------------------

def draw(cell, folder, number):
    """The forms of a cell; the svg, pdf and plantuml are left in the folder, too."""
    done = {form: viaport("diagram", cell, "-f", form, *(["--dpi", DPI] if form == "png" else [])) for form in FORMS}
    for form in ("svg", "pdf", "plantuml"):
        with open(os.path.join(folder, f"{number:03}.{form}"), "wb") as file:
            file.write(done[form])
    return {form: made if form in ("png", "pdf") else made.decode() for form, made in done.items()}


def check_cell(trace, done, paged):
    """Returns what its pdf must say."""
    dot = Dot(done["dot"])
    check(MERMAID.fullmatch(done["mermaid"]), f"no Mermaid:\n{done['mermaid']}")
    check(PLANTUML.fullmatch(done["plantuml"]), f"no PlantUML:\n{done['plantuml']}")
    events, said = script_events("mermaid", done["mermaid"])
    check((events, said) == script_events("plantuml", done["plantuml"]), "Mermaid and PlantUML say different things")
    same_as_trace(events, Story(trace), " of others " in done["mermaid"])
    check(paged in (None, events), "the page has other events")
    same_as_text(events, done["text"])
    same_as_dot(events, dot)
    same_as_svg(dot, done["svg"])
    same_as_description(events, said, svg_sentences(done["svg"]))
    check_png(done["svg"], done["png"])
    return "".join(map(words, dot.labels))


def all_cells(folder):
    cells = first_cells()
    check(len(cells) > 150, f"only {len(cells)} scenarios")
    cells = cells[::5] if SANITIZED else cells
    traced = traces(cells)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        drawn = list(pool.map(lambda i: draw(cells[i], folder, i), range(len(cells))))
    told, paged = [], all_pages(cells)
    for cell, done in zip(cells, drawn):
        try:
            told.append(check_cell(traced[cell], done, paged[cell.split("[")[0]]))
        except SystemExit as wrong:
            raise SystemExit(f"{cell}: {wrong}")
    check(sum(events is not None for events in paged.values()) > 0.8 * len(cells), "few ladders are in the pages")
    return cells, told


def files(folder, form):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(f".{form}"))


def check_pdfs(folder, cells, told):
    """One page each, with the texts of the graph in the same order."""
    joint = os.path.join(folder, "joint")
    subprocess.run(["pdfunite", *files(folder, "pdf"), joint], check=True)
    about = subprocess.run(["pdfinfo", joint], check=True, capture_output=True, text=True).stdout
    check(re.search(rf"^Pages: +{len(cells)}$", about, re.M), f"not one page each:\n{about}")
    said = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", joint, "-"], check=True, capture_output=True).stdout.decode()
    for cell, page, wanted in zip(cells, said.split("\f"), told):
        check(words(page) == wanted, f"{cell}: the pdf says {words(page)}, not {wanted}")


def check_tools(folder):
    subprocess.run(["xmllint", "--noout", *files(folder, "svg")], check=True)
    subprocess.run(["plantuml", "-checkonly", os.path.join(folder, "*.plantuml")], check=True)


with tempfile.TemporaryDirectory() as temporary:
    names, texts = all_cells(temporary)
    check_pdfs(temporary, names, texts)
    check_tools(temporary)
sys.exit(0)
