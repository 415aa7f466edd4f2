"""Completion in bash, zsh and fish: each shell is started, given the script, and asked what it would complete."""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

from program import ROOT, VIAPORT, viaport

MATRIX = "scenarios/register/matrix.yaml"
FOLDER = tempfile.TemporaryDirectory()
ENVIRONMENT = {
    **os.environ, "TERM": "dumb", "HOME": FOLDER.name, "XDG_CONFIG_HOME": FOLDER.name, "COLUMNS": "100",
    "PATH": f"{os.path.dirname(VIAPORT)}:{os.environ['PATH']}",
}

# What is typed, what must be offered, and what must not.
LINES = (
    ("viaport ex", ["explain"], ["run"]),
    ("viaport ma", ["manual"], []),
    ("viaport help che", ["check"], []),
    ("viaport run --f", ["--format", "--fail-fast"], ["--only"]),
    ("viaport run -", ["--format", "--jobs", "--help"], ["phones"]),
    ("viaport run --trace f", ["full", "facts"], ["counts"]),
    ("viaport check -f j", ["json"], ["text"]),
    ("viaport run -f te", ["text"], ["json"]),
    ("viaport run -f text,js", ["text,json"], []),
    ("viaport run scenarios/regis", ["scenarios/register/"], []),
    ("viaport check scenarios/register/mat", [MATRIX], []),
    ("viaport run --out scena", ["scenarios/"], []),
    ("viaport run -o READ", [], ["README.md"]),
    (f"viaport run {MATRIX} --only ph", ["phone="], ["router="]),
    (f"viaport run {MATRIX} --only router=pf", ["pf", "pfsense-static"], ["linux"]),
    (f"viaport run {MATRIX} --only router=pf,server=asterisk-c", ["asterisk-chan_pjsip"], []),
    ("viaport show cisco-797", ["cisco-7970", "cisco-7970-nat"], ["cisco-7940"]),
    ("viaport show router lin", ["linux", "linux-random"], ["linphone"]),
    ("viaport explain reply-to-v", ["reply-to-via-port"], []),
    ("viaport list ro", ["routers"], []),
    ("viaport completion f", ["fish"], ["zsh"]),
    ("viaport run --trace=fa", ["facts"], ["full"]),
    ("viaport run --out=scena", ["scenarios/"], []),
    (f"viaport run {MATRIX} --why phone=linp", ["linphone"], []),
    ("viaport run --shard a", ["auto"], []),
    ("viaport run --baseline READ", ["README.md"], []),
    ("viaport diff READ", ["README.md"], []),
    ("viaport merge READ", ["README.md"], []),
    ("viaport schema READ", [], ["README.md"]),
    ("viaport diagram -f m", ["mermaid"], ["svg"]),
    (f"viaport diagram {MATRIX} --only ph", ["phone="], ["router="]),
    ("viaport nonsense r", [], ["run"]),
)


class Terminal:
    """A shell at a terminal."""

    def __init__(self, argv, setup):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execvpe(argv[0], argv, ENVIRONMENT)
        self.type(setup + "; echo READY$((1+1))\n")
        self.until(r"READY2[^$]*ask> ")

    def type(self, text):
        os.write(self.fd, text.encode())

    def until(self, pattern):
        """What it has written when the pattern is seen, for which it has ten minutes."""
        seen = ""
        while not re.search(pattern, seen):
            if not select.select([self.fd], [], [], 600)[0]:
                sys.exit(f"no {pattern} from the shell:\n{seen}")
            seen += os.read(self.fd, 65536).decode(errors="replace")
        return seen

    def completed(self, line):
        """The line and a tab; then the line is wiped, and something is run to see the end."""
        self.type(line + "\t\x15echo DONE$((1+1))\n")
        return self.until(r"DONE2[^$]*ask> ").replace("DONE2", "").replace("ask> ", "").replace("echo DONE$((1+1))", "")

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def script(shell):
    path = os.path.join(FOLDER.name, shell)
    with open(path, "wb") as file:
        file.write(viaport("completion", shell))
    return path


def bash():
    terminal = Terminal(["bash", "--norc", "-i"], f"bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'; "
                        f"bind 'set completion-query-items 1000'; bind 'set page-completions off'; source {script('bash')}; PS1='ask> '")
    yield terminal.completed
    terminal.close()


def zsh():
    """The script may be sourced, or lie where zsh looks for functions."""
    path = script("zsh")
    os.mkdir(functions := os.path.join(FOLDER.name, "functions"))
    shutil.copy(path, os.path.join(functions, "_viaport"))
    for before, behind in ((f"fpath=({functions} $fpath); ", ""), ("", f"source {path}; ")):
        terminal = Terminal(["zsh", "-f", "-i"], f"{before}unsetopt list_ambiguous; autoload -U compinit; compinit -u -D; "
                            f"unset zle_bracketed_paste; LISTMAX=1000; PROMPT_SP= PROMPT_CR=; {behind}PS1='ask> '")
        yield terminal.completed
        terminal.close()


def fish():
    """Fish tells a script what it would complete."""
    def completed(line):
        command = ["fish", "--no-config", "-c", f"source {script('fish')}; complete -C '{line}'"]
        return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
    yield completed


def words(text):
    """All that is seen: the line with what was completed, and lists."""
    return set(re.sub(r"\x1b\[[?0-9;]*[A-Za-z]|[\r\b]", " ", text.replace("\a", "")).split())


def offers(word, seen):
    """The whole word, or with what stood on the line in front of it, or the end that stands in a list of files."""
    ends = {word, word.rstrip("/").rsplit("/", 1)[-1], word.rstrip("/").rsplit("/", 1)[-1] + "/"}
    return any(shown in ends or shown.endswith(("=" + word, "/" + word, "," + word)) for shown in seen)


for shell in (bash, zsh, fish):
    if not shutil.which(shell.__name__):
        sys.exit(f"no {shell.__name__}: packages.txt names what the tests need")
    for ask in shell():
        for line, wanted, unwanted in LINES:
            seen = ask(line)
            for word in wanted:
                if not offers(word, words(seen)):
                    sys.exit(f"{shell.__name__}: {line!r} does not offer {word}:\n{seen!r}")
            for word in unwanted:
                if offers(word, words(seen)):
                    sys.exit(f"{shell.__name__}: {line!r} offers {word}:\n{seen!r}")

FOLDER.cleanup()
print(f"{len(LINES)} lines in three shells")
