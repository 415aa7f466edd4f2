/* The drawer of a cell in a browser: its ladder is stepped through, laid beside another one, and made a lesson. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { steps, withDrawers } from "./drawers.mjs";
import { fileOf, goTo, hashOf, inPage, root, textOf, viaport } from "./report.mjs";

const report = fileOf("drawers", viaport(["run", "scenarios/register/matrix.yaml", "-f", "html"]), withDrawers);
const CELL = "#cell=0%3A0"; /* it fails; its neighbours 0:2 and 0:3 work */
const at = (hash) => `${report}${hash}`;

function sentence(page) {
	return textOf(page, ".sentence");
}

test("every step is in the picture and in the list, each with its sentence", () => inPage(at(CELL), {}, async (page) => {
	const wanted = steps.failing.map((step) => step.sentence);
	assert.deepEqual(await page.locator(".steps button").allInnerTexts(), wanted);
	assert.deepEqual(await page.locator("svg .step > title").allTextContents(), wanted);
	const drawn = await page.locator("svg.ladder").evaluate((svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent));
	for (const words of ["cisco", "LAN 192.168.1.1", "WAN 86.5.223.17", "NEW", "STALE", "Via says 192.168.1.104:5060", "10 more until 31.500, same end"])
		assert.ok(drawn.includes(words), `the picture does not say ${words}: ${drawn}`);
	assert.ok(!drawn.includes("31.500") && drawn.includes("32.000"), `what is told at once has a time of its own: ${drawn}`);
	assert.equal(await page.locator("svg .step.lost .cross").count(), 1);
	assert.equal(await page.locator("svg .joint").count(), 1);
	assert.equal(await page.locator("svg.ladder").getAttribute("role"), "img");
	assert.equal(await page.locator("svg.ladder > desc").textContent(), "cisco registers; the 407 is lost.");
}));

/** In the page: the writings of its pictures that lie on one another, or beyond the picture. */
function mislaid() {
	return [...document.querySelectorAll("svg.ladder")].flatMap((svg) => {
		const frame = svg.getBoundingClientRect();
		const boxes = [...svg.querySelectorAll("text")].filter((text) => text.textContent).map((text) => [text.textContent, text.getBoundingClientRect()]);
		const beyond = boxes.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1).map(([words]) => `${words} |`);
		const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3;
		return beyond.concat(boxes.flatMap(([one, a], i) =>
			boxes.slice(i + 1).filter(([, b]) => over(a, b)).map(([other]) => `${one} | ${other}`)));
	});
}

test("no writing of a picture lies on another, nor beside the picture", () => inPage(at(CELL), {}, async (page) => {
	for (const hash of [CELL, "#cell=0%3A2", `${CELL}&with=r0`]) {
		await goTo(page, report, hash);
		assert.deepEqual(await page.evaluate(mislaid), [], hash);
	}
}));

/** In the page: a cell for each drawer, as [key, file]. */
function drawnCells() {
	const { scenarios } = JSON.parse(document.getElementById("data").textContent), cells = new Map();
	scenarios.forEach((scenario, s) => (scenario.drawers || []).forEach((drawer, i) => {
		if (drawer !== null && !cells.has(drawer))
			cells.set(drawer, [`${s}:${scenario.cells[i].n}`, scenario.file]);
	}));
	return [...cells.values()];
}

/** In the page: shows a cell by its address. */
function show(key) {
	return new Promise((shown) => {
		addEventListener("popstate", () => shown(), { once: true });
		location.hash = `cell=${key}`;
	});
}

for (const folder of ["register", "call", "media", "keepalive", "router", "remedies", "alg", "lessons"]) {
	const files = readdirSync(join(root, "scenarios", folder)).filter((file) => file.endsWith(".yaml")).map((file) => `scenarios/${folder}/${file}`);
	test(`so it is in every ladder of scenarios/${folder}`, () =>
		inPage(fileOf(folder, viaport(["run", ...files, "-f", "html"])), {}, async (page) => {
			const cells = await page.evaluate(drawnCells);
			assert.ok(cells.length >= files.length / 2, `${cells.length} ladders of ${files.length} scenarios`);
			for (const [key, file] of cells) {
				await page.evaluate(show, key);
				assert.ok(await page.locator("svg .step").count() > 0, `${file} ${key} is empty`);
				assert.deepEqual(await page.evaluate(mislaid), [], `${file} ${key}`);
			}
		}));
}

