/*
 * The page is complete without these scripts. They add filters, another arrangement of the tables, and the details of a cell
 * with its ladder, which can be stepped through, laid beside another one, and made a lesson. What is chosen is in the address:
 *
 *	#verdict=fails,stops&cause=F01&phone=cisco-7940&find=rport&rows=server&cell=0:17&step=3&with=0:18
 *
 * Everything that is shown is put as text; nothing is ever parsed as HTML.
 */
const { scenarios, causes, texts: lines = [], parts: shared = [], drawers: packed = [], undrawn } = JSON.parse(document.getElementById("data").textContent);

/* --- drawers --------------------------------------------------------------------------------- */

/** What stands in many drawers stands once in the page, and is called by its number. */
function sharedPart(part) {
	return typeof part === "number" ? shared[part] : part;
}

/** The texts of messages, which are put together from their lines. */
const texts = lines.map((text) => Array.isArray(text) ? text.map(sharedPart).join("") : text);

const markWords = { plain: "", new: "NEW ", stale: "STALE " };

/** What happens at a step, complete in itself. */
function sentenceOf(lanes, step) {
	const name = (end) => end ? lanes[end[0]].name : "nobody";
	if (step.kind === "fold" || step.kind === "gap")
		return `${step.label}.`;
	const at = (step.at / 1e6).toFixed(3);
	if (step.kind === "note")
		return `${at} ${name(step.from)}: ${step.remark}.`;
	const patches = (step.patches || []).map(({ mark, text }) => markWords[mark] + text);
	const lost = step.lost && `lost: ${step.reason || "it never arrived"}`;
	const said = [step.label, ...patches, step.remark, step.effect, lost, step.cause].filter(Boolean).join(", ");
	return [`${at} ${name(step.from)} to ${name(step.to)}: ${said}`, ...(step.told || [])].join(". ") + ".";
}

/** A step with what only this drawer knows of it: when it is, which one it joins, its tables among all of the drawer. */
function unpackedStep(drawer, part, i, tables) {
	const step = { ...sharedPart(part), at: drawer.times[i] };
	if (step.back)
		step.joins = i - step.back;
	if (step.died !== undefined)
		step.died += step.at;
	step.tables = Array.from({ length: step.tables || 0 }, () => tables.next++);
	step.sentence = sentenceOf(drawer.lanes, step);
	return step;
}

function unpackedTable(part) {
	const table = sharedPart(part);
	return { ...table, rows: table.rows.map(([row, left, of, state]) => ({ ...sharedPart(row), left, of, state })) };
}

/** The first remedy may have a drawer of its own. */
function unpackedRemedy(drawer, part, i) {
	return i === 0 ? { ...sharedPart(part), drawer: drawer.mended } : sharedPart(part);
}

function unpacked(drawer) {
	if (!drawer.times)
		return drawer; /* it stands there whole */
	const tables = { next: 0 }, times = sharedPart(drawer.times), lanes = sharedPart(drawer.lanes);
	const steps = drawer.steps.map((part, i) => unpackedStep({ times, lanes }, part, i, tables));
	return {
		...drawer, steps, lanes,
		desc: steps.map((step) => step.sentence).join(" "),
		chain: sharedPart(drawer.chain), checks: sharedPart(drawer.checks),
		questions: drawer.questions.map(sharedPart), tables: drawer.tables.map(unpackedTable),
		remedies: (drawer.remedies || []).map((part, i) => unpackedRemedy(drawer, part, i)),
	};
}

const drawers = packed.map(unpacked);

/* --- elements -------------------------------------------------------------------------------- */

/** Attributes that are null or false, and children that are none, are left out. */
function filled(made, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			made.setAttribute(name, value === true ? "" : value);
	made.append(...children.filter((child) => child));
	return made;
}

/** element("p", { class: "where" }, "text", child, null) */
function element(tag, attributes, ...children) {
	return filled(document.createElement(tag), attributes, children);
}

/** The same in a picture. */
function drawn(tag, attributes, ...children) {
	return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function button(text, act, attributes) {
	const made = element("button", { type: "button", ...attributes }, text);
	made.addEventListener("click", act);
	return made;
}

/** `options`: [value, text] */
function optionsOf(options) {
	return options.map(([value, text]) => element("option", { value }, text));
}

function select(name, label, ...options) {
	return element("label", null, label, element("select", { name }, ...options));
}

const verdictMarks = { works: "✓", degraded: "~", stops: "|", fails: "✗", skipped: ".", error: "?" };

/** A verdict as everywhere in the page. */
function verdictParts(verdict) {
	return [element("b", null, verdictMarks[verdict]), ` ${verdict}`];
}

function verdictMark(verdict) {
	return element("span", { class: verdict }, ...verdictParts(verdict));
}

/* --- numbers --------------------------------------------------------------------------------- */

function thousands(n) {
	return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Microseconds as "0.041 s". */
function seconds(us, digits = 3) {
	return `${(us / 1e6).toFixed(digits)} s`;
}
