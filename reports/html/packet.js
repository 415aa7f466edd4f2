/* --- packet: a message with its marks, and the tables of the routers it meets ------------------ */

/** What a mark says; words stand beside colours. */
const badgeWords = { new: "new", stale: "stale", old: "was", differs: "differs" };

function markOf(kind, text) {
	return element("mark", { class: kind, "data-word": badgeWords[kind] }, text);
}

/** The spans of a text that lie in a line which begins at `at`: [[from, to, kind], ...], cut to it. */
function spansIn(spans, at, length) {
	return spans.map(([from, long, kind]) => [Math.max(0, from - at), Math.min(length, from + long - at), kind])
		.filter(([from, to]) => from < to);
}

function lineWith(line, spans) {
	const parts = [];
	let done = 0;
	for (const [from, to, kind] of spans.filter(([from]) => from >= done)) {
		parts.push(line.slice(done, from), markOf(kind, line.slice(from, to)));
		done = to;
	}
	return [...parts, line.slice(done)];
}

/** A message in which spans are marked; where any is, lines without one are grey. */
function messageText(text, spans) {
	const sorted = [...spans].sort((a, b) => a[0] - b[0]);
	const lines = [];
	let at = 0;
	for (const line of text.split("\n")) {
		const own = spansIn(sorted, at, line.length);
		lines.push(element("span", { class: own.length || !spans.length ? null : "same" }, ...lineWith(line.replace(/\r$/, ""), own)), "\n");
		at += line.length + 1;
	}
	return element("pre", { class: "message", tabindex: "0" }, ...lines.slice(0, -1));
}

function messageFigure(title, text, spans) {
	return element("figure", null, element("figcaption", null, title), messageText(texts[text].trimEnd(), spans));
}

function has(index) {
	return index !== null && index !== undefined;
}

/** The message of a step; where a router changed it also the one before. `spans` replaces the marks of the step. */
function messagePart(drawer, step, spans) {
	if (!has(step.text))
		return null;
	const way = step.src && step.dst ? `${step.src} → ${step.dst}` : "";
	if (!has(step.old) || spans)
		return element("div", { class: "messages" }, messageFigure(way, step.text, spans || step.spans || []));
	const router = drawer.lanes[step.from[0]].name;
	return element("div", { class: "messages two" },
		messageFigure(`before ${router}`, step.old, (step.old_spans || []).map(([at, length]) => [at, length, "old"])),
		messageFigure(`after ${router}: ${way}`, step.text, step.spans || []));
}

/** Spans over the lines of a text that another one does not have. */
function differingLines(text, other) {
	const known = new Set(other.split(/\r?\n/)), spans = [];
	let at = 0;
	for (const line of text.split("\n")) {
		const bare = line.replace(/\r$/, "");
		if (bare && !known.has(bare))
			spans.push([at, bare.length, "differs"]);
		at += line.length + 1;
	}
	return spans;
}

/* --- tables of routers ----------------------------------------------------------------------- */

const rowWords = { new: "new", used: "looked up", expired: "expired" };

function timeLeft(row) {
	if (!has(row.left))
		return ["for ever"];
	const of = row.of || row.left || 1;
	return [seconds(row.left, 1), " ", element("progress", { max: of, value: row.left, "aria-label": `${seconds(row.left, 1)} of ${seconds(of, 1)}` })];
}

/** An address may break before its port. */
function endParts(end) {
	const [host, port] = (end || "any").split(/:(?=[^:]*$)/);
	return port ? [host, element("wbr"), `:${port}`] : [host];
}

/** A row that was made by what has just come is new, even where it was looked up. */
function tableRow(row, asked) {
	const state = row.state || (row.outside === asked ? "used" : "");
	return element("tr", { class: state || null },
		...[row.inside, row.outside, row.remote].map((end) => element("td", null, ...endParts(end))),
		element("td", { class: "left" }, ...timeLeft(row)), element("td", null, element("b", null, [row.rule, rowWords[state]].filter(Boolean).join(", "))));
}

/** A miss is a row that is not there, or one that is there for others only. */
function lookedUp(table) {
	if (!table.asked)
		return null;
	const there = table.rows.some((row) => row.outside === table.asked && row.state !== "expired");
	const words = table.missed ? `✗ asked for ${table.asked}: ${there ? "not open for this sender" : "no such row"}` : `asked for ${table.asked}`;
	return element("tr", { class: table.missed ? "missed" : "asked" }, element("td", { colspan: "5" }, words));
}

function routerTable(drawer, table, at) {
	const head = ["inside", "outside", "peer", "time left", "state"].map((word) => element("th", { scope: "col" }, word));
	const rows = table.rows || [];
	const empty = element("tr", null, element("td", { colspan: "5" }, "empty"));
	const unseen = table.unseen && element("tr", null, element("td", { colspan: "5" }, `and ${thousands(table.unseen)} more`));
	return element("div", { class: "scroll" }, element("table", { class: "nat" },
		element("caption", null, "Table of ", element("b", null, drawer.lanes[table.lane].name), ` at ${seconds(at)}`),
		element("thead", null, element("tr", null, ...head)),
		element("tbody", null, ...(rows.length ? rows.map((row) => tableRow(row, !table.missed && table.asked)) : [empty]), unseen, lookedUp(table))));
}

function tablesPart(drawer, step) {
	return (step.tables || []).filter(has).map((index) => routerTable(drawer, drawer.tables[index], step.died || step.at));
}
