/* How report.html looks: contrast by day and by night, on paper, without colours, magnified, on a phone. */
import assert from "node:assert/strict";
import test from "node:test";
import { withDrawers } from "./drawers.mjs";
import { fileOf, goTo, inPage, tooWide, viaport } from "./report.mjs";

const plain = viaport(["run", "scenarios/register/matrix.yaml", "-f", "html"]);
const report = fileOf("look", plain, withDrawers);
const folded = fileOf("folded", viaport(["run", "scenarios/compat/register.yaml", "-f", "html"]));
const unexpected = fileOf("unexpected", viaport(["run", "-", "-f", "html"], `
viaport: 1
name: one that surprises
phones: {a: {model: cisco-7940, behind: home}}
routers: {home: {model: linux, ports: random}}
servers: {pbx: {model: 3cx-11}}
do: [register: a]
expect: [{register: a, result: works}]
`, 1));
const CELL = "#cell=0:0";

/** Everything that has text of its own. */
const views = {
	"the matrix": report, "a matrix with filters": `${report}#verdict=fails&find=cisco&rows=phone`, "a folded matrix": folded,
	"what is unexpected": unexpected, "a cell": `${report}${CELL}`, "a loss": `${report}${CELL}&step=3`, "a fold": `${report}${CELL}&step=4`,
	"a rewritten message": `${report}#cell=0:2&step=2`, "a row that is looked up": `${report}#cell=0:2&step=3`,
	"two ladders": `${report}${CELL}&with=r0&step=1`, "a question": `${report}${CELL}&step=2&lesson=-`, "a score": `${report}${CELL}&lesson=1.1`,
	"the packets of another cell": `${report}#cell=0:1`,
};

/*
 * In the page: the contrast of each text that is seen with what is painted behind its middle, as ["text", ratio]. What is painted is
 * the first element there, from the text down, that has a colour of its own; colours that let something through are not used.
 */
function contrasts() {
	const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
	const luminance = (colour) => channels(colour).slice(0, 3).map((part) => part / 255)
		.map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
		.reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
	const ratio = (a, b) => {
		const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
		return (high + 0.05) / (low + 0.05);
	};
	const opaque = (colour) => colour.startsWith("rgb") && (channels(colour).length < 4 || channels(colour)[3] === 1);
	const inked = (element) => getComputedStyle(element)[element.ownerSVGElement ? "fill" : "color"];
	const painted = (element) => getComputedStyle(element)[element.ownerSVGElement ? "fill" : "backgroundColor"];
	const behind = (element, x, y) => {
		const stack = document.elementsFromPoint(x, y), at = stack.indexOf(element);
		const found = at < 0 ? null : stack.slice(at).find((one) => one.tagName !== "text" && opaque(painted(one)));
		return found && painted(found);
	};
	const found = [];
	const walker = document.createTreeWalker(document.querySelector("dialog[open]") || document.body, NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode());) {
		const element = node.parentElement;
		if (!node.data.trim() || /^(SCRIPT|STYLE|TITLE|DESC|OPTION|OPTGROUP)$/i.test(element.tagName) || !element.checkVisibility({ visibilityProperty: true }))
			continue;
		element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
		const range = document.createRange();
		range.selectNodeContents(node);
		const box = range.getClientRects()[0];
		const back = box && behind(element, box.left + box.width / 2, box.top + box.height / 2);
		found.push([node.data, back ? ratio(inked(element), back) : 0]);
	}
	for (const mark of document.querySelectorAll("mark")) {
		const badge = getComputedStyle(mark, "::before");
		found.push([mark.dataset.word, ratio(badge.color, badge.backgroundColor)]);
	}
	return found;
}

for (const colorScheme of ["light", "dark"])
	test(`${colorScheme}: every text has a contrast of 4.5:1 or more with what is behind it`, () => inPage(report, { colorScheme }, async (page) => {
		for (const [name, address] of Object.entries(views)) {
			await page.goto("about:blank");
			await page.goto(address);
			const all = await page.evaluate(contrasts);
			assert.ok(all.length > 10, `${name}: only ${all.length} texts`);
			assert.deepEqual(all.filter(([, ratio]) => ratio < 4.5), [], name);
		}
		page.requests = [report];
	}));

test("day and night differ", () => inPage(report, { colorScheme: "light" }, async (page) => {
	const colours = () => page.evaluate(() => ["body", "td", "#cell"].map((selector) => getComputedStyle(document.querySelector(selector)).backgroundColor));
	const day = await colours();
	await page.emulateMedia({ colorScheme: "dark" });
	const night = await colours();
	day.forEach((colour, i) => assert.notEqual(colour, night[i]));
}));

