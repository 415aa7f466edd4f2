"""Every cause is shown by a scenario in which it is expected, and every expected cause is one of the list."""
import glob
import re
import sys

from program import ROOT, viaport

words = re.findall(r"^  ([a-z][a-z-]+) ", viaport("list", "causes").decode(), re.MULTILINE)
if len(words) < 20:
    sys.exit(f"only {len(words)} causes are listed")

shown = set()
for path in glob.glob(f"{ROOT}/scenarios/**/*.yaml", recursive=True):
    with open(path, encoding="utf-8") as file:
        shown.update(re.findall(r"\bcause: ([a-z-]+)", file.read()))

missing = [word for word in words if word not in shown]
if missing:
    sys.exit(f"no scenario shows {', '.join(missing)}")
unknown = sorted(shown - set(words))
if unknown:
    sys.exit(f"not in the list of causes: {', '.join(unknown)}")

# What cures them names remedies, so that one finds from a failure to what one may do about it.
remedies = set(re.findall(r"^  (remedy-[a-z-]+) ", viaport("list", "remedies").decode(), re.MULTILINE))
named = set()
for word in words:
    named.update(re.findall(r"\bremedy-[a-z]+(?:-[a-z]+)*", viaport("explain", word).decode()))
if remedies - named:
    sys.exit(f"no cause is cured by {', '.join(sorted(remedies - named))}")
if named - remedies:
    sys.exit(f"there are no such remedies: {', '.join(sorted(named - remedies))}")

# On which knobs a cause hangs is told as well, of all but the one that says that nothing is known.
for word in words:
    if ("\nHangs on\n" in viaport("explain", word).decode()) == (word == "no-answer"):
        sys.exit(f"{word}: on which knobs does it hang?")
print(f"{len(words)} causes, each shown by a scenario")
