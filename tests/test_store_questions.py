"""The questions of docs/store.md have the answers that stand there, and its tables are those of a store.

With --update the answers are written anew.
"""
import os
import re
import sqlite3
import sys
import tempfile

from program import ROOT, attempt, check, read

DOCUMENT = "docs/store.md"


def answer(db, question):
    rows = db.execute(question).fetchall()
    check(rows, f"{DOCUMENT}: no row answers {question}")
    return "".join("|".join("" if value is None else str(value) for value in row) + "\n" for row in rows)


def answered_anew(db, text):
    def block(match):
        return f"```sql\n{match.group(1)}```\n\n```text\n{answer(db, match.group(1))}```\n"

    return re.sub(r"^```sql\n(.*?)^```\n(?:\n```text\n.*?^```\n)?", block, text, flags=re.M | re.S)


def described(text, heading):
    """The words in the first column of the table behind a heading."""
    table = text.split(heading, 1)[1].split("\n\n|", 1)[1].split("\n\n", 1)[0]
    return [word for line in table.split("\n")[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])]


def tables_are_described(db, text):
    for table in ("cells", "scenarios"):
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        check(described(text, f"`{table}`: one row") == columns, f"{DOCUMENT}: {table} has {columns}")
    keys = sorted(row[0] for row in db.execute("SELECT key FROM meta"))
    check(sorted(described(text, "`meta`: keys")) == keys, f"{DOCUMENT}: meta has {keys}")
    for view in ("choices", "checks"):
        row = re.search(rf"^\| `{view}` \|.*$", text, re.M).group(0)
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({view})")]
        told = [word for word in re.findall(r"`([\w.]+)`", row.split("|")[3]) if "." not in word]
        check(told == columns, f"{DOCUMENT}: {view} has {columns}, not {told}")


text = read(DOCUMENT)
with tempfile.TemporaryDirectory() as folder:
    store = os.path.join(folder, "sweep.db")
    done = attempt("run", "scenarios/compat/register.yaml", "--store", store, "-q")
    check(done.returncode == 0, done.stderr)
    db = sqlite3.connect(store)
    tables_are_described(db, text)
    anew = answered_anew(db, text)
    db.close()
if "--update" in sys.argv:
    with open(os.path.join(ROOT, DOCUMENT), "w", encoding="utf-8") as file:
        file.write(anew)
check("--update" in sys.argv or anew == text, f"{DOCUMENT}: a store answers otherwise; tests/test_store_questions.py --update mends it")
print(f"{len(re.findall('^```sql', anew, re.M))} questions")