test("what has the focus is framed", () => inPage(report, {}, async (page) => {
	const framed = async () => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
	for (let i = 0; i < 12; i++) {
		await page.keyboard.press("Tab");
		assert.equal(await framed(), "solid");
	}
	await goTo(page, report, CELL);
	for (let i = 0; i < 6; i++) {
		await page.keyboard.press("Tab");
		assert.equal(await framed(), "solid");
	}
}));

test("what colours say is said in words or shapes too", () => inPage(`${report}${CELL}&step=3`, {}, async (page) => {
	const { lost, fresh, stale } = await page.evaluate(() => {
		const style = (selector) => getComputedStyle(document.querySelector(selector));
		return {
			lost: [style(".lost .way").strokeDasharray, document.querySelectorAll(".lost .cross").length],
			fresh: [style(".patch.new .paper").strokeDasharray, document.querySelector(".patch.new .word").textContent],
			stale: [style(".patch.stale .paper").strokeDasharray, document.querySelector(".patch.stale .word").textContent],
		};
	});
	assert.notEqual(lost[0], "none");
	assert.equal(lost[1], 1);
	assert.deepEqual(fresh, ["none", "NEW"]);
	assert.equal(stale[1], "STALE");
	assert.notEqual(stale[0], "none");
	assert.ok((await page.innerText(".nat .missed")).includes("no such row"));
}));

for (const [name, viewport, deviceScaleFactor] of [["a phone of 360 pixels", { width: 360, height: 740 }, 3],
	["a window of 1280 pixels magnified to 200 %", { width: 640, height: 450 }, 2]])
	test(`on ${name} nothing but pictures and tables, each in its frame, scrolls sideways`, () => inPage(report, { viewport, deviceScaleFactor }, async (page) => {
		for (const [view, address] of Object.entries(views)) {
			await page.goto("about:blank");
			await page.goto(address);
			assert.deepEqual(await tooWide(page), [], view);
		}
		await page.goto(`${report}${CELL}&step=3`);
		const step = await page.locator("svg .now .here").boundingBox();
		assert.ok(step.x < viewport.width && step.x + step.width > 0, "the step is out of sight");
		page.requests = [report];
	}));

test("on paper there is the matrix, or the open cell with all that is in it, and nothing to click", () => inPage(report, {}, async (page) => {
	await page.emulateMedia({ media: "print" });
	assert.ok(await page.isVisible("table.matrix"));
	assert.ok(!(await page.isVisible("#filters")));
	assert.ok((await page.pdf({ format: "A4" })).length > 1000);
	await goTo(page, report, `${CELL}&step=3`);
	for (const gone of ["table.matrix", "#legend", "#stage .tools", "#cell > header button", ".copy"])
		assert.ok(!(await page.locator(gone).first().isVisible()), `${gone} is printed`);
	for (const there of ["svg.ladder", ".message", ".nat", ".steps li:last-child", ".chain", ".remedies", ".command"])
		assert.ok(await page.isVisible(there), `${there} is not printed`);
	assert.ok(await page.evaluate(() => {
		const box = document.querySelector("#cell");
		return box.scrollHeight <= box.clientHeight + 1;
	}), "what does not fit is cut off");
}));

test("who wants no motion sees none", () => inPage(`${report}${CELL}`, { reducedMotion: "reduce" }, async (page) => {
	assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("#cell")).animationName), "none");
	await page.emulateMedia({ reducedMotion: "no-preference" });
	assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("#cell")).animationName), "enter");
}));

test("a screen reader is told what everything is", () => inPage(`${report}${CELL}`, {}, async (page) => {
	await page.getByRole("dialog", { name: "cisco-7940, tplink-er6020, 3cx-11" }).waitFor();
	for (const [role, name] of [["img", "The answer goes to a port nobody opened"], ["button", "step back"], ["button", "step on"], ["list", "steps"],
		["combobox", "compare with"], ["table", "Table of er6020 at 0.000 s"]])
		assert.equal(await page.getByRole(role, { name }).count(), 1, `${role} ${name}`);
	assert.equal(await page.getByRole("columnheader", { name: "outside" }).count(), 1);
	await page.keyboard.press("Escape");
	assert.equal(await page.getByRole("table", { name: "phone cisco-7940" }).count(), 1);
	assert.equal(await page.getByRole("rowheader", { name: "pfsense-static" }).count(), 5);
}));
