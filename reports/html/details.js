/* --- details: the drawer of a cell, from top to bottom ---------------------------------------- */

const drawer = element("dialog", { id: "cell", "aria-labelledby": "cell-name", tabindex: "-1" });
let open = null; /* the cell whose details are shown */
let opener = null; /* where the focus goes back to */

function headPart(cell) {
	const { details } = cell;
	return [
		element("header", null, element("h2", { id: "cell-name" }, nameOf(cell)), button("Close", closeByHand)),
		element("p", null, verdictMark(details.verdict), " ",
			details.unexpected ? element("strong", null, "not as expected") : "as expected"),
		details.surprise && element("p", null, element("strong", null, details.surprise)),
		details.why && element("p", null, details.known ? `known: ${details.why}` : details.why),
	];
}

function checksPart({ scenario, details }) {
	const item = (check, i) => element("li", null,
		element("b", null, scenario.checks[i]), " ", element("span", { class: check.result }, check.answer),
		check.sentence && element("p", null, check.sentence));
	return details.checks.length > 0 && [element("h3", null, "Checks"), element("ul", null, ...details.checks.map(item))];
}

function whosePart(cell) {
	return whoseWords(cell) && element("p", { class: "whose" }, whoseWords(cell));
}

function stagePart(cell, at) {
	if (cell.drawer)
		return [element("h3", null, "What happens"), whosePart(cell), beginStage(cell, at)];
	return undrawn && [element("p", { class: "whose" }, undrawn)];
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

const standings = { required: "the RFC requires it", allowed: "the RFC allows it", against: "against the RFC" };

function chainPart({ drawer: own }) {
	const item = (link) => element("li", null, element("b", null, [link.whose, link.name].filter(Boolean).join(" ")), ` ${link.did} `,
		element("span", { class: `standing ${link.standing}` }, link.clause ? `${link.clause}: ${standings[link.standing]}` : "no RFC speaks of it"));
	return own && (own.chain || []).length > 0 &&
		[element("h3", null, "Who is to blame"), element("ol", { class: "chain" }, ...own.chain.map(item))];
}

function besideButton(remedy, i) {
	return drawerAt(remedy.drawer) && button("side by side", () => {
		stage.parts.others.querySelector("select").value = `r${i}`;
		putBeside(`r${i}`);
		stage.parts.section.scrollIntoView();
		stage.parts.on.focus();
	});
}

function changeWords(remedy) {
	const name = [remedy.remedy, remedy.name].filter(Boolean).join(" ");
	return [element("code", null, changesWords(remedy.changes)), name && element("small", null, name)];
}

/** What is said of a change, behind what it is. Changes were tried on this cell alone. */
const remedyColumns = [
	["then it", (remedy) => [verdictMark(remedy.verdict), remedy.helps === false && element("small", null, "this does not help")]],
	["what it takes", (remedy) => remedy.effort],
	["what it breaks here", (remedy) => (remedy.breaks || []).join(", ") || "nothing"],
	["does it last", (remedy) => remedy.lasts && remedy.lasts.text],
	["see", besideButton],
];

function remedyTable(remedies) {
	const columns = remedyColumns.filter(([, told]) => remedies.some((remedy, i) => told(remedy, i)));
	const row = (remedy, i) => element("tr", null, element("th", { scope: "row" }, ...changeWords(remedy)),
		...columns.map(([, told]) => element("td", null, ...[told(remedy, i)].flat().filter(Boolean))));
	return element("div", { class: "scroll" }, element("table", { class: "remedies" },
		element("thead", null, element("tr", null, ...["change", ...columns.map(([head]) => head)].map((head) => element("th", { scope: "col" }, head)))),
		element("tbody", null, ...remedies.map(row))));
}

/** Pairs, and what a change does to other cells, are not in the page. */
function fartherWords(remedies) {
	return element("p", { class: "farther" }, remedies.some(({ verdict }) => verdict === "works") ? "" : "None of these makes all of it work. ",
		element("code", null, "viaport explain"), " tries pairs where no single change will do, and tells what a change breaks in other cells.");
}

function triedWords({ tried, remedies_left }) {
	const left = remedies_left && `${thousands(remedies_left)} more are not told here. `;
	return (tried || left) && element("p", { class: "tried" }, left, tried && `Changes that were tried: ${thousands(tried)}.`);
}

/** Who shares the events may have other knobs, and another change may mend it. */
function triedOnPart(cell) {
	const { s, n } = cell.drawer, other = cells.get(`${s}:${n}`);
	return !isOwn(cell) && element("p", { class: "whose" }, `Tried on ${other ? nameOf(other) : "another cell"}, in which the same happens. For this cell: `,
		element("code", null, commandOf(cell).replace("run", "explain")));
}

function remediesPart(cell) {
	const own = cell.drawer;
	if (!own || !(own.remedies || []).length)
		return null;
	return [element("h3", null, "What would mend it"), triedOnPart(cell), fartherWords(own.remedies), remedyTable(own.remedies), triedWords(own)];
}

function factsPart({ scenario, details, labels }) {
	const unverified = details.unverified ? `, rests on ${details.unverified.join(", ")}` : "";
	const facts = [...scenario.axes.map((axis, i) => [axis.name, labels[i]]), ["scenario", scenario.name],
		["confidence", details.confidence + unverified]];
	return [element("h3", null, "This cell"),
		element("dl", null, ...facts.flatMap(([name, text]) => [element("dt", null, name), element("dd", null, text)]))];
}

/** Some browsers let a page from disk copy only what is selected. */
async function copy(command, from, said) {
	try {
		await navigator.clipboard.writeText(command);
	} catch {
		getSelection().selectAllChildren(from);
		document.execCommand("copy");
	}
	said.value = "copied";
}

/** The command breaks between its words only, whatever hyphens are in them. */
function repeatPart(cell) {
	const words = commandOf(cell).split(" ").flatMap((word) => [element("span", null, word), " "]);
	const command = element("pre", { class: "command", tabindex: "0" }, ...words.slice(0, -1)), said = element("output");
	return [element("h3", null, "Repeat it"), command,
		element("p", { class: "copy" }, button("Copy the command", () => copy(commandOf(cell), command, said)), " ", said)];
}

/** From top to bottom. */
const parts = [headPart, checksPart, stagePart, chancePart, causesPart, chainPart, remediesPart, factsPart, repeatPart];

function showCell(cell, at) {
	endStage();
	drawer.classList.remove("asks");
	open = cell;
	drawer.replaceChildren(...parts.flatMap((part) => part(cell, at) || []).filter(Boolean));
	if (!drawer.open)
		drawer.showModal();
	drawer.scrollTop = 0;
	drawer.focus();
	if (stage)
		drawStage();
	if (stage && stageAddress().length) {
		stage.parts.section.scrollIntoView();
		scrollToStep("instant");
	}
}

function openCell(cell, from) {
	opener = from;
	showCell(cell, new URLSearchParams());
	writeAddress();
}

function closeCell() {
	if (!open)
		return;
	const from = opener || (placed.find(({ cell }) => cell === open) || {}).place;
	endStage();
	open = opener = null;
	drawer.close();
	if (from)
		from.focus();
}

function closeByHand() {
	closeCell();
	writeAddress();
}
