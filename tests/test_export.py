"""Captures of all scenarios: tshark reads them without a complaint and sees, frame by frame, what the trace says.

All joint files are appended into one capture, and all files of single points into another, so that tshark reads twice in all.
"""
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections import Counter

from program import ROOT, attempt, check, read, viaport
from shipped import first_cells, traces

SEED = "scenarios/register/seed-test-1.yaml"
HOMES = "scenarios/media/two-homes-cured.yaml"  # two phones that have the same address, each in its home
MATRIX = "scenarios/register/matrix.yaml"
FURTHER = (  # of matrices: what none of the first cells shows
    "scenarios/keepalive/another-port.yaml[keepalive=stun,router=linux]",
    "scenarios/reality/two-calls.yaml[variant=twocallsc,phone=p1,router=r8,server=s1]",
    "scenarios/register/fragments.yaml[fragments=pass,mtu=1492]",
    "scenarios/register/fragments.yaml[fragments=drop,mtu=576]",
)
FIELDS = ("frame.interface_name", "frame.time_epoch", "ip.src", "ip.dst", "ip.id", "ip.ttl", "udp.srcport", "udp.dstport",
          "ip.checksum.status", "udp.checksum.status", "icmp.checksum.status", "sip.Method",
          "sip.Status-Code", "rtp.ssrc", "icmp.type", "_ws.malformed", "_ws.expert.severity", "frame.comment")
COMMENT = "1048576"  # of the severities of remarks that tshark makes, that of a comment in the file
CONTROL = {"RTCP", "STUN", "CRLF"}


# --- what tshark reads ---------------------------------------------------------------------------

def tshark(file, *options):
    """What it prints, when it complains of nothing."""
    done = subprocess.run(["tshark", "-r", file, *options], capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if not line.startswith("Running as user")]
    check(done.returncode == 0 and not said, f"tshark {file}: {done.returncode} {said}")
    return done.stdout


def frames(file):
    """A row for each frame. Of what an ICMP error quotes only the status of checksums is told."""
    options = [option for field in FIELDS for option in ("-e", field)]
    text = tshark(file, "-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "--enable-heuristic",
                  "rtp_udp", "-T", "fields", "-E", "separator=/t", "-E", "aggregator=\x01", *options)
    for line in text.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        yield {name: values.split("\x01") if values else [] for name, values in row.items()}


def merged(files, into):
    subprocess.run(["mergecap", "-a", "-I", "none", "-w", into, *files], check=True)
    return into


# --- what the trace says -------------------------------------------------------------------------

class Run:
    """One cell: what was seen, in order, and what must be remarked about it."""

    def __init__(self, name, records):
        self.name = name
        self.packets = [r for r in records if r["event"] in ("sent", "arrived")]
        self.sent = {r["id"]: r for r in self.packets if r["event"] == "sent"}
        self.start = None
        for r in self.packets:
            r["run"], r["remarks"] = self, self.rewriting(r)
        self.losses(records)

    def before(self, r):
        """The datagram that a router has made this one of."""
        parent = self.sent.get(r["parent"])
        return parent if parent and "/" in r["at"] and parent["label"] == r["label"] else None

    def rewriting(self, r):
        if r["event"] != "sent":
            return []
        before, found = self.before(r), []
        for end, word in (("src", "source"), ("dst", "destination")):
            if before and before[end] != r[end]:
                found.append(f"NAT: {word} {before[end]} became {r[end]}")
        return found + ["ALG: "] * ("changed" in r and before is not None and before["text"] != r["text"])

    def losses(self, records):
        seen = {}
        for r in records:
            if r["event"] in ("sent", "arrived"):
                seen[r["id"], r["at"]] = r
            elif r["event"] == "dropped":
                seen[r["id"], r["at"]]["remarks"].append(f"LOST: {r['reason']}")

    def ttl(self, r):
        sent = self.sent[r["id"]]
        before = self.before(sent)
        return self.ttl(before) - 1 if before else 64


