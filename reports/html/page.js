/*
 * The page is complete without this script. It adds filters, which are kept in the address, and the details of a cell.
 *
 *	#verdict=fails,stops&cause=F01&expected=no&phone=cisco-7940&find=rport&cell=0:17
 *
 * Everything that is shown is put as text; nothing is ever parsed as HTML.
 */
"use strict";
(() => {
const { scenarios, causes } = JSON.parse(document.getElementById("data").textContent);

/* --- elements -------------------------------------------------------------------------------- */

/** element("p", { class: "where" }, "text", child, null): attributes that are null or false, and empty children, are left out. */
function element(tag, attributes, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== null && value !== false)
			made.setAttribute(name, value === true ? "" : value);
	made.append(...children.filter((child) => child));
	return made;
}

/** The mark and the word of a verdict, as the legend has them. */
function verdictParts(verdict) {
	return [...document.querySelector(`#legend .${verdict}`).cloneNode(true).childNodes];
}

function thousands(n) {
	return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/* --- cells ----------------------------------------------------------------------------------- */

/** Which value each axis has in the n-th cell; the last axis changes fastest. */
function choiceOf(scenario, n) {
	const choice = [];
	for (let i = scenario.axes.length; i-- > 0;) {
		const count = scenario.axes[i].labels.length;
		choice[i] = n % count;
		n = Math.floor(n / count);
	}
	return choice;
}

/** Everything in a cell that a reader might look for. */
function wordsOf(scenario, labels, details) {
	const checks = details.checks.flatMap((check) => [check.answer, check.sentence]);
	const rest = [scenario.file, scenario.name, details.why, details.surprise, ...(details.unverified || [])];
	return [...labels, ...checks, ...rest].join("\n").toLowerCase();
}

/** All cells with details, by "SCENARIO:NUMBER". */
const cells = new Map();
scenarios.forEach((scenario, s) => {
	for (const details of scenario.cells) {
		const choice = choiceOf(scenario, details.n);
		const labels = choice.map((value, i) => scenario.axes[i].labels[value]);
		const found = new Set(details.checks.map((check) => check.cause).filter(Boolean));
		cells.set(`${s}:${details.n}`, {
			scenario, details, choice, labels, causes: found, words: wordsOf(scenario, labels, details), key: `${s}:${details.n}`,
		});
	}
});

function cellAt(place) {
	return cells.get(`${place.closest("[data-s]").dataset.s}:${place.dataset.c}`);
}

/** Those in tables: { cell, place }. */
const placed = [...document.querySelectorAll("td[data-c]")].map((place) => ({ cell: cellAt(place), place }));
const listed = [...document.querySelectorAll("#unexpected span[data-c]")].map((place) => ({ cell: cellAt(place), place }));
const tables = [...document.querySelectorAll("table.matrix")].filter((table) => table.querySelector("td[data-c]"));

function commandOf(cell) {
	const choices = cell.choice.map((value, i) => cell.scenario.axes[i].choices[value]);
	const seed = cell.details.seed || cell.scenario.seed;
	return cell.scenario.command + (choices.length ? ` --only ${choices.join(",")}` : "") + (seed ? ` --seed ${seed}` : "");
}

/* --- filters --------------------------------------------------------------------------------- */

/** Axes of all scenarios by name, with the labels that occur. */
const axes = new Map();
for (const { cell } of placed)
	cell.scenario.axes.forEach((axis, i) => {
		if (!axes.has(axis.name))
			axes.set(axis.name, new Set());
		axes.get(axis.name).add(cell.labels[i]);
	});

function axisValue(cell, name) {
	return cell.labels[cell.scenario.axes.findIndex((axis) => axis.name === name)];
}

const expectations = {
	yes: ["as expected", (details) => !details.unexpected],
	no: ["not as expected", (details) => details.unexpected],
	known: ["known", (details) => details.known],
};

/** A row per filter: its name in the address, and whether a cell passes the value that is set. */
const filters = [
	{ name: "find", passes: (cell, value) => value.toLowerCase().split(/\s+/).every((word) => cell.words.includes(word)) },
	{ name: "verdict", passes: (cell, value) => value.split(",").includes(cell.details.verdict) },
	{ name: "cause", passes: (cell, value) => cell.causes.has(value) },
	{ name: "expected", passes: (cell, value) => value in expectations && expectations[value][1](cell.details) },
];
for (const name of axes.keys()) {
	const taken = name === "cell" || filters.some((filter) => filter.name === name);
	filters.push({ name: taken ? `${name}-axis` : name, axis: name, passes: (cell, value) => axisValue(cell, name) === value });
}

function select(filter, label, options) {
	const all = element("option", { value: "" }, "all");
	const made = options.map(([value, text]) => element("option", { value }, text));
	return element("label", null, label, element("select", { name: filter }, all, ...made));
}

function verdictPick(verdict, count) {
	const box = element("input", { type: "checkbox", name: "verdict", value: verdict });
	return element("label", { class: `pick ${verdict}` }, box, " ", ...verdictParts(verdict), ` ${thousands(count)}`);
}

function verdictPicks() {
	const counts = new Map();
	for (const { cell } of placed)
		counts.set(cell.details.verdict, (counts.get(cell.details.verdict) || 0) + 1);
	const order = [...document.querySelectorAll("#legend span")].map((mark) => mark.className);
	return order.filter((verdict) => counts.has(verdict)).map((verdict) => verdictPick(verdict, counts.get(verdict)));
}

const shown = element("output", { "aria-live": "polite" });
const form = element("form", { "aria-label": "filters" },
	element("fieldset", { "aria-label": "verdict" }, ...verdictPicks()),
	Object.keys(causes).length > 0 && select("cause", "cause", Object.keys(causes).map((id) => [id, `${id} ${causes[id].word}`])),
	select("expected", "expected", Object.keys(expectations).map((key) => [key, expectations[key][0]])),
	...filters.filter((filter) => filter.axis).map((filter) =>
		select(filter.name, filter.axis, [...axes.get(filter.axis)].map((label) => [label, label]))),
	element("label", null, "find", element("input", { type: "search", name: "find", placeholder: "name, cause, words" })),
	element("button", { type: "button" }, "clear"));
const panel = element("details", { id: "filters", open: innerWidth > 700 }, element("summary", null, "Filters", shown), form);

/** What is set, as [filter, value]. */
function chosen() {
	const fields = new FormData(form);
	return filters.map((filter) => [filter, fields.getAll(filter.name).join(",").trim()]).filter(([, value]) => value);
}

function choose(parameters) {
	for (const control of form.elements) {
		const value = parameters.get(control.name) || "";
		if (control.type === "checkbox")
			control.checked = value.split(",").includes(control.value);
		else if (control.name)
			control.value = value;
	}
}

/** A column or row without cells that pass is left out, and so are tables and sections without any. */
function foldTable(table) {
	const used = new Set();
	for (const row of table.tBodies[0].rows) {
		const passing = [...row.cells].filter((place) => place.dataset.c && !place.classList.contains("out"));
		passing.forEach((place) => used.add(place.cellIndex));
		row.hidden = passing.length === 0;
	}
	for (const row of table.rows)
		for (const place of row.cells)
			if (place.cellIndex > 0 && table.closest("#runs") === null)
				place.hidden = !used.has(place.cellIndex);
	table.parentElement.hidden = used.size === 0;
}

/** A section is left out when all that is in it is; what was never filtered stays. */
function foldSection(section) {
	const parts = [...section.querySelectorAll("table.matrix, li")].filter((part) => part.querySelector("[data-c]"));
	section.hidden = parts.length > 0 && parts.every((part) => part.closest("li, .scroll").hidden);
}

function applyFilters() {
	const set = chosen();
	const passes = ({ cell }) => set.every(([filter, value]) => filter.passes(cell, value));
	let passing = 0;
	for (const one of placed) {
		const out = one.place.classList.toggle("out", !passes(one));
		passing += !out;
	}
	for (const one of listed)
		one.place.parentElement.hidden = !passes(one);
	tables.forEach(foldTable);
	document.querySelectorAll("section").forEach(foldSection);
	shown.value = `${thousands(passing)} of ${thousands(placed.length)} cells`;
	enterTables();
}

/* --- the address ----------------------------------------------------------------------------- */

let open = null; /* the cell whose details are shown */

function writeAddress() {
	const parameters = new URLSearchParams(chosen().map(([filter, value]) => [filter.name, value]));
	if (open)
		parameters.set("cell", open.key);
	const text = parameters.toString();
	history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function readAddress() {
	const parameters = new URLSearchParams(location.hash.slice(1));
	choose(parameters);
	panel.open = panel.open || chosen().length > 0;
	applyFilters();
	const cell = cells.get(parameters.get("cell"));
	if (cell)
		showCell(cell);
	else
		closeCell();
}

/* --- the details of a cell ------------------------------------------------------------------- */

const drawer = element("aside", { id: "cell", role: "dialog", "aria-label": "details of a cell", hidden: true, tabindex: "-1" });
let opener = null; /* where the focus goes back to */

function headPart({ scenario, details, labels }) {
	const axisRows = scenario.axes.flatMap((axis, i) => [element("dt", null, axis.name), element("dd", null, labels[i])]);
	return [
		element("h2", null, labels.join(", ") || scenario.name),
		element("p", null, element("span", { class: details.verdict }, ...verdictParts(details.verdict)), " ",
			details.unexpected ? element("strong", null, "not as expected") : "as expected"),
		details.surprise && element("p", null, element("strong", null, details.surprise)),
		details.why && element("p", null, details.known ? `known: ${details.why}` : details.why),
		element("dl", null, ...axisRows, element("dt", null, "scenario"), element("dd", null, scenario.name)),
	];
}

function checksPart({ scenario, details }) {
	const item = (check, i) => element("li", null,
		element("b", null, scenario.checks[i]), " ", element("span", { class: check.result }, check.answer),
		check.sentence && element("p", null, check.sentence));
	return details.checks.length > 0 && [element("h3", null, "Checks"), element("ul", null, ...details.checks.map(item))];
}

function chancePart({ details }) {
	const item = (outcome) => element("li", null, outcome);
	return details.chance && [element("h3", null, "Depends on chance"), element("ul", null, ...details.chance.map(item))];
}

function causesPart(cell) {
	return [...cell.causes].flatMap((id) => [
		element("h3", null, `${id} ${causes[id].word}`),
		element("p", null, causes[id].title, "."),
		element("p", null, element("b", null, "What cures it: "), causes[id].cures),
	]);
}

function confidencePart({ details }) {
	const unverified = details.unverified ? `, rests on ${details.unverified.join(", ")}` : "";
	return [element("h3", null, "Confidence"), element("p", null, details.confidence, unverified)];
}

/** The command breaks between its words only, whatever hyphens are in them. */
function repeatPart(cell) {
	const words = commandOf(cell).split(" ").flatMap((word) => [element("span", null, word), " "]);
	return [element("h3", null, "Repeat it"), element("pre", { tabindex: "0" }, ...words.slice(0, -1))];
}

/** From top to bottom. A ladder has its place behind the checks. */
const parts = [headPart, checksPart, chancePart, causesPart, confidencePart, repeatPart];

function markOpen() {
	for (const place of document.querySelectorAll("td[aria-expanded]"))
		place.removeAttribute("aria-expanded");
	const at = open && placed.find(({ cell }) => cell === open);
	if (at)
		at.place.setAttribute("aria-expanded", "true");
}

function showCell(cell) {
	const close = element("button", { type: "button" }, "Close");
	close.addEventListener("click", closeByHand);
	open = cell;
	drawer.replaceChildren(close, ...parts.flatMap((part) => part(cell) || []).filter(Boolean));
	drawer.hidden = false;
	drawer.scrollTop = 0;
	drawer.focus();
	markOpen();
}

function openCell(cell, from) {
	opener = from;
	showCell(cell);
	writeAddress();
}

function closeCell() {
	open = null;
	drawer.hidden = true;
	markOpen();
}

function closeByHand() {
	closeCell();
	writeAddress();
	if (opener)
		opener.focus();
}

/* --- the keyboard ---------------------------------------------------------------------------- */

function isShown(place) {
	return place && place.dataset.c && !place.hidden && !place.classList.contains("out");
}

/** One cell of each table is reached by the tabulator, the others from there by arrows. */
function enterTables() {
	for (const table of tables) {
		const places = [...table.querySelectorAll("td[data-c]")];
		const first = places.find((place) => isShown(place) && !place.parentElement.hidden);
		places.forEach((place) => { place.tabIndex = place === first ? 0 : -1; });
	}
}

/** The next cell from a place, by so many columns and rows at a time; beyond a table's last row the next table begins. */
function nextPlace(place, columns, rows) {
	const all = tables.flatMap((table) => [...table.tBodies[0].rows]).filter((row) => !row.hidden && !row.closest("[hidden]"));
	let row = all.indexOf(place.parentElement), column = place.cellIndex;
	for (;;) {
		row += rows;
		column += columns;
		if (!all[row] || !all[row].cells[column])
			return null;
		if (isShown(all[row].cells[column]))
			return all[row].cells[column];
	}
}

const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(event) {
	const place = event.target.closest("td[data-c], span[data-c]");
	if (event.key === "Escape" && open)
		closeByHand();
	if (!place)
		return;
	if (event.key === "Enter" || event.key === " ") {
		event.preventDefault();
		openCell(cellAt(place), place);
	} else if (moves[event.key] && place.matches("td")) {
		event.preventDefault();
		const next = nextPlace(place, ...moves[event.key]);
		if (next)
			next.focus();
	}
}

function onChoice() {
	applyFilters();
	writeAddress();
}

/* --- the beginning --------------------------------------------------------------------------- */

function onClick(event) {
	const place = event.target.closest("td[data-c], span[data-c]");
	if (place)
		openCell(cellAt(place), place);
}

/** The list of causes gets a way to its examples. */
function offerExamples() {
	for (const article of document.querySelectorAll("article[data-example]")) {
		const cell = cells.get(`${article.dataset.s}:${article.dataset.example}`);
		const button = element("button", { type: "button" }, "Details of this cell");
		button.addEventListener("click", () => openCell(cell, button));
		article.append(button);
	}
}

for (const { place } of listed)
	place.tabIndex = 0;
for (const { place } of placed)
	place.setAttribute("aria-haspopup", "dialog");
if (placed.length > 1)
	document.querySelector("main").before(panel);
document.body.append(drawer);
offerExamples();
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
form.addEventListener("change", onChoice);
form.elements.find.addEventListener("input", onChoice);
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("button").addEventListener("click", () => { choose(new URLSearchParams()); onChoice(); });
addEventListener("hashchange", readAddress);
readAddress();
})();
