/*
 * --- stage: one ladder, or two side by side, stepped through; in a lesson the future is hidden ---
 *
 * `stage` says what is on it: of which cell, which other ladder is beside it, at which step one is, and in a lesson the answers
 * that were given. All else follows from that.
 */
const PLAY_MS = 1800;

let stage = null; /* { cell, others, beside, step, answers, parts } */
let playing = null; /* the timer, while it steps by itself */

/** As `viaport explain` writes them: "desk rport: on"; of many that are changed alike "p0, p1 and 38 others rport: on". */
function changesWords(changes) {
	const told = (node, knobs) => knobs.map((knob) => `${node} ${knob}`).join("; ");
	const nodes = new Map();
	for (const [node, knob, value] of changes)
		nodes.set(node, [...(nodes.get(node) || []), `${knob}: ${value}`]);
	const names = [...nodes.keys()], [knobs, ...others] = [...nodes.values()];
	if (changes.length <= 3 || !others.length || others.some((other) => other.join() !== knobs.join()))
		return [...nodes].map(([node, its]) => told(node, its)).join("; ");
	const who = names.length > 3 ? `${names[0]}, ${names[1]} and ${names.length - 2} others` : names.join(", ");
	return told(who, knobs);
}

/** A drawer stands for all cells with the same events, and is that of one of them. */
function isOwn({ s, details, drawer: { s: scenario, n } }) {
	return scenario === s && n === details.n;
}

/** "" when the ladder is the cell's own. */
function whoseWords(cell) {
	const { s: scenario, n, seed } = cell.drawer, seeded = has(seed) ? ` with --seed ${seed}` : "";
	if (isOwn(cell))
		return seeded && `The packets are those${seeded}.`;
	const other = cells.get(`${scenario}:${n}`);
	return `The packets are those of ${other ? nameOf(other) : "another cell"}${seeded}, in which the same happens; names, addresses and times differ.`;
}

/** Whatever can lie beside a cell's ladder: { key, group, title, drawer, whose }. */
function othersOf(cell) {
	const remedies = (cell.drawer.remedies || []).map((remedy, i) => drawerAt(remedy.drawer) && {
		key: `r${i}`, group: "the same call, one change", drawer: drawerAt(remedy.drawer),
		title: `${changesWords(remedy.changes)} (${remedy.verdict})`,
	});
	const neighbours = neighboursOf(cell).map(([axis, other]) => other.drawer && {
		key: other.key, group: `another ${axis}`, drawer: other.drawer, title: `${axisValue(other, axis)} (${other.details.verdict})`,
		whose: whoseWords(other),
	});
	return [...remedies, ...neighbours].filter(Boolean);
}

/** What makes two steps alike whatever the names, addresses and times in them. */
function shapeOf(step) {
	const words = (text) => (text || "").replace(/[\d.:]+/g, "#");
	const patches = (step.patches || []).map((patch) => [patch.mark, words(patch.text)]);
	const said = [step.label, step.remark, step.effect, step.reason].map(words);
	return JSON.stringify([step.kind, step.from, step.to || null, Boolean(step.lost), patches, said]);
}

/** The first step at which two ladders differ, or -1. */
function firstDifference(a, b) {
	const longer = a.steps.length > b.steps.length ? a : b;
	return longer.steps.findIndex((step, i) => !a.steps[i] || !b.steps[i] || shapeOf(a.steps[i]) !== shapeOf(b.steps[i]));
}

function ladders() {
	const own = { drawer: stage.cell.drawer, title: stage.beside ? "as it is" : "" };
	return stage.beside ? [own, stage.beside] : [own];
}

/** The question that waits, in a lesson. */
function question() {
	return stage.answers && (stage.cell.drawer.questions || [])[stage.answers.length];
}

/** How many steps are to be seen. */
function seenSteps() {
	return question() ? question().step : Math.max(...ladders().map(({ drawer }) => drawer.steps.length));
}

/* --- the ladders and the list ---------------------------------------------------------------- */

function captioned({ title, whose }) {
	return element("figure", null, title && element("figcaption", null, element("b", null, title), whose && ` ${whose}`));
}

/** In a box of its own, which scrolls where there is too little room. */
function ladderPicture({ drawer }, room, unlike) {
	const picture = drawLadder(drawer, room, seenSteps());
	if (unlike >= 0 && picture.querySelector(`[data-step="${unlike}"]`))
		picture.querySelector(`[data-step="${unlike}"]`).classList.add("unlike");
	return element("div", { class: "scroll" }, picture);
}

function stepItem(step, i) {
	return element("li", null, button(step.sentence, () => goTo(i), { "data-step": i }));
}