class Parts:
    """Which packet is the last one of its datagram at a point."""

    def __init__(self):
        self.missing = {}

    def whole(self, r):
        part = r.get("fragment")
        if not part:
            return True
        key = r["run"], r["at"], r["src"], r["dst"], part["id"]
        ranges = self.missing.setdefault(key, {})
        ranges[part["offset"]] = part["length"]
        last = part["number"] == part["count"] or ranges.get("ended")
        ranges["ended"] = last
        at = 0
        while at in ranges:
            at += ranges[at]
        if not last or any(isinstance(offset, int) and offset >= at for offset in ranges):
            return False
        del self.missing[key]
        return True


# --- frame by frame ------------------------------------------------------------------------------

def ends(r):
    return [(r[end] + ":").split(":")[:2] for end in ("src", "dst")]


def is_sip(r):
    return r["label"] not in CONTROL | {"RTP", "ICMP"}


def same_headers(r, f):
    (src, src_port), (dst, dst_port) = ends(r)
    part, sent = r.get("fragment"), r["run"].sent[r["id"]]
    check(f["frame.interface_name"] == [r["at"]], f"seen at {r['at']}")
    check((f["ip.src"][0], f["ip.dst"][0]) == (src, dst), "its hosts")
    check(int(f["ip.id"][0], 0) == (part["id"] if part else r["id"]) % 65536, "its identification")
    check(int(f["ip.ttl"][0]) == r["run"].ttl(sent), "its time to live")
    if not part and r["label"] != "ICMP":
        check((f["udp.srcport"], f["udp.dstport"]) == ([src_port], [dst_port]), "its ports")


def same_time(r, f):
    seconds, nanoseconds = f["frame.time_epoch"][0].split(".")
    start = int(seconds) * 1000000 + int(nanoseconds[:6]) - r["at_us"]
    r["run"].start = r["run"].start or start
    check(start == r["run"].start, "its time")


def same_protocol(r, f, whole):
    sip = f["sip.Method"] + f["sip.Status-Code"]
    check(sip == ([r["label"]] if is_sip(r) and whole else []), f"SIP {r['label']}, not {sip}")
    check(bool(f["rtp.ssrc"]) == (r["label"] == "RTP"), "RTP")
    check(bool(f["icmp.type"]) == (r["label"] == "ICMP"), "ICMP")


def healthy(r, f, whole):
    good, none = "1", "3"
    check(set(f["ip.checksum.status"]) == {good}, "the checksum of IP")
    check(not f["_ws.malformed"] and set(f["_ws.expert.severity"]) <= {COMMENT}, "nothing to complain of")
    if r["label"] == "ICMP":
        check(f["icmp.checksum.status"] == [good] and f["udp.checksum.status"] == [none], "the checksum of ICMP")
    elif whole:
        check(f["udp.checksum.status"] == [good], "the checksum of UDP")


def same_remarks(r, f):
    for remark in r["remarks"]:
        check(any(comment.startswith(remark) for comment in f["frame.comment"]), f"{remark} in {f['frame.comment']}")
    for kind in ("NAT:", "ALG:", "LOST:"):
        told = sum(comment.startswith(kind) for comment in f["frame.comment"])
        check(told == sum(remark.startswith(kind) for remark in r["remarks"]), f"{kind} {told} times")


def compare(records, file):
    read, parts = list(frames(file)), Parts()
    check(len(read) == len(records), f"{len(read)} frames for {len(records)} records")
    for r, f in zip(records, read):
        whole = parts.whole(r)
        try:
            same_headers(r, f)
            same_time(r, f)
            same_protocol(r, f, whole)
            healthy(r, f, whole)
            same_remarks(r, f)
        except SystemExit as wrong:
            where = f"{r['run'].name}: packet {r['id']} {r['event']} at {r['at']} {r['at_us']}"
            raise SystemExit(f"{where}: not so: {wrong}")
        yield r, whole


# --- statistics ----------------------------------------------------------------------------------

def sip_counts(said):
    """{"200": 12, "REGISTER": 7}"""
    return {word: int(count) for word, count in re.findall(r"^  (?:SIP )?(\S+)[^\n:]*: +(\d+) Packets$", said, re.M)}


