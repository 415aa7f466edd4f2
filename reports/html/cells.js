/* --- cells: what the page knows of each ------------------------------------------------------ */

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
scenarios.forEach((scenario, s) => scenario.cells.forEach((details, i) => {
	const choice = choiceOf(scenario, details.n);
	const labels = choice.map((value, axis) => scenario.axes[axis].labels[value]);
	const key = `${s}:${details.n}`;
	cells.set(key, {
		scenario, details, choice, labels, key, s,
		causes: new Set(details.checks.map((check) => check.cause).filter(Boolean)),
		words: wordsOf(scenario, labels, details),
		get drawer() { return scenario.drawers ? drawerAt(scenario.drawers[i]) : undefined; },
	});
}));

function cellAt(place) {
	return cells.get(`${place.closest("[data-s]").dataset.s}:${place.dataset.c}`);
}

/** Those in tables: { cell, place }. */
const placed = [...document.querySelectorAll("td[data-c]")].map((place) => ({ cell: cellAt(place), place }));
const listed = [...document.querySelectorAll("#unexpected span[data-c]")].map((place) => ({ cell: cellAt(place), place }));

function nameOf(cell) {
	return cell.labels.join(", ") || cell.scenario.name;
}

function axisValue(cell, name) {
	return cell.labels[cell.scenario.axes.findIndex((axis) => axis.name === name)];
}

function commandOf(cell) {
	const choices = cell.choice.map((value, i) => cell.scenario.axes[i].choices[value]);
	const seed = cell.details.seed || cell.scenario.seed;
	return cell.scenario.command + (choices.length ? ` --only ${choices.join(",")}` : "") + (seed ? ` --seed ${seed}` : "");
}

/** The cells that differ from one in a single axis, as [axis, cell]. */
function neighboursOf(cell) {
	const axes = cell.scenario.axes;
	let stride = axes.reduce((product, axis) => product * axis.labels.length, 1);
	return axes.flatMap((axis, i) => {
		stride /= axis.labels.length;
		const at = (value) => cells.get(`${cell.s}:${cell.details.n + (value - cell.choice[i]) * stride}`);
		return axis.labels.map((label, value) => value !== cell.choice[i] && at(value)).filter(Boolean).map((other) => [axis.name, other]);
	});
}

/** Axes of all scenarios by name, with the labels that occur. */
const axes = new Map();
for (const { cell } of placed)
	cell.scenario.axes.forEach((axis, i) => {
		if (!axes.has(axis.name))
			axes.set(axis.name, new Set());
		axes.get(axis.name).add(cell.labels[i]);
	});
