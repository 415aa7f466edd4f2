"""`viaport explain --lesson` tells the ladder as far as a question, asks, tells right from wrong, and goes on."""
import os
import pty
import re
import signal
import subprocess
import tempfile

from program import ROOT, VIAPORT, attempt, check

SEED = "scenarios/register/seed-test-1.yaml"
RIGHT = "1\n1\n1\n3\n2\n"  # another port; nothing is written anew; the Via port; nothing is open there; it gives up


def lesson(answers, *args):
    return attempt("explain", *(args or (SEED,)), "--lesson", stdin=answers)


def score(text):
    return re.findall(r"^  (\d+ of \d+ right.*)\.$", text, re.M)


def all_right_answers_are_told_so():
    done = lesson(RIGHT)
    check(done.returncode == 0 and done.stderr == "", done)
    check(score(done.stdout) == ["5 of 5 right"], score(done.stdout))
    check(done.stdout.count("  Right. ") == 5 and "  No, it is" not in done.stdout, done.stdout)


def a_wrong_answer_is_told_with_the_right_one_and_its_rule():
    done = lesson("1\n1\n2\n3\n2\n")
    check(score(done.stdout) == ["4 of 5 right"], score(done.stdout))
    check("  No, it is 1: 86.5.223.17:5060. RFC 3261 18.2.2: " in done.stdout, done.stdout)


def nothing_of_what_is_asked_is_told_before():
    text = lesson(RIGHT).stdout
    asked = text.index("Where does pbx send its 407?")
    for later in ("the Via port, not the", "407       to", "no mapping for", "gives up", "register cisco   fails", "Who is to blame"):
        check(text.index(later) > asked, f"{later!r} is told before it is asked:\n{text}")
    check(text.index("from 86.5.223.17:23201") < asked, "what has been seen is not told")
    check(text.index("from 86.5.223.17:23201") > text.index("What source does it give it?"), "the source is told before it is asked")


def without_the_questions_it_is_the_ladder_of_the_run():
    ladder = [line for line in attempt("run", SEED).stdout.splitlines() if re.match(r" +(\d+\.\d{3}|10 more)", line)]
    told = [line for line in lesson(RIGHT).stdout.splitlines() if re.match(r" +(\d+\.\d{3}|10 more)", line)]
    check(told == ladder and len(ladder) == 6, f"{told}\n{ladder}")


def the_tables_of_routers_are_told_where_they_decide():
    text = lesson(RIGHT).stdout
    check(text.index("What source does it give it?") < text.index("new in the table of er6020") < text.index("Where does pbx"), text)
    check(text.index("Does cisco get it?") < text.index("asked for 86.5.223.17:5060: refused") < text.index("No answer comes"), text)


def it_ends_with_who_is_to_blame_and_what_would_mend_it():
    text = lesson(RIGHT).stdout
    check(text.index("5 of 5 right") < text.index("Who is to blame") < text.index("What would mend it"), text)
    mends = re.findall(r"remedy-\S+", text.split("What would mend it")[1])
    check(1 <= len(mends) <= 3 and "remedy-d" in mends, f"a lesson names a few: {mends}")


def what_works_is_a_lesson_too():
    done = lesson("1\n" * 20, "scenarios/register/seed-test-2.yaml")
    check(done.returncode == 0 and score(done.stdout) and "nobody is to blame" in done.stdout, done.stdout)


def no_time_is_told_that_hangs_on_a_timer_of_the_lab():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "slow.yaml")
        with open(os.path.join(ROOT, "scenarios/lessons/09-after-32-seconds.yaml"), encoding="utf-8") as file:
            lab = file.read().replace("desk: {", "desk: {timers: {t1: 1s}, ")
        with open(path, "w", encoding="utf-8") as file:
            file.write(lab)
        text = " ".join(lesson("1\n" * 9, path, "--only", "dialog-target=contact").stdout.split())
    check("64.105 desk hangs up: nobody has acknowledged its 200" in text, text)
    check(text.count("32 s") == text.count("32 s where T1 is half a second") == 1, text)


def other_input_is_asked_for_again_and_told_what_is_taken():
    done = lesson("\nfour\n0\n9\n-1\n1x\n1 1\n99999999999999999999\n" + RIGHT)
    check(done.stdout.count("It takes a number from 1 to 3") == 8, done.stdout)
    check(score(done.stdout) == ["5 of 5 right"], score(done.stdout))
    check(score(lesson(" 1 \r\n1\t\n" + RIGHT[4:]).stdout) == ["5 of 5 right"], "blanks around a number")


