/* report.html in a browser: it asks for nothing, what is chosen is in the address, cells open by keyboard, text stays text. */
import assert from "node:assert/strict";
import test from "node:test";
import { cellsShown, fileOf, goTo, hashOf, inPage, textOf, tooWide, viaport } from "./report.mjs";

const MATRIX = "scenarios/register/matrix.yaml";
const PINGS = "scenarios/keepalive/lost-pings.yaml";
const HOSTILE = `
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
`;

const matrix = fileOf("matrix", viaport(["run", MATRIX, "-f", "html"]));
const cells = JSON.parse(viaport(["run", MATRIX, "-f", "json"])).scenarios[0].cells;
const numbersOf = (wanted) => cells.flatMap((cell, i) => wanted(cell) ? [i] : []);

test("a report opens from disk, asks nobody for anything, and the browser has no complaint", () =>
	inPage(matrix, {}, async (page) => {
		assert.deepEqual(page.requests, [matrix]);
		assert.equal((await cellsShown(page)).length, cells.length);
	}));

test("filters are kept in the address, which brings them back", () => inPage(matrix, {}, async (page) => {
	await page.check("input[value=fails]");
	await page.selectOption("select[name=cause]", "F02");
	await page.selectOption("select[name=router]", "linux");
	const wanted = numbersOf((cell) => cell.cell.router === "linux" && cell.checks[0].cause_id === "F02");
	assert.ok(wanted.length > 0);
	assert.deepEqual(await cellsShown(page), wanted);
	assert.equal(await page.innerText("#filters output"), `${wanted.length} of ${cells.length} cells`);
	assert.equal(await hashOf(page), "#verdict=fails&cause=F02&router=linux");
	await page.reload();
	assert.deepEqual(await cellsShown(page), wanted);
	assert.ok(await page.isChecked("input[value=fails]"));
	await page.click("#clear");
	assert.equal((await cellsShown(page)).length, cells.length);
	assert.equal(await hashOf(page), "");
}));

test("the way back leads through what was chosen", () => inPage(matrix, {}, async (page) => {
	await page.selectOption("select[name=phone]", "linphone");
	await page.locator("td[data-c]:visible").first().click();
	assert.ok(await page.isVisible("#cell"));
	await page.goBack();
	await page.waitForFunction(() => !document.querySelector("#cell").open);
	assert.equal((await cellsShown(page)).length, 12);
	await page.goBack();
	await page.waitForFunction(() => location.hash === "");
	assert.equal((await cellsShown(page)).length, cells.length);
}));

test("words are found in names and sentences; an address of nonsense breaks nothing", () => inPage(matrix, {}, async (page) => {
	await page.fill("input[type=search]", "cisco-7970 3CX");
	assert.deepEqual(await cellsShown(page), numbersOf(({ cell }) => cell.phone === "cisco-7970" && cell.server === "3cx-11"));
	await goTo(page, matrix, "#expected=known");
	assert.deepEqual(await cellsShown(page), numbersOf((cell) => cell.known));
	await goTo(page, matrix, "#expected=nonsense&verdict=nonsense&rows=nonsense&tables=phone&cell=nonsense&step=x&with=y&lesson=z");
	assert.ok(!(await page.isVisible("#cell")));
}));

/** "phone linphone | router pf | works", of each cell as the tables place it. */
function placesShown(page) {
	return page.evaluate(() => [...document.querySelectorAll("td[data-c]")].map((place) => {
		const table = place.closest("table"), row = place.parentElement;
		return [Number(place.dataset.c), table.caption.textContent, row.cells[0].textContent, table.rows[0].cells[place.cellIndex].textContent];
	}).sort((a, b) => a[0] - b[0]));
}

test("any axis becomes rows, columns or tables, and no cell is lost on the way", () => inPage(matrix, {}, async (page) => {
	const names = ["phone", "router", "server"];
	for (const rows of names)
		for (const columns of names.filter((name) => name !== rows)) {
			await page.selectOption("select[name=rows]", rows);
			await page.selectOption("select[name=columns]", columns);
			const tables = names.find((name) => name !== rows && name !== columns);
			const wanted = cells.map(({ cell }, i) => [i, `${tables} ${cell[tables]}`, cell[rows], cell[columns]]);
			assert.deepEqual(await placesShown(page), wanted, `${rows} by ${columns}`);
			assert.equal(await hashOf(page), `#rows=${rows}&columns=${columns}`);
		}
	const turned = await placesShown(page);
	await page.reload();
	assert.deepEqual(await placesShown(page), turned);
	await goTo(page, matrix, "#tables=server");
	assert.deepEqual((await placesShown(page))[0], [0, "server 3cx-11", cells[0].cell.phone, cells[0].cell.router]);
	assert.equal(await page.locator("table.matrix:visible").count(), 3);
}));

test("of more than three axes the others make tables, the chosen one first", () => {
	const four = fileOf("four", viaport(["run", "-", "-f", "html"], `
viaport: 1
name: four
axes: {phone: [cisco-7940, yealink], ports: [random, preserve], rport: ["on", "off"], server: [3cx-11, asterisk-chan_pjsip]}
phones: {a: {model: $phone, behind: home, rport: $rport}}
routers: {home: {model: linux, ports: $ports}}
servers: {pbx: {model: $server}}
do: [register: a]
judge: [register: a]
`, 1));
	return inPage(four, {}, async (page) => {
		await page.selectOption("select[name=tables]", "rport");
		await page.selectOption("select[name=rows]", "server");
		const captions = await page.locator("caption").allInnerTexts();
		assert.deepEqual(captions, ["rport on, phone cisco-7940", "rport on, phone yealink", "rport off, phone cisco-7940", "rport off, phone yealink"]);
		assert.equal((await cellsShown(page)).length, 16);
		await page.selectOption("select[name=phone]", "yealink");
		assert.equal(await page.locator("table.matrix:visible").count(), 2);
	});
});