test("the blog's failure: the answer goes to a port nobody opened, and one change would save it", () => {
	const seed = fileOf("seed", viaport(["run", "scenarios/register/seed-test-1.yaml", "-f", "html"]));
	return inPage(`${seed}#cell=0:0&step=3`, {}, async (page) => {
		assert.match(await sentence(page), /407.*86\.5\.223\.17:5060/);
		assert.equal(await page.innerText(".nat .missed"), "✗ asked for 86.5.223.17:5060: no such row");
		assert.match(await page.innerText("mark.stale"), /192\.168\.1\.104:5060/);
		assert.equal(await page.locator(".chain li").count(), 4);
		await page.getByRole("button", { name: "side by side" }).first().click();
		assert.ok((await textOf(page, ".tools .unlike")).startsWith("They differ first at step 3."));
		assert.equal(await page.locator("svg .unlike .cross").count(), 1);
	});
});

test("left and right step, the address holds the step, and one that is read aloud says it", () => inPage(at(CELL), {}, async (page) => {
	assert.equal(await sentence(page), steps.failing[0].sentence);
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowRight");
	assert.equal(await hashOf(page), `${CELL}&step=3`);
	assert.equal(await sentence(page), steps.failing[2].sentence);
	assert.equal(await page.getAttribute(".sentence", "aria-live"), "polite");
	assert.equal(await page.locator("svg .now").getAttribute("data-step"), "2");
	assert.equal(await page.locator(".steps [aria-current=step]").getAttribute("data-step"), "2");
	await page.reload();
	assert.equal(await sentence(page), steps.failing[2].sentence);
	for (const [key, step] of [["End", 4], ["ArrowRight", 4], ["ArrowLeft", 3], ["Home", 0], ["ArrowLeft", 0]]) {
		await page.keyboard.press(key);
		assert.equal(await sentence(page), steps.failing[step].sentence, key);
	}
	await page.locator("svg [data-step='1'] .label").click();
	assert.equal(await hashOf(page), `${CELL}&step=2`);
	await page.locator(".steps [data-step='4']").click();
	assert.equal(await sentence(page), steps.failing[4].sentence);
}));

test("it plays to the end by itself and pauses there", () => inPage(at(CELL), {}, async (page) => {
	await page.getByRole("button", { name: "Play" }).click();
	await page.waitForFunction((last) => document.querySelector(".sentence").textContent === last, steps.failing[4].sentence);
	await page.getByRole("button", { name: "Play" }).waitFor();
	await page.keyboard.press("Escape");
	assert.ok(!(await page.isVisible("#cell")));
}));

test("a message has its marks, with words beside the colours, and what no hop touched is grey", () => inPage(at(`${CELL}&step=2`), {}, async (page) => {
	assert.deepEqual(await page.locator("mark").allTextContents(), ["192.168.1.104:5060"]);
	assert.equal(await page.locator("mark").evaluate((mark) => getComputedStyle(mark, "::before").content), '"stale"');
	assert.equal(await page.locator(".message .same").count(), 6);
	await goTo(page, report, "#cell=0%3A2&step=2");
	assert.deepEqual(await page.locator("figcaption").allInnerTexts(), ["before er6020", "after er6020: 86.5.223.17:23201 → 5.79.5.158:5060"]);
	assert.deepEqual(await page.locator("mark").evaluateAll((marks) => marks.map((mark) => [mark.dataset.word, mark.textContent])),
		[["was", "192.168.1.104:5060"], ["new", "86.5.223.17:23201"]]);
}));

test("markup in a header stays text", () => inPage(at(CELL), {}, async (page) => {
	assert.ok((await page.innerText(".message")).includes("User-Agent: <script>document.title='taken'</script><b>ü</b>"));
	assert.equal(await page.locator("script").count(), 2);
	assert.ok(!(await page.title()).includes("taken"));
}));

