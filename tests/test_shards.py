"""Parts of a run, merged, are the run: byte for byte in every format; a part that is missing, doubled, damaged or foreign is refused."""
import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import zlib

from program import ROOT, VIAPORT, attempt, check, ended_midway, size_of

MATRIX = "scenarios/register/matrix.yaml"
EVERY_FORMAT = re.search(r"there are: (.*)\nhelp", attempt("run", MATRIX, "-f", "0").stderr, re.S).group(1)
EVERY_FORMAT = "".join(EVERY_FORMAT.split())


def make_parts(folder, parts, *words):
    for part in range(1, parts + 1):
        done = attempt("run", *words, "--shard", f"{part}/{parts}", "--out", folder)
        check(done.returncode in (0, 1), f"part {part} of {parts} of {words}: exit {done.returncode} {done.stderr}")
    return [os.path.join(folder, f"part-{part}-of-{parts}.jsonl.gz") for part in range(1, parts + 1)]


def contents(folder):
    return {name: open(os.path.join(folder, name), "rb").read() for name in sorted(os.listdir(folder))}


def flat(text):
    return " ".join(text.split())


def parts_are_the_whole(folder, parts, formats, *words):
    whole, merged, pieces = (os.path.join(folder, name) for name in ("whole", "merged", "pieces"))
    run = attempt("run", *words, "-f", formats, "--out", whole)
    files = make_parts(pieces, parts, *words)
    merge = attempt("merge", *reversed(files), "-f", formats, "--out", merged)
    check(merge.returncode == run.returncode, f"merge of {words}: exit {merge.returncode}, of the run {run.returncode} {merge.stderr}")
    check(merge.stdout == run.stdout, f"merge of {words} says {merge.stdout!r}, the run {run.stdout!r}")
    for name, wanted in contents(whole).items():
        check(contents(merged)[name] == wanted, f"{name} of {words} in {parts} parts is not that of the run")
    check(contents(whole).keys() == contents(merged).keys(), f"merge of {words} writes other files")
    for name in (whole, merged, pieces):
        shutil.rmtree(name)


def a_part_is_the_same_on_every_run(folder):
    for jobs in (1, 3):
        attempt("run", MATRIX, "--shard", "2/4", "--out", os.path.join(folder, f"jobs-{jobs}"), "-j", jobs)
    one, other = (contents(os.path.join(folder, f"jobs-{jobs}")) for jobs in (1, 3))
    check(one == other and list(one) == ["part-2-of-4.jsonl.gz"], "a part depends on the number of jobs, or another file is there")
    header = one["part-2-of-4.jsonl.gz"][:10]
    check(header[3:8] == b"\0\0\0\0\0", f"the packing of a part knows a name or a time: {header!r}")


def resumed(done):
    return flat(done.stderr).split("resumed: ")[1].split(" cells had been run")[0]


