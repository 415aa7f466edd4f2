/*
 * The page is complete without these scripts. They add filters, another arrangement of the tables, and the details of a cell
 * with its ladder, which can be stepped through, laid beside another one, and made a lesson. What is chosen is in the address:
 *
 *	#verdict=fails,stops&cause=F01&phone=cisco-7940&find=rport&rows=server&cell=0:17&step=3&with=0:18
 *
 * Everything that is shown is put as text; nothing is ever parsed as HTML.
 */
const { scenarios, causes, texts: lines = [], parts: shared = [], drawers: packed = [], undrawn } = JSON.parse(document.getElementById("data").textContent);

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