def when_input_ends_the_rest_is_told_without_questions():
    for answers, told in (("", "0 of 5 right, 5 not answered"), ("1\n2\n", "1 of 5 right, 3 not answered"), (RIGHT[:-1], "5 of 5 right")):
        done = lesson(answers)
        check(done.returncode == 0 and score(done.stdout) == [told], f"{answers!r}: {done.returncode} {score(done.stdout)}")
        check("gives up: no final response" in done.stdout and "Who is to blame" in done.stdout, done.stdout)
        check(done.stdout.count("Question ") == min(5, answers.count("\n") + 1), done.stdout)


def every_lesson_fits_in_80_columns():
    for name in sorted(os.listdir(os.path.join(ROOT, "scenarios/lessons"))):
        with open(os.path.join(ROOT, "docs/lessons", name.replace(".yaml", ".md")), encoding="utf-8") as page:
            only = re.search(r"--only (\S+) --lesson$", page.read(), re.M).group(1)
        done = lesson("1\n" * 20, f"scenarios/lessons/{name}", "--only", only)
        check(done.returncode == 0 and done.stderr == "", f"{name}: {done}")
        asked = int(re.search(r"Question 1 of (\d+)", done.stdout).group(1))
        check(3 <= asked <= 8 and not score(done.stdout)[0].endswith("answered"), f"{name}: {asked} questions, {score(done.stdout)}")
        check(max(map(len, done.stdout.splitlines())) <= 80, f"{name}: 80 columns")


def a_cell_is_chosen_as_elsewhere():
    many = lesson("", "scenarios/lessons/01-rport.yaml")
    check(many.returncode == 2 and "it takes one cell, and there are 4" in many.stderr, many)
    named = lesson("", "scenarios/lessons/01-rport.yaml[server=rport-aware,rport=on]")
    check(named.returncode == 0 and "rport=on" in named.stdout, named)


def what_cannot_be_a_lesson_is_refused():
    done = lesson("", SEED, "-f", "json")
    check(done.returncode == 2 and "-f json goes without it" in done.stderr and not done.stdout, done)
    for option in (["--lesson"], ["-f", "json"], ["--only", "phone=linphone"], ["--seed", "3"]):
        done = attempt("explain", "F01", *option)
        check(done.returncode == 2 and option[0] in done.stderr and not done.stdout, f"a cause is no file: {done}")
    check(lesson("", "scenarios/none.yaml").returncode == 4, "a file that is not there")


def on_a_terminal_it_says_how_to_answer_and_to_end():
    above, below = pty.openpty()
    command = [VIAPORT, "explain", SEED, "--lesson"]
    with subprocess.Popen(command, cwd=ROOT, stdin=below, stdout=subprocess.PIPE, text=True) as talk:
        os.close(below)
        os.write(above, b"x\n\x04")
        text = talk.stdout.read()
    os.close(above)
    check(text.index("Answer with a number and Enter; Ctrl-D ends the questions.") < text.index("Question 1"), text)
    check("It takes a number from 1 to 3; Ctrl-D ends the questions." in text, text)
    check(score(text) == ["0 of 5 right, 5 not answered"], text)


def an_interrupt_ends_it():
    command = [VIAPORT, "explain", SEED, "--lesson"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as talk:
        while not (line := talk.stdout.readline()).startswith("    3  "):  # the last choice
            check(line, "it ended before it asked")
        talk.send_signal(signal.SIGINT)
        talk.wait()
        # a shell says 130 of both
        check(talk.returncode in (130, -signal.SIGINT), f"exit {talk.returncode}")


def nobody_who_reads_it_is_no_endless_talk():
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([VIAPORT, "explain", SEED, "--lesson"], cwd=ROOT, input="x\n" * 100, stdout=full, stderr=subprocess.PIPE,
                                  text=True)
        check(done.returncode == 4 and done.stderr.count("\n") <= 2, done)


all_right_answers_are_told_so()
a_wrong_answer_is_told_with_the_right_one_and_its_rule()
nothing_of_what_is_asked_is_told_before()
without_the_questions_it_is_the_ladder_of_the_run()
the_tables_of_routers_are_told_where_they_decide()
it_ends_with_who_is_to_blame_and_what_would_mend_it()
what_works_is_a_lesson_too()
other_input_is_asked_for_again_and_told_what_is_taken()
when_input_ends_the_rest_is_told_without_questions()
every_lesson_fits_in_80_columns()
a_cell_is_chosen_as_elsewhere()
what_cannot_be_a_lesson_is_refused()
on_a_terminal_it_says_how_to_answer_and_to_end()
an_interrupt_ends_it()
nobody_who_reads_it_is_no_endless_talk()
