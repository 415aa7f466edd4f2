/* --- packed: drawers as they are carried, and as the other scripts know them ------------------ */

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
	return [`${at} ${name(step.from)} to ${name(step.to)}: ${said}`, ...(step.told || [])].join("; ") + ".";
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

const drawers = []; /* those that were asked for */

/** The drawer with a number; undefined: there is none. */
function drawerAt(index) {
	if (packed[index] && !drawers[index])
		drawers[index] = unpacked(packed[index]);
	return drawers[index];
}