def rtp_counts(said):
    """By where a stream comes from and goes to: its packets, of all sources."""
    counts = Counter()
    for line in re.findall(r"^ +\d+\.\d+ .*$", said, re.M):
        src, src_port, dst, dst_port, ssrc, codec, packets = line.split()[2:9]
        counts[f"{src}:{src_port}", f"{dst}:{dst_port}"] += int(packets)
    return counts


def same_statistics(seen, file):
    """What Wireshark's own counts of messages and of audio say."""
    said = tshark(file, "-q", "--enable-heuristic", "rtp_udp", "-z", "sip,stat", "-z", "rtp,streams")
    sip = Counter(r["label"] for r, whole in seen if whole and is_sip(r))
    rtp = Counter((r["src"], r["dst"]) for r, whole in seen if r["label"] == "RTP")
    check(f"Number of SIP messages: {sum(sip.values())}\n" in said, f"{sum(sip.values())} SIP messages: {said[-2000:]}")
    check(sip_counts(said) == sip, f"SIP {sip}, not {sip_counts(said)}")
    check(rtp_counts(said) == rtp, f"RTP {rtp - rtp_counts(said)} and {rtp_counts(said) - rtp} differ")


# --- the runs ------------------------------------------------------------------------------------

def file_of(point):
    return point.replace("/", "-") + ".pcapng"


def exported(run, folder):
    """Returns the records and the files of its single points, in the same order."""
    viaport("export", run.name, "--pcap", folder)
    points = sorted({r["at"] for r in run.packets})
    written = sorted(["all.pcapng", *map(file_of, points)])
    check(sorted(os.listdir(folder)) == written, f"{run.name}: the files of its points")
    records = [r for point in points for r in run.packets if r["at"] == point]
    return records, [os.path.join(folder, file_of(point)) for point in points]


def all_scenarios(folder):
    runs = [Run(name, trace) for name, trace in traces([*first_cells(), *FURTHER]).items()]
    check(len(runs) > 150, f"only {len(runs)} scenarios")
    joint, single, joint_files, single_files = [], [], [], []
    for i, run in enumerate(runs):
        its_records, its_files = exported(run, f"{folder}/{i}")
        joint += run.packets
        single += its_records
        joint_files.append(f"{folder}/{i}/all.pcapng")
        single_files += its_files
    labels = {r["label"] for r in joint}
    check({"RTP", "RTCP", "ICMP", "STUN", "CRLF", "INVITE", "407"} <= labels, f"only {sorted(labels)} were seen")
    check(any(r.get("fragment") for r in joint), "no fragment was seen")
    for records, files, name in ((joint, joint_files, "joint"), (single, single_files, "single")):
        file = merged(files, f"{folder}/{name}.pcapng")
        same_statistics(list(compare(records, file)), file)


# --- one run -------------------------------------------------------------------------------------

def next_line(said, point, file):
    """A command that a shell takes as it stands, with a filter that tshark understands and that shows the point alone."""
    words = shlex.split(said.removeprefix("next: "))
    check(words == ["wireshark", "-Y", f'frame.interface_name == "{point}"', file], said)
    shown = tshark(file, "-Y", words[2], "-T", "fields", "-e", "frame.interface_name")
    check(set(shown.split()) == {point}, f"{words[2]} shows {set(shown.split())}")


def the_seed(folder):
    said = attempt("export", SEED, "--pcap", folder)
    check(f"{folder}/all.pcapng: 66 packets, 4 points\n" in said.stdout, said.stdout)
    next_line(said.stderr, "pbx", f"{folder}/all.pcapng")
    names = tshark(f"{folder}/all.pcapng", "-N", "n", "-T", "fields", "-e", "ip.src_host")
    check(set(names.split()) == {"cisco", "er6020/wan", "pbx"}, "addresses have the names of nodes")
    begins = tshark(f"{folder}/all.pcapng", "-c", "1", "-T", "fields", "-e", "frame.time_epoch")
    check(begins == "1368201652.000000000\n", f"time begins at the scenario's start: {begins}")
    about = subprocess.run(["capinfos", "-Mk", f"{folder}/all.pcapng"], capture_output=True, text=True).stdout
    for words in (SEED, "register cisco: fails: reply-to-via-port", f"repeat with: viaport run {SEED}"):
        check(words in about, f"the file says {words}: {about}")