test("the table of the router stands at each step, with the row that was looked up, or a miss in words", () => inPage(at(CELL), {}, async (page) => {
	const seen = [];
	for (const hash of [`${CELL}`, `${CELL}&step=2`, `${CELL}&step=3`, "#cell=0%3A2&step=3"]) {
		await goTo(page, report, hash);
		seen.push(await page.locator(".nat tbody tr").evaluateAll((rows) => rows.map((row) => `${row.className}: ${row.innerText.replace(/\s+/g, " ").trim()}`)));
	}
	const ends = "192.168.1.104:5060 86.5.223.17:23201 5.79.5.158:5060";
	assert.deepEqual(seen, [
		[": empty"],
		[`new: ${ends} 60.0 s new`],
		[`: ${ends} 60.0 s`, "missed: ✗ asked for 86.5.223.17:5060: no such row"],
		[`used: ${ends} 30.0 s looked up`, ": 192.168.1.10:5060 86.5.223.17:5061 any for ever forward", ": and 3 more", "asked: asked for 86.5.223.17:23201"],
	]);
	assert.equal(await page.locator(".nat .used progress").evaluate((bar) => bar.position), 0.5);
	assert.equal(await page.locator(".nat caption").innerText(), "Table of er6020 at 0.021 s");
	await goTo(page, report, `${CELL}&step=5`);
	assert.equal(await page.innerText(".nat .missed"), "✗ asked for 86.5.223.17:5060: not open for this sender");
}));

test("it says who is to blame, what would mend it, and whose packets they are", () => inPage(at("#cell=0%3A1"), {}, async (page) => {
	assert.deepEqual(await page.locator(".chain li").allInnerTexts(), [
		"router er6020 gave the request another source port RFC 4787 4.2.1: the RFC allows it",
		"phone cisco did not ask for rport RFC 3581 3: against the RFC",
		"server pbx answered to the port in the Via RFC 3261 18.2.2: the RFC requires it",
		"network brought nothing no RFC speaks of it",
	]);
	const rows = await page.locator(".remedies tbody tr").allInnerTexts();
	assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
		"cisco rport: on remedy-d rport ✓ works a setting of a phone nothing side by side", "er6020 ports: preserve | stops a setting of a router bob for 1m, then mapping-expired",
		"p0, p1 and 2 others expires: 1m ✗ fails this does not help a setting of a server nothing"]);
	assert.deepEqual(await page.locator(".remedies th[scope=col]").allInnerTexts(),
		["change", "then it", "what it takes", "what it breaks here", "does it last", "see"]);
	assert.equal(await page.locator(".farther").innerText(),
		"viaport explain tries pairs where no single change will do, and tells what a change breaks in other cells.");
	assert.equal(await page.locator(".tried").innerText(), "2 more are not told here. Changes that were tried: 1,234.");
	const [packets, tried] = await page.locator(".whose").allInnerTexts();
	assert.ok(packets.startsWith("The packets are those of cisco-7940, tplink-er6020, 3cx-11, in which the same happens"), packets);
	assert.ok(tried.startsWith("Tried on cisco-7940, tplink-er6020, 3cx-11, in which the same happens."), tried);
	assert.ok(tried.endsWith("For this cell: viaport explain scenarios/register/matrix.yaml --only phone=cisco-7940,router=tplink-er6020,server=freeswitch-default"), tried);
	await goTo(page, report, CELL);
	assert.equal(await page.locator(".whose").count(), 0);
}));

/** As if no change had helped, and nothing were known of how long they last. */
function withoutCures(data) {
	const told = withDrawers(data);
	for (const drawer of told.drawers)
		drawer.remedies = drawer.remedies && drawer.remedies.map(({ changes, effort }) => ({ changes, effort, verdict: "degraded" }));
	return told;
}

const incurable = fileOf("incurable", viaport(["run", "scenarios/register/matrix.yaml", "-f", "html"]), withoutCures);

test("of changes of which none is a cure that is said, without columns in which nothing stands", () => inPage(`${incurable}${CELL}`, {}, async (page) => {
	assert.deepEqual(await page.locator(".remedies th[scope=col]").allInnerTexts(), ["change", "then it", "what it takes", "what it breaks here"]);
	assert.deepEqual([...new Set(await page.locator(".remedies td:last-child").allInnerTexts())], ["nothing"]);
	assert.match(await page.locator(".farther").innerText(), /^None of these makes all of it work\. viaport explain tries pairs/);
}));

