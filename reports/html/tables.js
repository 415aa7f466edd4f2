/* --- tables: any axis as rows, columns or tables --------------------------------------------- */

/** The sections whose every cell stands in a table; { section, holder, cells, turned: how its tables are arranged }. */
const matrices = [...document.querySelectorAll("section[data-s] > .tables")].map((holder) => {
	const found = placed.filter(({ place }) => holder.contains(place));
	return { holder, section: holder.parentElement, cells: found, turned: "" };
}).filter((matrix) => matrix.cells.length > 0 && matrix.cells[0].cell.scenario.axes.length > 1);

/** All tables with cells, as they are arranged now. */
function cellTables() {
	return [...document.querySelectorAll("table.matrix")].filter((table) => table.querySelector("td[data-c]"));
}

/**
 * Which axis of a scenario is what: rows and columns are the last two, unless they were chosen, and the others make tables. An
 * axis that was chosen twice is taken the first time.
 */
function arrangementOf(scenario, wanted) {
	const free = scenario.axes.map((axis, i) => i);
	const take = (name) => {
		const at = free.findIndex((i) => scenario.axes[i].name === name);
		return at < 0 ? null : free.splice(at, 1)[0];
	};
	let rows = take(wanted.rows), columns = take(wanted.columns), tables = take(wanted.tables);
	columns ??= free.pop() ?? tables;
	rows ??= free.pop() ?? tables;
	tables = tables === rows || tables === columns ? null : tables;
	return { rows, columns, tables: tables === null ? free : [tables, ...free] };
}

/** The values of an axis that any of these cells has, in order. */
function valuesOf(cells, axis) {
	return [...new Set(cells.map(({ cell }) => cell.choice[axis]))].sort((a, b) => a - b);
}

function captionOf(scenario, tables, choice) {
	const parts = tables.flatMap((axis, i) =>
		[`${i ? ", " : ""}${scenario.axes[axis].name} `, element("b", null, scenario.axes[axis].labels[choice[axis]])]);
	return parts.length > 0 && element("caption", null, ...parts);
}

/** One table of cells that already have a place, which moves over. */
function tableOf(scenario, arrangement, rows, columns, members) {
	const { rows: r, columns: c, tables } = arrangement;
	const at = new Map(members.map(({ cell, place }) => [`${cell.choice[r]} ${cell.choice[c]}`, place]));
	const head = columns.map((value) => element("th", { scope: "col" }, scenario.axes[c].labels[value]));
	const line = (row) => element("tr", null, element("th", { scope: "row" }, scenario.axes[r].labels[row]),
		...columns.map((column) => at.get(`${row} ${column}`) || element("td")));
	return element("div", { class: "scroll" }, element("table", { class: "matrix" },
		captionOf(scenario, tables, members[0].cell.choice),
		element("thead", null, element("tr", null, element("th", { scope: "col" }, scenario.axes[r].name), ...head)),
		element("tbody", null, ...rows.map(line))));
}

function turnMatrix(matrix, wanted) {
	const scenario = matrix.cells[0].cell.scenario;
	const arrangement = arrangementOf(scenario, wanted);
	const turned = JSON.stringify(arrangement);
	const asMade = JSON.stringify(arrangementOf(scenario, {}));
	if (turned === (matrix.turned || asMade))
		return;
	const groups = new Map();
	for (const one of matrix.cells) {
		const key = arrangement.tables.map((axis) => String(one.cell.choice[axis]).padStart(6)).join(" ");
		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(one);
	}
	const rows = valuesOf(matrix.cells, arrangement.rows), columns = valuesOf(matrix.cells, arrangement.columns);
	const made = [...groups.keys()].sort().map((key) => tableOf(scenario, arrangement, rows, columns, groups.get(key)));
	matrix.holder.replaceChildren(...made);
	matrix.turned = turned;
}

/* --- what passes the filters ----------------------------------------------------------------- */

/** A column or row without cells that pass is left out, and so are tables and sections without any. */
function foldTable(table) {
	const used = new Set();
	for (const row of table.tBodies[0].rows) {
		const passing = [...row.cells].filter((place) => place.dataset.c && !place.classList.contains("out"));
		passing.forEach((place) => used.add(place.cellIndex));
		row.hidden = passing.length === 0;
	}
	if (!table.closest("#runs"))
		for (const row of table.rows)
			for (const place of row.cells)
				place.hidden = place.cellIndex > 0 && !used.has(place.cellIndex);
	table.parentElement.hidden = used.size === 0;
}

/** A section is left out when all that is in it is; what was never filtered stays. */
function foldSection(section) {
	const parts = [...section.querySelectorAll("table.matrix, li")].filter((part) => part.querySelector("[data-c]"));
	section.hidden = parts.length > 0 && parts.every((part) => part.closest("li, .scroll").hidden);
}

/* --- the keyboard ---------------------------------------------------------------------------- */

function isShown(place) {
	return place && place.dataset.c && !place.hidden && !place.classList.contains("out");
}

/** One cell of each table is reached by the tabulator, the others from there by arrows. */
function enterTables() {
	for (const table of cellTables()) {
		const places = [...table.querySelectorAll("td[data-c]")];
		const first = places.find((place) => isShown(place) && !place.parentElement.hidden);
		places.forEach((place) => { place.tabIndex = place === first ? 0 : -1; });
	}
}

/** The next cell from a place, by so many columns and rows at a time; beyond a table's last row the next table begins. */
function nextPlace(place, columns, rows) {
	const all = cellTables().flatMap((table) => [...table.tBodies[0].rows]).filter((row) => !row.hidden && !row.closest("[hidden]"));
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
