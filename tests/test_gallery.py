"""The pictures in the documents and the gallery say what the program draws now; the lessons are whole.

Pictures are compared by what they say: where a word stands and where a line breaks depends on the fonts that are installed.
`VIAPORT=build/release/viaport python3 docs/gallery.py` draws them anew.
"""
import base64
import hashlib
import os
import re
import sys

sys.dont_write_bytecode = True
from program import ROOT, check, read, viaport

sys.path.insert(0, os.path.join(ROOT, "docs"))
import gallery

AGAIN = "docs/gallery.py draws it anew"


def saying(svg):
    """Its title, its description, and all words in it."""
    head = re.findall(r"<(?:title|desc)[^>]*>([^<]*)</(?:title|desc)>", svg)[:2]
    words = sorted(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)).split())
    check(len(words) > 5, "a picture without words")
    return "\n".join(head + words)


def told(page):
    """A page with what its pictures say in their place."""
    return re.sub(r"<svg.*?</svg>", lambda svg: saying(svg.group(0)), page, flags=re.S)


def pictures_are_what_their_commands_draw():
    drawn = dict(gallery.pictures())
    for path, words in drawn.items():
        check(saying(read(path)) == saying(viaport(*words, "-f", "svg").decode()), f"{path} says something else; {AGAIN}")
    there = {os.path.relpath(os.path.join(folder, file), ROOT) for folder, _, files in os.walk(os.path.join(ROOT, "docs"))
             for file in files if file.endswith(".svg")}
    check(there == set(drawn), f"pictures and the commands that draw them: {there ^ set(drawn)}")


def pictures_are_shown_with_words_for_who_does_not_see_them():
    shown = {}
    for document in gallery.documents():
        for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", read(document)):
            check(len(words) > 40, f"{document}: {path} has no description")
            shown[os.path.normpath(os.path.join(os.path.dirname(document), path))] = words
    check(set(dict(gallery.pictures())) == set(shown), f"shown: {sorted(shown)}")


def the_gallery_is_what_its_script_makes():
    check(told(read("docs/gallery.html")) == told(gallery.gallery()), f"docs/gallery.html is another; {AGAIN}")


def the_gallery_asks_for_nothing_and_its_names_are_its_own():
    page = read("docs/gallery.html")
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    check(f"default-src 'none'; style-src 'sha256-{digest}'" in page, "its policy does not fit its style")
    check(not re.search(r"<(script|link|img|iframe|object)\b|\bstyle=|\bsrc=|url\(|@import", page), "it asks for something")
    names = re.findall(r'\bid="([^"]*)"', page)
    check(len(names) == len(set(names)) and len(names) > 60, "a name stands twice")
    for link in re.findall(r'href="([^"]*)"', page):
        check(link[1:] in names if link.startswith("#") else os.path.exists(os.path.join(ROOT, "docs", link)), f"{link} leads nowhere")
    check(page.count("<svg") == page.count('role="img"') == page.count("<article") == len(gallery.lessons()) + 12, "as many pictures as labs")


# --- lessons -----------------------------------------------------------------------------------------------------------------

def lesson_names():
    return sorted(file[:-5] for file in os.listdir(os.path.join(ROOT, "scenarios/lessons")))


def every_lesson_is_whole():
    names = lesson_names()
    check(len(names) == 12, names)
    for name in names:
        page, file = read(f"docs/lessons/{name}.md"), f"scenarios/lessons/{name}.yaml"
        check(page.startswith(f"# {int(name[:2])}. "), f"{name}: its title")
        for command in (rf"viaport explain {file} --only \S+ --lesson", rf"viaport diagram {file} --only \S+ -o docs/lessons/{name}\.svg"):
            check(len(re.findall(f"^{command}$", page, re.M)) == 1, f"{name}: {command}")
        cells = set(re.findall(r"--only (\S+) --lesson|--only (\S+) -o", page))
        check(len({cell for both in cells for cell in both if cell}) == 1, f"{name}: the picture is of another cell than the lesson: {cells}")
        asked = re.findall(r"<details>\n<summary>(\d)\. [^\n]+\?</summary>\n\n.+?\n\n```console\n\$ viaport [^\n]+\n.+?\n```\n\n</details>", page,
                           re.S)
        check(asked == ["1", "2", "3"] == re.findall(r"<summary>(\d)\.", page), f"{name}: three questions, each with an answer and its proof")
        check(len(page.split("## Three questions")[0].split()) < 260, f"{name}: too long before its questions")


def every_lesson_can_be_found():
    index = read("docs/lessons/README.md")
    check(re.findall(r"^\| \d+ \| \[[^\]]+\]\(([^)]+)\.md\)", index, re.M) == lesson_names(), "the index")
    for document in ("README.md", "docs/lessons/README.md"):
        check("gallery.html" in read(document), f"{document} does not name the gallery")
    check("docs/lessons/README.md" in read("README.md"), "README.md does not name the lessons")


pictures_are_what_their_commands_draw()
pictures_are_shown_with_words_for_who_does_not_see_them()
the_gallery_is_what_its_script_makes()
the_gallery_asks_for_nothing_and_its_names_are_its_own()
every_lesson_is_whole()
every_lesson_can_be_found()