def a_part_goes_on_where_it_was(folder):
    """Finished, cut off anywhere, damaged, left by another run: what comes out is the part, and what is in it is not run again."""
    name, total = "part-2-of-3.jsonl.gz", 20
    part, left = os.path.join(folder, name), os.path.join(folder, name + ".viaport-part")
    line = ("run", MATRIX, "--shard", "2/3", "--out", folder, "--resume")
    done = attempt(*line)
    check(done.returncode == 0 and resumed(done) == f"0 of {total}", f"there is no part yet: {done.returncode} {done.stderr}")
    whole = open(part, "rb").read()

    def goes_on(what, there, *options):
        done = attempt(*line, *options)
        check(done.returncode == 0 and resumed(done) == f"{there} of {total}", f"{what}: {done.returncode} {done.stderr}")
        check(contents(folder) == {name: whole}, f"{what}: another part, or {sorted(contents(folder))}")

    goes_on("a finished part", total)
    for end in (0, 9, 11, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        lines = zlib.decompressobj(31).decompress(whole[:end]).count(b"\n")
        for file in (left, part):
            os.remove(part)
            with open(file, "wb") as out:
                out.write(whole[:end])
            goes_on(f"{os.path.basename(file)} cut off at {end}", max(0, min(lines - 1, total)))
    for at in (0, 100, len(whole) // 2, len(whole) - 6):
        with open(part, "wb") as out:
            out.write(whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1:])
        goes_on(f"damaged at {at}", 0)
    with open(left, "wb") as out:
        out.write(whole)
    with open(part, "wb") as out:
        out.write(b"no part")
    goes_on("the part is not one, but what a kill has left is whole", total)

    os.remove(part)
    few = [VIAPORT, *line[:-1], "-j", "1"]
    subprocess.run(few, cwd=ROOT, capture_output=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
    check(contents(folder) == {}, f"a full disk leaves {sorted(contents(folder))}")

    attempt(*line)
    for options, why in ((("--seed", "9"), "is 1 there, 9 here"), (("--only", "phone=linphone"), "60 there, 12 here"),
                         (("--max-events", "99999"), "other options")):
        done = attempt(*line, *options)
        check(done.returncode == 3 and f"{name}: it cannot be resumed: " in flat(done.stderr) and why in flat(done.stderr),
              f"a part of another run, {options}: {done.returncode} {done.stderr}")
        check(contents(folder) == {name: whole}, f"a part of another run was changed, {options}")
    for number in ("1/3", "3/4"):  # a part under the name of another one
        attempt("run", MATRIX, "--shard", number, "--out", os.path.join(folder, "other"))
        shutil.copy(os.path.join(folder, "other", f"part-{number.replace('/', '-of-')}.jsonl.gz"), part)
        shutil.rmtree(os.path.join(folder, "other"))
        done = attempt(*line)
        check(done.returncode == 3 and "cells are missing before" in flat(done.stderr), f"part {number} as 2/3: {done.returncode} {done.stderr}")


def a_part_of_several_scenarios_goes_on(folder):
    words = ("scenarios/register", "--min-confidence", "medium", "--seeds", "2")
    file = make_parts(folder, 3, *words)[1]
    whole = open(file, "rb").read()
    first = attempt("run", *words, "--shard", "2/3", "--out", folder)
    with open(file, "wb") as out:
        out.write(whole[:-20])
    done = attempt("run", *words, "--shard", "2/3", "--out", folder, "--resume")
    check(open(file, "rb").read() == whole and done.returncode == first.returncode, f"--min-confidence and --seeds: {done.stderr}")
    check(done.stdout == first.stdout and not resumed(done).startswith("0 "), f"a part that goes on says {done.stdout!r}, {done.stderr!r}")


def a_part_that_was_killed_goes_on(folder):
    words = ("run", "scenarios/compat/register.yaml", "--shard", "1/8", "--out", folder)
    attempt(*words)
    name = "part-1-of-8.jsonl.gz"
    whole, left = contents(folder)[name], os.path.join(folder, name + ".viaport-part")
    os.remove(os.path.join(folder, name))
    ended_midway([*words[1:], "-j", "1"], signal.SIGKILL, lambda: size_of(left) > 8000, lambda: os.remove(os.path.join(folder, name)))
    check(list(contents(folder)) == [name + ".viaport-part"], f"a kill leaves {sorted(contents(folder))}")
    done = attempt(*words, "--resume")
    check(contents(folder) == {name: whole}, f"a part that was killed comes to something else: {done.stderr}")
    check(not resumed(done).startswith("0 "), f"of a part that was killed nothing was resumed: {done.stderr}")


def a_part_is_counted_on_its_own():
    named = [attempt("run", MATRIX, "--shard", f"{part}/7", "--dry-run").stdout.splitlines() for part in range(1, 8)]
    every = attempt("run", MATRIX, "--dry-run").stdout.splitlines()[:-1]
    for part, lines in enumerate(named):
        check(lines[:-1] == every[part::7], f"part {part + 1} of 7 names other cells: {lines}")
        check(lines[-1] == f"{len(every[part::7])} cells would run.", f"part {part + 1} of 7: {lines[-1]}")


def wrong_lines_are_refused():
    rows = [
        (("--shard", "0/3", "--out", "x"), "it takes I/N"),
        (("--shard", "4/3", "--out", "x"), "it takes I/N"),
        (("--shard", "1/0", "--out", "x"), "it takes I/N"),
        (("--shard", "3", "--out", "x"), "it takes I/N"),
        (("--shard", "1/3/5", "--out", "x"), "it takes I/N"),
        (("--shard", "+1/3", "--out", "x"), "it takes I/N"),
        (("--shard", "1/10001", "--out", "x"), "N up to 10000"),
        (("--shard", "1/99999999999999999999", "--out", "x"), "it takes I/N"),
        (("--shard", "1/3"), "--shard needs --out DIR"),
        (("--shard", "4/3"), "--shard 4/3: it takes I/N"),
        (("--shard", "1/3", "--out", "x", "-f", "json"), "viaport merge -f"),
        (("--shard", "1/3", "--out", "x", "--fail-fast"), "would leave a hole"),
        (("--shard", "1/3", "--shards", "3", "--out", "x"), "--shards goes with --shard auto"),
        (("--shards", "3"), "--shards goes with --shard auto"),
    ]
    for words, sentence in rows:
        done = attempt("run", MATRIX, *words)
        check(done.returncode == 2 and sentence in flat(done.stderr), f"run {words}: {done.returncode} {done.stderr}")
    done = attempt("merge")
    check(done.returncode == 2 and "name the parts" in done.stderr, f"merge of nothing: {done.returncode} {done.stderr}")


def refused(files, code, *sentences):
    done = attempt("merge", *files, "-f", "json")
    check(done.returncode == code, f"merge {files}: exit {done.returncode}, wanted {code}: {done.stderr}")
    check(done.stdout == "", f"merge {files} writes although it refuses")
    for sentence in sentences:
        check(sentence in flat(done.stderr), f"merge {files} does not say {sentence!r}: {done.stderr}")
    return done.stderr


def a_hole_is_named_and_its_command_fills_it(folder):
    """Names that a shell would take apart, and every option that decides what the cells are."""
    lab = os.path.join(folder, "it's a lab")
    os.mkdir(lab)
    path = os.path.join(lab, "my matrix.yaml")
    shutil.copy(os.path.join(ROOT, MATRIX), path)
    words = (path, "--only", "phone=cisco-7940,phone=linphone", "--only", "server=3cx-11,server=freeswitch-default", "--seed", "9",
             "--max-time", "1.5m", "--max-events", "100000", "--min-confidence", "low", "--trace", "facts")
    out = os.path.join(folder, "$parts")
    files = make_parts(out, 5, *words)
    os.remove(files[1])
    os.remove(files[3])
    told = refused([out], 6, "part-2-of-5.jsonl.gz: part 2 of 5 is missing", "part-4-of-5.jsonl.gz: part 4 of 5 is missing")
    commands = [line.strip() for line in told.splitlines() if line.startswith("  viaport run")]
    check(len(commands) == 2, f"two holes, but the commands are {commands}")
    for command in commands:
        subprocess.run(command.replace("viaport", VIAPORT, 1), shell=True, cwd=ROOT, check=True, capture_output=True)
    whole, merged = attempt("run", *words, "-f", "json"), attempt("merge", out, "-f", "json")
    check(merged.returncode == whole.returncode and merged.stdout == whole.stdout, "what the commands have filled in is not the whole")


def many_holes_are_counted(folder):
    first = make_parts(folder, 1, MATRIX)[0]
    attempt("run", MATRIX, "--shard", "7/60", "--out", folder)
    os.remove(first)
    told = refused([folder], 6, "part 10 of 60 is missing", "50 more parts are missing")
    check(told.count("viaport run") == 9, "more commands than anybody reads")


def the_same_part_twice_is_refused(folder, files):
    refused([files[0], *files], 6, f"{files[0]}: part 1 of 7 is there twice: it is {files[0]} as well")
    copy = os.path.join(folder, "copy.gz")
    shutil.copy(files[2], copy)
    refused([*files, copy], 6, f"{copy}: part 3 of 7 is there twice: it is {files[2]} as well")


def what_is_cut_off_or_damaged_is_refused(folder, files):
    bad = os.path.join(folder, "bad.gz")
    good = open(files[0], "rb").read()
    rest = files[1:]

    def write(content, sentence):
        with open(bad, "wb") as file:
            file.write(content)
        refused([bad, *rest], 6, f"{bad}: ", sentence, "part 1 of 7 is missing; this makes it, in the folder of the run:")

    for length in (0, 1, 9, 10, 11, len(good) // 3, len(good) // 2, len(good) - 9, len(good) - 8, len(good) - 4, len(good) - 1):
        write(good[:length], "it is cut off")
    # of its first bytes, those behind the third say only when and on what system it was packed
    for at in [0, 1, 2, 10, 11, 12, *range(20, len(good), len(good) // 25), len(good) - 8, len(good) - 4, len(good) - 1]:
        write(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1:], "damaged")
    write(good + b"x", "something stands behind its end")
    write(good + good, "something stands behind its end")
    write(b"{}", "no part of a run")
    text = gzip.open(files[0]).read()
    write(gzip.compress(text.replace(b"works", b"fails", 1)), "damaged: its checksum is another")
    write(gzip.compress(text + b"{}\n"), "something stands behind its last line")
    write(gzip.compress(text[: text.rindex(b'{"cells"')]), "cut off")
    write(gzip.compress(b""), "cut off")
    write(gzip.compress(b"{}\n"), "no part of a run")
    write(gzip.compress(b"\0\xff\n"), "no part of a run")
    refused([os.path.join(folder, "nowhere.gz"), *rest], 4, "nowhere.gz: cannot be opened")
    os.mkdir(os.path.join(folder, "empty"))
    refused([os.path.join(folder, "empty")], 6, "no part is in it")


def packed(lines):
    """A part with these lines, whole in itself."""
    text = b"".join(line + b"\n" for line in lines)
    end = '{"cells": %d, "sha256": "%s"}\n' % (len(lines) - 1, hashlib.sha256(text).hexdigest())
    return gzip.compress(text + end.encode())


def what_is_of_another_run_is_refused(folder, files):
    bad = os.path.join(folder, "foreign.gz")
    lines = gzip.open(files[3]).read().splitlines()[:-1]

    def write(change, sentence):
        first = json.loads(lines[0])
        cells = change(first, first["head"]["scenarios"][0]) or lines[1:]
        with open(bad, "wb") as file:
            file.write(packed([json.dumps(first).encode(), *cells]))
        refused([*files[:3], bad, *files[4:]], 6, f"{bad}: ", sentence)

    def keep(first, scenario):
        pass

    def version(first, scenario):
        first["head"]["tool"]["version"] = "0.0.9"

    def catalogue(first, scenario):
        first["head"]["tool"]["catalogue"] = "cafe"

    def sha256(first, scenario):
        scenario["sha256"] = "cafe"

    def seed(first, scenario):
        scenario["seed"] = 77

    def path(first, scenario):
        scenario["path"] = "other.yaml"

    def selected(first, scenario):
        scenario["outline"]["selected"] = 3

    def scenarios(first, scenario):
        first["head"]["scenarios"] += [scenario]

    def options(first, scenario):
        first["options"] = "--only phone=linphone"

    def parts(first, scenario):
        first["parts"] = 9

    def used(first, scenario):
        scenario["outline"]["checks"][0]["line"] = 99

    def early(first, scenario):
        return lines[1:-2]

    def numbers(first, scenario):
        first["part"] = 8

    rows = [
        (version, "there, 0.0.9 here"),
        (catalogue, "the sha256 of the catalogue is"),
        (sha256, f"the sha256 of {MATRIX} is"),
        (seed, f"the seed of {MATRIX} is 1 there, 77 here"),
        (path, "a scenario is scenarios/register/matrix.yaml there, other.yaml here"),
        (selected, f"the number of cells of {MATRIX} is"),
        (scenarios, "the number of scenarios is 1 there, 2 here"),
        (options, "what the options ask is none there, --only phone=linphone here"),
        (parts, "the number of parts is 7 there, 9 here"),
        (used, "what the scenarios use is not the same"),
        (early, "its run ended early: it holds"),
        (numbers, "it is no part of a run"),
    ]
    for change, sentence in rows:
        write(change, sentence)
    with open(bad, "wb") as file:
        file.write(packed(lines))
    check(attempt("merge", *files[:3], bad, *files[4:]).returncode == 0, "a part that was packed again is refused")


def files_need_not_all_be_open(folder):
    """As many parts as cells, and fewer files than that may be open."""
    files = make_parts(folder, 30, MATRIX, "--only", "phone=cisco-7940")
    with open(os.path.join(folder, "part-1-of-30.jsonl.gz.part"), "wb") as file:
        file.write(b"half a part that is being written")
    limited = subprocess.run([VIAPORT, "merge", folder, "-f", "json"], capture_output=True, text=True, cwd=ROOT,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12)))
    wanted = attempt("run", MATRIX, "--only", "phone=cisco-7940", "-f", "json").stdout
    check(limited.stdout == wanted, f"{len(files)} parts, 12 files: {limited.returncode} {limited.stderr}")


def what_is_unpacked_is_gone(folder, files):
    done = attempt("merge", *files, "-f", "json", env={"TMPDIR": folder})
    check(done.returncode == 0 and not os.listdir(folder), f"what was unpacked is left behind: {os.listdir(folder)}")
    done = attempt("merge", *files, "-f", "json", env={"TMPDIR": os.path.join(folder, "nowhere")})
    check(done.returncode == 4 and "TMPDIR" in done.stderr, f"no place to unpack: {done.returncode} {done.stderr}")


def a_part_alone_is_not_a_result(files):
    done = attempt("report", files[0])
    check(done.returncode == 6 and "part 7 of 7 is missing" in flat(done.stderr), f"report of a part: {done.returncode} {done.stderr}")


with tempfile.TemporaryDirectory() as folder:
    def sub(name):
        path = os.path.join(folder, name)
        os.mkdir(path)
        return path

    parts_are_the_whole(folder, 7, EVERY_FORMAT, MATRIX)
    parts_are_the_whole(folder, 7, EVERY_FORMAT, "scenarios/register")
    parts_are_the_whole(folder, 3, EVERY_FORMAT, MATRIX, "--only", "phone=cisco-7940", "--seed", "7")
    parts_are_the_whole(folder, 3, EVERY_FORMAT, "scenarios/register", "--min-confidence", "medium")
    parts_are_the_whole(folder, 3, EVERY_FORMAT, MATRIX, "--only", "phone=cisco-7940", "--seeds", "3")
    parts_are_the_whole(folder, 7, "json", "scenarios/register/seed-test-1.yaml", "--trace", "full")
    a_part_is_the_same_on_every_run(folder)
    a_part_goes_on_where_it_was(sub("goes-on"))
    a_part_of_several_scenarios_goes_on(sub("several"))
    a_part_that_was_killed_goes_on(sub("killed"))
    a_part_is_counted_on_its_own()
    wrong_lines_are_refused()
    a_hole_is_named_and_its_command_fills_it(folder)
    many_holes_are_counted(sub("many"))
    seven = make_parts(sub("seven"), 7, MATRIX)
    the_same_part_twice_is_refused(folder, seven)
    what_is_cut_off_or_damaged_is_refused(folder, seven)
    what_is_of_another_run_is_refused(folder, seven)
    files_need_not_all_be_open(sub("thirty"))
    a_part_alone_is_not_a_result(seven)
    what_is_unpacked_is_gone(sub("spool"), seven)
