/* --- the address ----------------------------------------------------------------------------- */

function addressText() {
	const parameters = new URLSearchParams(chosen().map(([filter, value]) => [filter.name, value]));
	const set = (name, value) => value && parameters.set(name, value);
	arrangements.forEach((name) => set(name, setting(name)));
	set("cell", open && open.key);
	if (stage)
		stageAddress().forEach(([name, value]) => set(name, value));
	return parameters.toString();
}

/** What is `passing`, a step or a letter typed, is nothing to go back to. */
function writeAddress(passing) {
	const text = addressText(), address = text ? `#${text}` : location.pathname + location.search;
	if (text === location.hash.slice(1))
		return;
	if (passing)
		history.replaceState(null, "", address);
	else
		history.pushState(null, "", address);
}

function readAddress() {
	const parameters = new URLSearchParams(location.hash.slice(1));
	choose(parameters);
	panel.open = panel.open || addressText() !== "";
	applyChoice();
	const cell = cells.get(parameters.get("cell"));
	if (cell)
		showCell(cell, parameters);
	else
		closeCell();
}

/* --- keys and clicks ------------------------------------------------------------------------- */

const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function tableKey(event) {
	const place = event.target.closest("td[data-c], span[data-c]");
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

function onKey(event) {
	if (!open)
		tableKey(event);
	else if (stage)
		stageKey(event);
}

function onClick(event) {
	const place = event.target.closest("td[data-c], span[data-c]");
	if (place)
		openCell(cellAt(place), place);
	else if (event.target === drawer && event.clientX < drawer.getBoundingClientRect().left)
		closeByHand();
}

/** The list of causes gets a way to its examples. */
function offerExamples() {
	for (const article of document.querySelectorAll("article[data-example]")) {
		const cell = cells.get(`${article.dataset.s}:${article.dataset.example}`);
		const made = button("Details of this cell", () => openCell(cell, made));
		article.append(made);
	}
}

/* --- the beginning --------------------------------------------------------------------------- */

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
drawer.addEventListener("cancel", (event) => {
	event.preventDefault();
	closeByHand();
});
form.addEventListener("change", onChoice);
form.elements.find.addEventListener("input", onChoice);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("resize", () => stage && drawStage());
addEventListener("popstate", readAddress);
readAddress();
