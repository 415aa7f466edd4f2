"""report.html in a browser: it asks for nothing, its filters are kept in the address, cells open by keyboard, text stays text.

Debian's Chromium, driven by Debian's selenium, which belongs to Debian's Python and need not be the one that runs this.
"""
import os
import sys
import tempfile

try:
    from selenium import webdriver
except ImportError:
    if sys.executable != "/usr/bin/python3":
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    raise
import json
import re

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import Select, WebDriverWait

from program import viaport

MATRIX = "scenarios/register/matrix.yaml"
PINGS = "scenarios/keepalive/lost-pings.yaml"
HOSTILE = """
viaport: 1
name: "</script><script>document.title='taken'</script><b>&amp;"
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
    why: "<img src=x onerror=document.title='taken'> <!-- </script>"
"""
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --window-size=1280,900").split()


def want(condition, sentence):
    if not condition:
        sys.exit(sentence)


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


class Page:
    """A report that is open in the browser."""

    def __init__(self, driver, folder, name, html):
        self.driver = driver
        self.path = f"file://{folder}/{name}.html"
        with open(f"{folder}/{name}.html", "wb") as file:
            file.write(html)

    def open(self, address=""):
        self.driver.get("about:blank")
        self.driver.get(self.path + address)
        return self

    def script(self, text, *args):
        return self.driver.execute_script(text, *args)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return [found for found in self.driver.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()]

    def shown(self):
        """The numbers of the cells that are seen."""
        return self.script("return [...document.querySelectorAll('td[data-c]')].filter((e) => e.checkVisibility({visibilityProperty: "
                           "true})).map((e) => Number(e.dataset.c))")

    def address(self):
        return self.script("return location.hash")


def it_asks_for_nothing(page):
    page.driver.get("about:blank")
    events(page.driver), page.driver.get_log("browser")  # what the browser's own first page did
    page.open()
    requests = [entry["params"]["request"]["url"] for entry in events(page.driver) if entry["method"] == "Network.requestWillBeSent"]
    want(set(requests) <= {page.path, "about:blank"}, f"the page asks for {requests}")
    complaints = [entry["message"] for entry in page.driver.get_log("browser")]
    want(not complaints, f"the browser complains: {complaints}")


def events(driver):
    return [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]


def filters_are_kept_in_the_address(page, cells):
    page.open()
    want(len(page.shown()) == len(cells), "not all cells are shown")
    page.one("input[value=fails]").click()
    Select(page.one("select[name=cause]")).select_by_value("F02")
    Select(page.one("select[name=router]")).select_by_value("linux")
    wanted = [i for i, cell in enumerate(cells) if cell["cell"]["router"] == "linux" and cell["checks"][0]["cause_id"] == "F02"]
    want(wanted and page.shown() == wanted, f"filtered are {page.shown()}, not {wanted}")
    want(page.one("#filters output").text == f"{len(wanted)} of {len(cells)} cells", "the count is another")
    want(page.address() == "#verdict=fails&cause=F02&router=linux", f"the address is {page.address()}")
    page.open(page.address())
    want(page.shown() == wanted, "the address does not bring the filter back")
    want(page.one("input[value=fails]").is_selected(), "the filter is set and does not show it")
    page.one("#filters button").click()
    want(len(page.shown()) == len(cells) and page.address() == "", "the filters cannot be cleared")
    page.one("input[type=search]").send_keys("cisco-7970 3CX")
    wanted = [i for i, cell in enumerate(cells) if (cell["cell"]["phone"], cell["cell"]["server"]) == ("cisco-7970", "3cx-11")]
    want(page.shown() == wanted, f"found are {page.shown()}, not {wanted}")
    page.open("#expected=known")
    want(page.shown() == [i for i, cell in enumerate(cells) if cell["known"]], "the known cells are others")
    page.open("#expected=nonsense&verdict=nonsense&cell=nonsense")
    want(page.shown() == [] or len(page.shown()) == len(cells), "an address of nonsense breaks the page")


def a_cell_opens_by_keyboard(page, cells):
    page.open()
    page.script("document.querySelector('td[data-c]').focus()")
    active = page.driver.switch_to.active_element
    active.send_keys(Keys.ARROW_DOWN)
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    focused = page.script("return Number(document.activeElement.dataset.c)")
    servers = 3
    want(focused == 2 * servers + 1, f"the arrows lead to cell {focused}")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    details, cell = page.one("#cell").text, cells[focused]
    want(page.address() == f"#cell=0%3A{focused}", f"the address is {page.address()}")
    for text in (*cell["cell"].values(), cell["verdict"], cell["checks"][0]["sentence"], cell["checks"][0]["cause"], cell["why"],
                 cell["confidence"]):
        want(text in details, f"the details do not say {text!r}")
    choices = ",".join(f"{axis}={value}" for axis, value in cell["cell"].items())
    want(f"viaport run {MATRIX} --only {choices}" in re.sub(r"\s+", " ", details), "no command repeats the cell")
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    want(not page.all("#cell"), "Escape does not close the details")
    want(page.script("return Number(document.activeElement.dataset.c)") == focused, "the focus is lost")
    tabs = page.script("return document.querySelectorAll('td[tabindex=\"0\"]').length")
    want(tabs == len(page.all("table.matrix")), f"{tabs} cells are reached by the tabulator")
    page.open(f"#cell=0%3A{focused}")
    want(page.one("#cell").text == details, "the address does not open the cell")


