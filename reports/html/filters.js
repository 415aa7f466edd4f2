/* --- filters --------------------------------------------------------------------------------- */

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

/** What else has a name in the address: how tables are arranged, and where in the details one is. */
const arrangements = ["rows", "columns", "tables"];
const places = ["cell", "step", "with", "lesson"];

for (const name of axes.keys()) {
	const taken = [...arrangements, ...places].includes(name) || filters.some((filter) => filter.name === name);
	filters.push({ name: taken ? `${name}-axis` : name, axis: name, passes: (cell, value) => axisValue(cell, name) === value });
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

function filterSelect(name, label, options) {
	return select(name, label, element("option", { value: "" }, "all"), ...optionsOf(options));
}

/** Which axes can be rows, columns and tables; nothing where no table has two of them. */
function arrangementPart() {
	const names = [...new Set(matrices.flatMap((matrix) => matrix.cells[0].cell.scenario.axes.map((axis) => axis.name)))];
	const choice = (name) => select(name, name, element("option", { value: "" }, "usual"), ...optionsOf(names.map((axis) => [axis, axis])));
	return names.length > 0 && element("fieldset", { "aria-label": "which axis is what" }, ...arrangements.map(choice));
}

const shown = element("output", { "aria-live": "polite" });
const form = element("form", { "aria-label": "filters" },
	element("fieldset", { "aria-label": "verdict" }, ...verdictPicks()),
	Object.keys(causes).length > 0 && filterSelect("cause", "cause", Object.keys(causes).map((id) => [id, `${id} ${causes[id].word}`])),
	filterSelect("expected", "expected", Object.keys(expectations).map((key) => [key, expectations[key][0]])),
	...filters.filter((filter) => filter.axis).map((filter) =>
		filterSelect(filter.name, filter.axis, [...axes.get(filter.axis)].map((label) => [label, label]))),
	element("label", null, "find", element("input", { type: "search", name: "find", placeholder: "name, cause, words" })),
	arrangementPart(),
	button("clear", () => { choose(new URLSearchParams()); onChoice(); }, { id: "clear" }));
const panel = element("details", { id: "filters", open: innerWidth > 700 }, element("summary", null, "Filters", shown), form);

/** What is set in the form under a name. */
function setting(name) {
	return new FormData(form).getAll(name).join(",").trim();
}

/** What is set, as [filter, value]. */
function chosen() {
	return filters.map((filter) => [filter, setting(filter.name)]).filter(([, value]) => value);
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

/** All cells are shown as the form has it. */
function applyChoice() {
	const wanted = Object.fromEntries(arrangements.map((name) => [name, setting(name)]));
	matrices.forEach((matrix) => turnMatrix(matrix, wanted));
	const set = chosen();
	const passes = ({ cell }) => set.every(([filter, value]) => filter.passes(cell, value));
	let passing = 0;
	for (const one of placed) {
		const out = one.place.classList.toggle("out", !passes(one));
		passing += !out;
	}
	for (const one of listed)
		one.place.parentElement.hidden = !passes(one);
	cellTables().forEach(foldTable);
	document.querySelectorAll("section").forEach(foldSection);
	shown.value = `${thousands(passing)} of ${thousands(placed.length)} cells`;
	enterTables();
}

function onChoice(event) {
	applyChoice();
	writeAddress(event && event.type === "input");
}