test("a cell opens by keyboard, says all of it, and gives the focus back", () => inPage(matrix, {}, async (page) => {
	await page.locator("td[data-c]").first().focus();
	for (const key of ["ArrowDown", "ArrowRight", "ArrowDown"])
		await page.keyboard.press(key);
	const focused = await page.evaluate(() => Number(document.activeElement.dataset.c)), servers = 3;
	assert.equal(focused, 2 * servers + 1);
	await page.keyboard.press("Enter");
	assert.equal(await hashOf(page), `#cell=0%3A${focused}`);
	const details = await textOf(page, "#cell"), cell = cells[focused];
	const choices = Object.entries(cell.cell).map((choice) => choice.join("=")).join(",");
	for (const words of [...Object.values(cell.cell), cell.verdict, cell.checks[0].sentence, cell.checks[0].cause, cell.why, cell.confidence,
		`viaport run ${MATRIX} --only ${choices}`])
		assert.ok(details.includes(words), `the details do not say ${words}: ${details}`);
	await page.keyboard.press("Escape");
	assert.ok(!(await page.isVisible("#cell")));
	assert.equal(await page.evaluate(() => Number(document.activeElement.dataset.c)), focused);
	assert.equal(await page.locator("td[tabindex='0']").count(), await page.locator("table.matrix:visible").count());
	await goTo(page, matrix, `#cell=0%3A${focused}`);
	assert.equal(await textOf(page, "#cell"), details);
}));

test("the tabulator stays in an open cell", () => inPage(`${matrix}#cell=0:1`, {}, async (page) => {
	for (let i = 0; i < 60; i++) {
		await page.keyboard.press(i % 2 ? "Tab" : "Shift+Tab");
		await page.keyboard.press("Tab");
		assert.ok(await page.evaluate(() => document.activeElement === document.body || document.querySelector("#cell").contains(document.activeElement)));
	}
}));

test("the command that repeats a cell is copied", () => inPage(`${matrix}#cell=0:1`, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
	await page.getByRole("button", { name: "Copy the command" }).click();
	await page.waitForFunction(() => document.querySelector(".copy output").value === "copied");
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	assert.equal(copied, `viaport run ${MATRIX} --only ${Object.entries(cells[1].cell).map((choice) => choice.join("=")).join(",")}`);
}));

test("an example of a cause is a click away", () => inPage(matrix, {}, async (page) => {
	await page.click("#F03 button");
	assert.ok((await textOf(page, "#cell")).includes("F03 asymmetric-phone-preserved-port"));
}));

test("text of a scenario stays text", () => inPage(fileOf("hostile", viaport(["run", "-", "-f", "html"], HOSTILE)), {}, async (page) => {
	await goTo(page, page.url(), "#cell=0:0");
	const title = await page.title();
	assert.ok(title.startsWith("</script>") && title.endsWith(" - viaport"), title);
	assert.ok((await textOf(page, "#cell")).includes("<img src=x onerror"));
	assert.equal(await page.locator("img, main b b, h1 b").count(), 0);
	assert.equal(await page.locator("script").count(), 2);
}));

test("what depends on chance has its outcomes", () => inPage(fileOf("chance", viaport(["run", PINGS, "--seeds", "20", "-f", "html"])), {}, async (page) => {
	const report = page.url();
	await goTo(page, report, "#cell=0:0");
	const details = await textOf(page, "#cell");
	for (const words of ["stops 9 of 20: mapping-expired (--seed 4)", "works 11 of 20 (--seed 1)", `viaport run ${PINGS} --only every=20s,timeout=30s --seed 4`])
		assert.ok(details.includes(words), `the details do not say ${words}: ${details}`);
	await goTo(page, report, "#cell=0:1");
	assert.ok(!/chance|--seed/.test(await textOf(page, "#cell")));
}));

test("it reads without script", () => inPage(matrix, { javaScriptEnabled: false }, async (page) => {
	const text = await page.innerText("body");
	assert.equal(text.split("✗ fails F01").length - 1, numbersOf((cell) => cell.checks[0].cause_id === "F01").length);
	for (const words of ["phone cisco-7940", "F01 reply-to-via-port", "16 known", "8 cells known: The router picks a new port"])
		assert.ok(text.includes(words), `without script nobody reads ${words}`);
}));

test("hundreds of cells are shown, filtered and turned", () =>
	inPage(fileOf("large", viaport(["run", "scenarios/compat/full.yaml", "--only=phone=cisco-7940", "--only=phone=snom", "--only=phone=linphone", "--only=phone=yealink", "--only=server=3cx-11",
		"--only=server=asterisk-chan_pjsip", "-f", "html"])), {}, async (page) => {
		const all = await page.locator("td[data-c]").count();
		assert.ok(all > 300, `${all} cells`);
		await page.selectOption("select[name=phone]", "snom");
		assert.equal((await cellsShown(page)).length, all / 4);
		await page.selectOption("select[name=rows]", "phone");
		assert.equal((await cellsShown(page)).length, all / 4);
		assert.equal(await page.locator("td[data-c]").count(), all);
		assert.deepEqual(await tooWide(page), []);
	}));