/** Everything that changes when more, or something else, is to be seen. */
function drawStage() {
	const { section, pictures, list, unlike } = stage.parts;
	const differs = stage.beside ? firstDifference(stage.cell.drawer, stage.beside.drawer) : -1;
	section.classList.toggle("beside", Boolean(stage.beside));
	section.style.setProperty("--ladder", `${placeLanes(stage.cell.drawer, 0).width}px`);
	const figures = ladders().map(captioned);
	pictures.replaceChildren(...figures);
	ladders().forEach((one, i) => figures[i].append(ladderPicture(one, figures[i].clientWidth, differs)));
	list.replaceChildren(...stage.cell.drawer.steps.slice(0, seenSteps()).map(stepItem));
	unlike.replaceChildren(...(stage.beside ? unlikeWords(differs) : []));
	showStep();
}

function unlikeWords(differs) {
	if (differs < 0)
		return ["Both have the same steps."];
	return [`They differ first at step ${differs + 1}. `, button("Go there", () => goTo(differs))];
}

/* --- one step -------------------------------------------------------------------------------- */

function stepOf({ drawer }) {
	return drawer.steps[Math.min(stage.step, drawer.steps.length - 1)];
}

/** The packets at the step, of both ladders with the lines that differ. */
function packets() {
	const shown = ladders(), [own, other] = shown.map(stepOf);
	const marks = (step, against) => against && has(step.text) && has(against.text) ? differingLines(texts[step.text], texts[against.text]) : null;
	return shown.map((one) => {
		const step = stepOf(one);
		return element("div", null, one.title && element("h4", null, one.title),
			messagePart(one.drawer, step, marks(step, step === own ? other : own)), ...tablesPart(one.drawer, step));
	});
}

function sentences() {
	const shown = ladders(), said = shown.map((one) => stepOf(one).sentence);
	if (said.length < 2 || said[0] === said[1])
		return [said[0]];
	return said.flatMap((sentence, i) => [i > 0 && element("br"), element("b", null, `${shown[i].title}: `), sentence]).filter(Boolean);
}

function markStep() {
	for (const part of stage.parts.section.querySelectorAll("[data-step]")) {
		const now = Number(part.dataset.step) === stage.step;
		part.classList.toggle("now", now);
		if (part.matches("button"))
			part.setAttribute("aria-current", now ? "step" : "false");
	}
}

function scrollToStep(behavior) {
	const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
	for (const part of stage.parts.section.querySelectorAll("svg .now .here"))
		part.scrollIntoView({ block: "nearest", inline: "nearest", behavior: calm ? "instant" : behavior });
}

function showStep() {
	const { sentence, count, packet, back, on } = stage.parts, seen = seenSteps();
	stage.step = Math.max(0, Math.min(stage.step, seen - 1));
	count.value = seen ? `step ${stage.step + 1} of ${question() ? "?" : seen}` : "";
	sentence.replaceChildren(...(seen ? sentences() : ["Nothing has happened yet."]));
	packet.replaceChildren(...(seen ? packets() : []));
	back.disabled = stage.step === 0;
	on.disabled = stage.step >= seen - 1;
	markStep();
	showLesson();
}

function goTo(step) {
	stage.step = step;
	showStep();
	scrollToStep("smooth");
	writeAddress(true);
}

function play(on) {
	clearInterval(playing);
	playing = on ? setInterval(() => stage.step < seenSteps() - 1 ? goTo(stage.step + 1) : play(false), PLAY_MS) : null;
	if (!stage)
		return;
	stage.parts.play.textContent = on ? "❚❚ Pause" : "▶ Play";
	if (on && stage.step >= seenSteps() - 1)
		goTo(0);
}

/* --- lesson ---------------------------------------------------------------------------------- */

function answeredItem({ ask, choices, right, why }, answer) {
	const verdict = answer === right ? element("b", { class: "right" }, "✓ right: ") : element("b", { class: "wrong" }, `✗ not “${choices[answer]}”, but: `);
	return element("li", null, ask, " ", verdict, choices[right], ". ", why);
}

function answer(event) {
	event.preventDefault();
	const picked = new FormData(event.target).get("answer");
	if (picked === null)
		return;
	const { step } = question();
	stage.answers.push(Number(picked));
	stage.step = step;
	drawStage();
	scrollToStep("smooth");
	writeAddress(true);
	stage.parts.lesson.focus();
}

function questionForm({ ask, choices }) {
	const choice = (text, i) => element("label", null, element("input", { type: "radio", name: "answer", value: i, required: true }), " ", text);
	const made = element("form", null, element("fieldset", null, element("legend", null, ask), ...choices.map(choice)),
		element("button", null, "Answer"));
	made.addEventListener("submit", answer);
	return made;
}

function scorePart() {
	const { questions } = stage.cell.drawer;
	const right = questions.filter((one, i) => one.right === stage.answers[i]).length;
	return element("p", { class: "score" }, element("b", null, `${right} of ${questions.length} right. `),
		button("Once more", () => beginLesson([])), " ", button("End the lesson", () => beginLesson(null)));
}

function nextPart() {
	if (!question())
		return scorePart();
	if (stage.step < seenSteps() - 1)
		return element("p", null, `A question comes after step ${seenSteps()}.`);
	return questionForm(question());
}

