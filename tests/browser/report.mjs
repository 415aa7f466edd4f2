/* How the tests here make reports with the built program and open them in Debian's Chromium. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
assert.ok(existsSync(join(here, "node_modules/playwright-core")), "no playwright-core: .ci/install test brings it");
const { chromium } = await import("playwright-core");

export const root = join(here, "../..");
const folder = mkdtempSync(join(tmpdir(), "viaport-browser-"));
const PATIENCE_MS = 600000; /* for whatever is waited for: slow machines are not what is tested */

/** Runs the program from the project's root and returns what it prints; its exit code is 1 where something surprises. */
export function viaport(args, input = "", code = 0) {
	const options = { cwd: root, input, maxBuffer: 1 << 30, env: { ...process.env, NO_COLOR: "1" } };
	const done = spawnSync(process.env.VIAPORT, args, options);
	assert.equal(done.status, code, `viaport ${args.join(" ")}: ${done.error || done.stderr}`);
	return done.stdout.toString();
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"], timeout: PATIENCE_MS });
after(async () => {
	await browser.close();
	rmSync(folder, { recursive: true });
});

/** The address of a report as a file. `change` may put other data into it. */
export function fileOf(name, html, change = (data) => data) {
	const path = join(folder, `${name}.html`);
	const put = (all, before, data, behind) => before + JSON.stringify(change(JSON.parse(data))).replaceAll("<", "\\u003c") + behind;
	writeFileSync(path, html.replace(/(id="data">)(.*?)(<\/script>)/s, put));
	return pathToFileURL(path).href;
}

/**
 * Opens an address in a new page. What the page asks for, and what the browser complains of, is kept in `page.requests` and
 * `page.complaints`.
 */
export async function opened(address, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(PATIENCE_MS);
	page.requests = [];
	page.complaints = [];
	page.on("request", (request) => page.requests.push(request.url()));
	page.on("console", (message) => page.complaints.push(message.text()));
	page.on("pageerror", (error) => page.complaints.push(String(error)));
	await page.goto(address);
	return page;
}

/** A test in a page of its own, which must ask nobody for anything and give the browser no reason to complain. */
export async function inPage(address, options, act) {
	const page = await opened(address, options);
	await act(page);
	assert.deepEqual(page.complaints, [], "the browser complains");
	assert.deepEqual(new Set(page.requests), new Set(page.requests.filter((url) => url.split("#")[0] === address.split("#")[0])), "the page asks for something");
	await page.context().close();
}

/** The same report at another place of it. */
export async function goTo(page, address, hash) {
	await page.goto("about:blank");
	await page.goto(address + hash);
	page.requests = page.requests.filter((url) => url !== "about:blank");
}

/** The part of the address behind the #. */
export function hashOf(page) {
	return page.evaluate(() => location.hash);
}

/** The numbers of the cells in tables that are seen. */
export function cellsShown(page) {
	return page.evaluate(() => [...document.querySelectorAll("td[data-c]")]
		.filter((place) => place.checkVisibility({ visibilityProperty: true })).map((place) => Number(place.dataset.c)));
}

/** What is read in an element, with single blanks. */
export async function textOf(page, selector) {
	return (await page.locator(selector).innerText()).replace(/\s+/g, " ");
}

/** "#title: 360": the elements that are wider than what they stand in, and make the whole page scroll sideways. */
export function tooWide(page) {
	return page.evaluate(() => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
		.filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName}: ${box.scrollWidth} of ${box.clientWidth}`));
}