test("the same call with one change lies beside it, and they are stepped in parallel", () => inPage(at(CELL), {}, async (page) => {
	await page.getByRole("button", { name: "side by side" }).click();
	assert.equal(await hashOf(page), `${CELL}&with=r0`);
	assert.deepEqual(await page.locator(".ladders figcaption").allInnerTexts(), ["as it is", "cisco rport: on (works)"]);
	assert.deepEqual(await page.locator("svg .unlike").evaluateAll((marked) => marked.map((step) => step.dataset.step)), ["2", "2"]);
	assert.ok((await textOf(page, ".tools .unlike")).startsWith("They differ first at step 3."));
	await page.getByRole("button", { name: "Go there" }).click();
	assert.equal(await page.locator("svg .now").count(), 2);
	assert.equal(await sentence(page), `as it is: ${steps.failing[2].sentence} cisco rport: on (works): ${steps.working[2].sentence}`);
	await page.keyboard.press("Home");
	assert.deepEqual(await page.locator("mark.differs").allTextContents(),
		["Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bK1", "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bK1;rport"]);
	await page.keyboard.press("End");
	await page.reload();
	assert.equal(await page.locator("svg.ladder").count(), 2);
	assert.equal(await hashOf(page), `${CELL}&step=5&with=r0`);
	await page.goBack();
	await page.waitForFunction(() => document.querySelectorAll("svg.ladder").length === 1);
}));

test("so does a neighbour that differs in one axis", () => inPage(at(CELL), {}, async (page) => {
	const groups = await page.locator("select[name=with] optgroup").evaluateAll((all) => all.map((group) => [group.label, group.children.length]));
	assert.deepEqual(groups, [["the same call, one change", 1], ["another phone", 4], ["another router", 3], ["another server", 2]]);
	await page.selectOption("select[name=with]", "0:3");
	assert.equal(await hashOf(page), `${CELL}&with=0%3A3`);
	assert.deepEqual(await page.locator(".ladders figcaption").allInnerTexts(), ["as it is",
		"linux (works) The packets are those of cisco-7940, tplink-er6020, freeswitch-default, in which the same happens; names, addresses and times differ."]);
	await page.selectOption("select[name=with]", "0:1");
	assert.equal(await textOf(page, ".tools .unlike"), "Both have the same steps.");
	await page.selectOption("select[name=with]", "");
	assert.equal(await hashOf(page), CELL);
}));

test("a lesson hides the future, asks, and tells the score, by keyboard alone", () => inPage(at(CELL), {}, async (page) => {
	await page.getByRole("button", { name: "Lesson" }).focus();
	await page.keyboard.press("Enter");
	assert.equal(await page.locator("svg .step").count(), 2);
	assert.ok(!/407|gives up|F01|blame/.test(await page.innerText("#cell")), "the lesson tells what comes");
	assert.equal(await textOf(page, ".lesson"), "Lesson A question comes after step 2.");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowRight");
	assert.equal(await page.locator(".lesson legend").innerText(), "Where does pbx send its 407?");
	await page.locator(".lesson input").first().focus();
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowDown");
	assert.equal(await hashOf(page), `${CELL}&step=2&lesson=-`);
	await page.keyboard.press("Enter");
	assert.equal(await hashOf(page), `${CELL}&step=3&lesson=1`);
	assert.equal(await page.locator(".lesson li").innerText(), "Where does pbx send its 407? ✓ right: 86.5.223.17:5060. RFC 3261 18.2.2.");
	assert.equal(await sentence(page), steps.failing[2].sentence);
	await page.keyboard.press("ArrowRight");
	await page.locator(".lesson input").last().check();
	await page.keyboard.press("Enter");
	assert.equal(await page.locator(".lesson li").last().innerText(), "What becomes of cisco? ✗ not “it goes on”, but: it gives up. RFC 3261 17.1.2.2.");
	assert.ok((await page.innerText(".score")).startsWith("1 of 2 right."));
	assert.equal(await page.locator("svg .step").count(), 5);
	await page.reload();
	assert.ok((await page.innerText(".score")).startsWith("1 of 2 right."));
	await page.getByRole("button", { name: "End the lesson" }).click();
	assert.ok(!(await page.isVisible(".lesson")));
	assert.equal(await hashOf(page), CELL);
}));

test("where there are no drawers the reason stands in their place", () => {
	const bare = fileOf("undrawn", viaport(["run", "scenarios/register/matrix.yaml", "-f", "html"]),
		(data) => ({ ...data, drawers: [], scenarios: data.scenarios.map((scenario) => ({ ...scenario, drawers: null })), undrawn: "The scenario has changed since." }));
	return inPage(`${bare}${CELL}`, {}, async (page) => {
		assert.equal(await page.innerText(".whose"), "The scenario has changed since.");
		assert.equal(await page.locator("svg").count(), 0);
		assert.ok((await page.innerText("#cell")).includes("F01 reply-to-via-port"));
	});
});