/** As long as there are questions, nothing else in the drawer tells how it ends. */
function showLesson() {
	const { lesson, lessonButton, others } = stage.parts;
	lesson.hidden = !stage.answers;
	lessonButton.hidden = Boolean(stage.answers) || !(stage.cell.drawer.questions || []).length;
	others.hidden = Boolean(stage.answers) || stage.others.length === 0;
	drawer.classList.toggle("asks", Boolean(question()));
	if (!stage.answers)
		return;
	const { questions } = stage.cell.drawer;
	lesson.replaceChildren(element("h3", null, "Lesson"),
		element("ol", null, ...stage.answers.map((picked, i) => answeredItem(questions[i], picked))), nextPart());
}

function beginLesson(answers) {
	play(false);
	stage.answers = answers;
	stage.beside = null;
	stage.parts.others.querySelector("select").value = "";
	stage.step = 0;
	drawStage();
	writeAddress();
	(answers ? stage.parts.lesson : stage.parts.on).focus();
}

/* --- what the stage is made of --------------------------------------------------------------- */

function putBeside(key) {
	stage.beside = stage.others.find((other) => other.key === key) || null;
	drawStage();
	writeAddress();
}

function othersSelect() {
	const groups = new Map();
	for (const other of stage.others)
		groups.set(other.group, [...(groups.get(other.group) || []), [other.key, other.title]]);
	const made = select("with", "compare with ", element("option", { value: "" }, "nothing"),
		...[...groups].map(([label, options]) => element("optgroup", { label }, ...optionsOf(options))));
	made.querySelector("select").value = stage.beside ? stage.beside.key : "";
	made.addEventListener("change", (event) => putBeside(event.target.value));
	return made;
}

function stageParts() {
	const parts = {
		back: button("◀", () => goTo(stage.step - 1), { "aria-label": "step back" }),
		play: button("▶ Play", () => play(!playing)),
		on: button("▶", () => goTo(stage.step + 1), { "aria-label": "step on" }),
		count: element("output"),
		others: othersSelect(),
		lessonButton: button("Lesson: guess what comes", () => beginLesson([])),
		unlike: element("span", { class: "unlike" }),
		sentence: element("p", { class: "sentence", "aria-live": "polite", "aria-atomic": "true" }),
		lesson: element("div", { class: "lesson", tabindex: "-1", "aria-label": "lesson", role: "group" }),
		pictures: element("div", { class: "ladders" }),
		packet: element("div", { class: "packet" }),
		list: element("ol", { class: "steps", "aria-label": "steps" }),
	};
	parts.section = element("section", { id: "stage", "aria-label": "what happens, step by step" },
		element("div", { class: "tools" }, parts.others, parts.lessonButton, parts.unlike),
		element("div", { class: "bar" }, element("div", null, parts.back, parts.play, parts.on, parts.count), parts.sentence),
		element("div", { class: "scene" }, parts.lesson, parts.pictures), parts.packet,
		element("details", { class: "all", open: true }, element("summary", null, "All steps in words"), parts.list));
	parts.pictures.addEventListener("click", (event) => {
		const step = event.target.closest("[data-step]");
		if (step)
			goTo(Number(step.dataset.step));
	});
	return parts;
}

/** "1.0", the answers in the address; "-" is a lesson without any yet. */
function answersOf(text, drawer) {
	if (!text || !drawer.questions)
		return null;
	const given = text === "-" ? [] : text.split(".").map(Number);
	return given.every((answer, i) => drawer.questions[i] && drawer.questions[i].choices[answer] !== undefined) ? given : [];
}

/** Begins with a cell that has a ladder; `at` is what the address says. */
function beginStage(cell, at) {
	const others = othersOf(cell), answers = answersOf(at.get("lesson"), cell.drawer);
	const beside = answers ? null : others.find((other) => other.key === at.get("with")) || null;
	stage = { cell, others, answers, beside, step: Math.max(0, (Number.parseInt(at.get("step"), 10) || 1) - 1) };
	stage.parts = stageParts();
	return stage.parts.section;
}

function endStage() {
	play(false);
	stage = null;
}

/** [name, value] of what is on the stage, for the address. */
function stageAddress() {
	return [
		stage.step > 0 && ["step", stage.step + 1],
		stage.beside && ["with", stage.beside.key],
		stage.answers && ["lesson", stage.answers.join(".") || "-"],
	].filter(Boolean);
}

const strides = {
	ArrowLeft: () => stage.step - 1, ArrowRight: () => stage.step + 1, Home: () => 0, End: () => seenSteps() - 1,
};

/** Left and right step, unless they have another meaning where the focus is. */
function stageKey(event) {
	if (!strides[event.key] || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select"))
		return;
	event.preventDefault();
	play(false);
	const step = strides[event.key]();
	if (step >= 0 && step < seenSteps())
		goTo(step);
}