def an_example_is_a_click_away(page):
    page.open()
    page.one("#F03 button").click()
    want("F03 asymmetric-phone-preserved-port" in page.one("#cell").text, "the example of F03 is another")


def text_stays_text(page):
    page.open("#cell=0:0")
    want("taken" not in page.driver.title.split(" - ")[-1] and page.driver.title.startswith("</script>"), "a script of the scenario ran")
    want("<img src=x onerror" in page.one("#cell").text, "the reason is not shown as it is")
    want(not page.driver.find_elements(By.CSS_SELECTOR, "img, main b b, h1 b"), "text became elements")
    want(len(page.driver.find_elements(By.TAG_NAME, "script")) == 2, "there are more scripts")


def chance_has_its_outcomes(page):
    page.open("#cell=0:0")
    details = re.sub(r"\s+", " ", page.one("#cell").text)
    for words in ("stops 9 of 20: mapping-expired (--seed 4)", "works 11 of 20 (--seed 1)", f"viaport run {PINGS} --only every=20s,timeout=30s --seed 4"):
        want(words in details, f"the details do not say {words!r}: {details}")
    page.open("#cell=0:1")
    want("chance" not in page.one("#cell").text and "--seed" not in page.one("#cell").text, "what does not depend on chance has outcomes")


def luminance(colour):
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    return sum(w * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for w, c in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def text_is_read_by_day_and_by_night(page):
    """Every verdict, and plain and faint text, in both modes: 4.5:1 (WCAG 1.4.3)."""
    seen = {}
    for scheme in ("light", "dark"):
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        page.open()
        pairs = page.script("""
            const style = getComputedStyle(document.documentElement), page = document.createElement("i");
            document.body.append(page);
            const colour = (name) => { page.style.setProperty("color", `var(--${name})`); return getComputedStyle(page).color; };
            const verdicts = ["works", "degraded", "stops", "fails", "skipped", "error"];
            return [...verdicts.map((v) => [v, colour(v), colour(v + "-ink")]),
                    ...["ink", "faint", "accent", "loud"].flatMap((ink) => ["page", "sheet"].map((on) => [ink, colour(on), colour(ink)]))];
        """)
        for name, back, ink in pairs:
            want(contrast(back, ink) >= 4.5, f"{name}, {scheme}: {contrast(back, ink):.2f}")
        seen[scheme] = pairs
    want(seen["light"] != seen["dark"], "day and night are the same")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def it_reads_without_script_and_style(page, cells):
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.open()
    text = page.one("body").text
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    want(text.count("✗ fails F01") == sum(cell["checks"][0]["cause_id"] == "F01" for cell in cells), "cells are missing")
    for words in ("phone cisco-7940", "F01 reply-to-via-port", "16 known", "8 cells known: The router picks a new port"):
        want(words in text, f"without script nobody reads {words!r}")


def a_narrow_page_has_no_bar_below(page):
    page.driver.set_window_size(500, 900)
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 400, "height": 850, "deviceScaleFactor": 1, "mobile": False})
    page.open("#cell=0:15")
    for element in ("document.documentElement", "document.getElementById('cell')"):
        wide = page.script(f"return {element}.scrollWidth")
        want(wide <= 400, f"{element} is {wide} wide on 400 pixels")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def large_pages_open_at_once(page):
    page.open()
    took = page.script("const [t] = performance.getEntriesByType('navigation'); return t.loadEventEnd - t.startTime")
    want(len(page.shown()) > 5000, "the page has less than 5,000 cells")
    page.open("#phone=snom")
    want(len(page.shown()) == 882, "the filter of a large page lets others through")
    print(f"5,292 cells open in {took:.0f} ms")


with tempfile.TemporaryDirectory() as folder:
    driver = browser(f"{folder}/profile")
    try:
        cells = json.loads(viaport("run", MATRIX, "-f", "json"))["scenarios"][0]["cells"]
        matrix = Page(driver, folder, "matrix", viaport("run", MATRIX, "-f", "html"))
        it_asks_for_nothing(matrix)
        filters_are_kept_in_the_address(matrix, cells)
        a_cell_opens_by_keyboard(matrix, cells)
        an_example_is_a_click_away(matrix)
        text_is_read_by_day_and_by_night(matrix)
        it_reads_without_script_and_style(matrix, cells)
        a_narrow_page_has_no_bar_below(matrix)
        text_stays_text(Page(driver, folder, "hostile", viaport("run", "-", "-f", "html", stdin=HOSTILE.encode())))
        chance_has_its_outcomes(Page(driver, folder, "chance", viaport("run", PINGS, "--seeds", "20", "-f", "html")))
        phones = [f"--only=phone={phone}" for phone in ("cisco-7940", "yealink", "linphone", "snom", "3cx-softphone-6", "polycom")]
        large_pages_open_at_once(Page(driver, folder, "large", viaport("run", "scenarios/compat/full.yaml", *phones, "-f", "html")))
    finally:
        driver.quit()
print("the page in a browser")