def two_homes(folder):
    """A point calls an address after who has it on its own network; together they do not say which of two it is."""
    next_line(attempt("export", HOMES, "--pcap", folder).stderr, "pbx", f"{folder}/all.pcapng")
    for file, wanted in (("bob", {"bob", "pbx"}), ("alice", {"alice", "pbx"}), ("there-lan", {"bob", "pbx"}),
                         ("all", {"192.168.1.100", "here/wan", "there/wan", "pbx"})):
        names = tshark(f"{folder}/{file}.pcapng", "-N", "n", "-Y", "sip", "-T", "fields", "-e", "ip.src_host")
        check(set(names.split()) == wanted, f"{file}.pcapng names {set(names.split())}")


def documented_filters(folder):
    """Those of docs/captures.md are understood, and each shows some of the packets."""
    viaport("export", "scenarios/remedies/a-to-h.yaml[remedy=remedy-c]", "--pcap", folder)
    viaport("export", SEED, "--pcap", f"{folder}/seed")
    files = merged([f"{folder}/all.pcapng", f"{folder}/seed/all.pcapng"], f"{folder}/both.pcapng")
    filters = re.findall(r"\| `(frame\.[^`]*)` \|", read("docs/captures.md"))
    shown = [tshark(files, "-Y", written).count("\n") for written in filters]
    check(len(shown) == 5 and 0 < min(shown) and max(shown) < tshark(files).count("\n"), f"filters show {shown}")


def same_bytes(folder):
    """Twice, chosen by --only and by the name of the cell."""
    only = "phone=cisco-7940,router=linux,server=3cx-11"
    viaport("export", MATRIX, "--only", only, "--pcap", f"{folder}/one")
    viaport("export", f"{MATRIX}[{only}]", "--pcap", f"{folder}/two")
    check(not subprocess.run(["diff", "-r", f"{folder}/one", f"{folder}/two"]).returncode, "twice the same bytes")


def brackets(folder):
    """Of several brackets the last one is the cell's."""
    os.mkdir(f"{folder}/lab[2]")
    file = shutil.copy(MATRIX, f"{folder}/lab[2]/matrix.yaml")
    said = attempt("export", f"{file}[phone=cisco-7940,router=linux,server=3cx-11]", "--pcap", f"{folder}/of-lab-2")
    check(said.returncode == 0 and "all.pcapng: 16 packets" in said.stdout, f"a folder with a bracket: {said.stderr}")


def refused(folder):
    """Exit code, arguments, and what is said."""
    blocked = f"{folder}/blocked"
    open(blocked, "w").close()
    new = f"{folder}/new"
    for code, said, *args in (
        (2, "there are 60", MATRIX, "--pcap", new),
        (2, "--only leaves 12", MATRIX, "--only", "phone=cisco-7940", "--pcap", new),
        (2, "[phone=cisco-7940,router=", MATRIX, "--pcap", new),
        (2, "--pcap DIR", SEED),
        (2, "name one file", "--pcap", new),
        (2, "name one file", SEED, SEED, "--pcap", new),
        (2, "it takes AXIS=VALUE", MATRIX, "--only", "phone", "--pcap", new),
        (5, "no value 'cisco'", MATRIX, "--only", "phone=cisco", "--pcap", new),
        (5, "no axis 'fone'", f"{MATRIX}[fone=cisco-7940]", "--pcap", new),
        (3, "VP", "tests/data/bad/keys.yaml", "--pcap", new),
        (4, "nowhere.yaml", "nowhere.yaml", "--pcap", new),
        (4, f"cannot write {blocked}", SEED, "--pcap", blocked),
    ):
        done = attempt("export", *args)
        words = " ".join(done.stderr.split())
        check(done.returncode == code and said in words, f"export {args}: {done.returncode}, {words}")
        check(not os.path.exists(new) and not done.stdout, f"export {args} has written something")


os.chdir(ROOT)
with tempfile.TemporaryDirectory() as temporary:
    refused(temporary)
    the_seed(f"{temporary}/seed")
    two_homes(f"{temporary}/two homes")
    documented_filters(f"{temporary}/filters")
    same_bytes(temporary)
    brackets(temporary)
    all_scenarios(f"{temporary}/all")
