/*
 * --- ladder: who sent what to whom, as a picture -------------------------------------------------
 *
 *	 cisco            er6020               pbx
 *	   |             LAN   WAN              |
 *	   |--REGISTER--->|     |               |
 *	   |   gap 0      |\    |    gap 1      |	a router is a wide lane; the second arrow joins the first inside it
 *	   |              |  \--|--REGISTER---->|
 *	   |              |     x - - 407 - - - |	lost, with the reason inside the lane where it died
 *
 * What is drawn in a gap, or in a wide lane, stands below what is drawn there already; otherwise a step goes as far up as
 * time allows.
 */
const TEXT = 13, LINE = 17, PATCH = 21, MARGIN = 14, GAP_MIN = 150, GAP_MAX = 400, WIDE_MIN = 150, NOTE_MAX = 230, SMALLEST = .78;

const pen = document.createElement("canvas").getContext("2d");

function widthOf(text, weight = "400", size = TEXT) {
	pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
	return Math.ceil(pen.measureText(text).width);
}

/** A text in lines that are no wider, unless a word is. */
function wrapped(text, width, weight) {
	const lines = [];
	for (const word of text.split(" "))
		if (lines.length && widthOf(`${lines.at(-1)} ${word}`, weight) <= width)
			lines.push(`${lines.pop()} ${word}`);
		else
			lines.push(word);
	return lines;
}

function textAt(x, y, text, className, anchor = "middle") {
	return drawn("text", { x, y, class: className, "text-anchor": anchor }, text);
}

function timeWords(step) {
	return (step.at / 1e6).toFixed(3);
}

/* --- lanes ----------------------------------------------------------------------------------- */

function addressWords(lane, edge) {
	const address = (lane.address || [])[edge];
	const side = lane.wide ? (Boolean(edge) === Boolean(lane.mirrored) ? "LAN " : "WAN ") : "";
	return address ? side + address : "";
}

/** How far the head of a lane goes beyond its left and right edge, and how wide it has to be, also for what is said inside. */
function headOf(drawer, lane, i) {
	const name = Math.max(widthOf(lane.name, "700"), widthOf(lane.model || ""));
	const [left, right] = [0, 1].map((edge) => widthOf(addressWords(lane, edge)));
	if (!lane.wide)
		return { over: [Math.max(name, left) / 2, Math.max(name, left) / 2], width: 0 };
	const said = drawer.steps.filter((step) => step.lost && step.to && step.to[0] === i).flatMap(deathWords);
	return { over: [left / 2, right / 2], width: Math.max(WIDE_MIN, name + 12, (left + right) / 2 + 14, longestWord(said) + 18) };
}

/** Gap g is left of lane g, the last one right of all lanes. A step crosses those from the first to the last; a note, and what
 * never got anywhere, stands in one; a band crosses all. */
function gapsOf(drawer, step) {
	const lanes = drawer.lanes.length;
	if (!step.from)
		return [0, lanes];
	const [lane, edge] = step.from;
	if (step.to && step.to[0] !== lane)
		return [Math.min(lane, step.to[0]) + 1, Math.max(lane, step.to[0])];
	const right = drawer.lanes[lane].wide ? edge : lane < lanes - 1 || lanes === 1;
	return right ? [lane + 1, lane + 1] : [lane, lane];
}

function deathWords(step) {
	return [step.cause, step.reason].filter(Boolean);
}

function longestWord(texts) {
	return Math.max(0, ...texts.flatMap((text) => text.split(" ")).map((word) => widthOf(word, "700")));
}

function patchWidth(patch) {
	const badge = patch.mark === "plain" ? 0 : widthOf(patch.mark.toUpperCase(), "700", 10) + 8;
	return badge + widthOf(patch.text) + 12;
}

/** How wide what stands in one gap needs it. */
function needOf(step) {
	const patches = (step.patches || []).map((patch) => patchWidth(patch) + 24);
	return Math.max(GAP_MIN, widthOf(step.label || "", "700") + 40, longestWord([step.remark, step.effect].filter(Boolean)) + 60, ...patches);
}

/** How wide each gap has to be for the heads of the lanes beside it and for what crosses it alone; the outer ones may be none. */
function gapWidths(drawer, heads) {
	const widths = Array.from({ length: heads.length + 1 }, (_, g) =>
		heads[g - 1] && heads[g] ? Math.max(GAP_MIN, heads[g - 1].over[1] + heads[g].over[0] + 18) : 0);
	for (const step of drawer.steps) {
		const [first, last] = gapsOf(drawer, step);
		if (first === last)
			widths[first] = Math.max(widths[first], needOf(step));
	}
	return widths;
}

/** Where the edges of lanes are, in a room that may be wider than needed: { edges: [[left, right], ...], times, width }. */
function placeLanes(drawer, room) {
	const heads = drawer.lanes.map((lane, i) => headOf(drawer, lane, i)), gaps = gapWidths(drawer, heads);
	const times = Math.max(...drawer.steps.map((step) => widthOf(timeWords(step)))) + 22;
	const first = times + Math.max(MARGIN, heads[0].over[0], gaps.shift());
	const last = Math.max(MARGIN, heads.at(-1).over[1], gaps.pop()) + MARGIN;
	const needed = first + last + gaps.reduce((sum, gap) => sum + gap, 0) + heads.reduce((sum, head) => sum + head.width, 0);
	const more = Math.max(0, room - needed) / (gaps.length || 1);
	const edges = [];
	let x = first;
	heads.forEach((head, i) => {
		edges.push([x, x + head.width]);
		x += head.width + Math.max(gaps[i], Math.min(gaps[i] + more, GAP_MAX));
	});
	return { edges, times, width: Math.ceil(edges.at(-1)[1] + last) };
}

function laneHead(lane, [left, right]) {
	const middle = (left + right) / 2;
	const addresses = (lane.wide ? [0, 1] : [0]).map((edge) =>
		textAt(edge ? right : left, 20 + 2 * LINE, addressWords(lane, edge), "address"));
	return [textAt(middle, 16, lane.name, "name"), textAt(middle, 18 + LINE, lane.model || "", "model"), ...addresses];
}

function laneLines(lane, [left, right], top, bottom) {
	const edge = (x) => drawn("line", { class: "edge", x1: x, x2: x, y1: top, y2: bottom });
	const inside = drawn("rect", { class: "inside", x: left, y: top, width: right - left, height: bottom - top });
	return lane.wide ? [inside, edge(left), edge(right)] : [edge(left)];
}

/* --- what stands at an arrow ----------------------------------------------------------------- */

function patchAt(x, y, patch) {
	const width = patchWidth(patch), left = x - width / 2;
	const badge = patch.mark === "plain" ? 0 : widthOf(patch.mark.toUpperCase(), "700", 10) + 8;
	return drawn("g", { class: `patch ${patch.mark}` },
		drawn("rect", { class: "paper", x: left, y, width, height: PATCH - 3 }),
		badge && drawn("rect", { class: "badge", x: left, y, width: badge, height: PATCH - 3 }),
		badge && textAt(left + badge / 2, y + 13, patch.mark.toUpperCase(), "word"),
		textAt(left + badge + (width - badge) / 2, y + 13.5, patch.text, "said"));
}

/** A slip of paper beside the line at `x`, towards `to`. */
function noteAt(x, y, to, lines) {
	const width = Math.max(...lines.map((line) => widthOf(line))) + 16, height = lines.length * LINE + 8;
	const near = x + (to > x ? 14 : -14), left = to > x ? near : near - width;
	return { height: height + 6, left, right: left + width, shape: drawn("g", { class: "note" },
		drawn("line", { x1: x, x2: near, y1: y + height / 2, y2: y + height / 2 }),
		drawn("path", { d: `M${left} ${y}h${width - 8}l8 8v${height - 8}h${-width}z` }),
		...lines.map((line, i) => textAt(left + 8, y + 17 + i * LINE, line, "said", "start"))) };
}

function crossAt(x, y) {
	return drawn("path", { class: "cross", d: `M${x - 6} ${y - 6}l12 12m0 -12l-12 12` });
}

function headAt(x, y, direction) {
	return drawn("path", { class: "head", d: `M${x} ${y}l${-11 * direction} -4.5v9z` });
}

/* --- steps ----------------------------------------------------------------------------------- */

/**
 * A drawing goes downwards: `free` is where each gap is free, `inside` where each wide lane is; `line` is the height of the
 * arrow above, `lines` of each step.
 */
function drawingOf(drawer, room) {
	const placed = placeLanes(drawer, room), lanes = placed.edges.length, top = 30 + 2 * LINE;
	return {
		drawer, ...placed, top, line: top, lines: [], timed: 0,
		free: Array(lanes + 1).fill(top + 8), inside: Array(lanes).fill(top + 8),
	};
}

function edgeX(drawing, [lane, edge]) {
	return drawing.edges[lane][drawing.drawer.lanes[lane].wide ? edge : 0];
}

/** The left and right end of a gap. */
function boundsOf({ edges, times, width }, gap) {
	return [gap > 0 ? edges[gap - 1][1] : times, gap < edges.length ? edges[gap][0] : width - MARGIN];
}

/** Where a datagram comes from and goes to; one that got nowhere goes a bit of the way through the gap beside its sender. */
function reachOf(drawing, step, gap) {
	const from = edgeX(drawing, step.from);
	if (step.to && edgeX(drawing, step.to) !== from)
		return [from, edgeX(drawing, step.to)];
	const [left, right] = boundsOf(drawing, gap);
	return [from, left + (right - left) * (gap > step.from[0] ? .8 : .2)];
}

function laneReason(drawing, step, y) {
	const lane = step.to[0], [left, right] = drawing.edges[lane];
	const lines = deathWords(step).flatMap((words) => wrapped(words, right - left - 16, "700"));
	drawing.inside[lane] = y + lines.length * LINE + 8;
	return lines.map((line, i) => textAt((left + right) / 2, y + 4 + i * LINE, line, "reason"));
}

/** All of an arrow: above it the rule that its sender followed and its name, below it what is worth reading in it. */
function drawArrow(drawing, step, i) {
	const [first, last] = gapsOf(drawing.drawer, step), [from, to] = reachOf(drawing, step, first);
	const [left] = boundsOf(drawing, first), [, right] = boundsOf(drawing, last), middle = (left + right) / 2;
	const dies = step.lost && step.to && drawing.drawer.lanes[step.to[0]].wide;
	const shapes = [], note = (x, towards, words) => {
		const made = noteAt(x, y, towards, wrapped(words, Math.min(right - left - 44, NOTE_MAX)));
		shapes.push(made.shape);
		y += made.height;
	};
	const start = Math.max(...drawing.free.slice(first, last + 1));
	let y = start;
	if (step.remark)
		note(from, to, step.remark);
	const line = Math.max(y + 22, drawing.line + 18, dies ? drawing.inside[step.to[0]] + 8 : 0);
	if (step.joins !== null && step.joins !== undefined && drawing.lines[step.joins]) {
		const arrived = drawing.lines[step.joins];
		shapes.push(drawn("line", { class: "joint", x1: arrived.x, y1: arrived.y, x2: from, y2: line }));
	}
	shapes.push(textAt(middle, line - 7, step.label, "label"));
	const direction = to > from ? 1 : -1;
	shapes.push(drawn("line", { class: "way", x1: from, y1: line, x2: to - direction * 9, y2: line }));
	shapes.push(step.lost ? crossAt(to, line) : headAt(to, line, direction));
	y = line + 8;
	for (const patch of step.patches || []) {
		shapes.push(patchAt(middle, y, patch));
		y += PATCH;
	}
	if (dies)
		shapes.push(...laneReason(drawing, step, line));
	else if (step.lost)
		for (const words of deathWords(step).flatMap((words) => wrapped(words, right - left - 20, "700"))) {
			shapes.push(textAt(middle, y + 13, words, "reason"));
			y += LINE;
		}
	if (step.effect)
		note(to, from, step.effect);
	drawing.free.fill(y + 8, first, last + 1);
	drawing.lines[i] = { x: to, y: line };
	drawing.line = line;
	return { line, box: [left - 10, start - 2, right + 10, y + 3], shapes };
}

function drawNote(drawing, step) {
	const [gap] = gapsOf(drawing.drawer, step), x = edgeX(drawing, step.from);
	const [left, right] = boundsOf(drawing, gap), y = Math.max(drawing.free[gap], drawing.line + 4);
	const note = noteAt(x, y, (left + right) / 2, wrapped(step.label || step.remark || "", Math.min(NOTE_MAX, right - left - 44)));
	drawing.free[gap] = y + note.height + 4;
	drawing.line = y + note.height / 2;
	return { line: drawing.line, box: [Math.min(x, note.left) - 4, y - 4, Math.max(x, note.right) + 4, y + note.height], shapes: [note.shape] };
}

/** What repeats, or is left out: a band over all lanes. */
function drawBand(drawing, step) {
	const y = Math.max(...drawing.free, ...drawing.inside) + 2, left = drawing.edges[0][0] - 12, right = drawing.edges.at(-1)[1] + 12;
	const lines = wrapped(step.label, right - left - 20), height = lines.length * LINE + 10;
	drawing.free.fill(y + height + 10);
	drawing.inside.fill(y + height + 10);
	drawing.line = y + height - 8;
	return { line: y + height / 2, box: [left - 4, y - 4, right + 4, y + height + 4], shapes: [
		drawn("rect", { class: "band", x: left, y, width: right - left, height, rx: 9 }),
		...lines.map((line, i) => textAt((left + right) / 2, y + 18 + i * LINE, line, "said"))] };
}

const drawings = { arrow: drawArrow, note: drawNote, fold: drawBand, gap: drawBand };

/** What is in a band happens between other steps, and its label says until when. */
function timeAt(drawing, step, line) {
	if (drawings[step.kind] === drawBand || line - drawing.timed < 15)
		return null;
	drawing.timed = line;
	return textAt(drawing.times - 12, line + 4, timeWords(step), "time", "end");
}

function stateOf(step) {
	return ["lost", "misled", "unmapped"].filter((word) => step[word]).join(" ");
}

function drawStep(drawing, step, i) {
	const { line, box, shapes } = drawings[step.kind](drawing, step, i), [left, top, right, bottom] = box;
	return drawn("g", { class: `step ${step.kind} ${stateOf(step)}`, "data-step": i },
		drawn("title", null, step.sentence),
		drawn("rect", { class: "here", x: left, y: top, width: right - left, height: bottom - top, rx: 6 }),
		...shapes, timeAt(drawing, step, line));
}

/** The picture of the first steps of a drawer, as wide as the room. Where that takes too small a writing it is wider. */
function drawLadder(drawer, room, steps) {
	const drawing = drawingOf(drawer, room);
	const shapes = drawer.steps.slice(0, steps).map((step, i) => drawStep(drawing, step, i));
	const bottom = Math.max(...drawing.free, ...drawing.inside) + 6;
	const scale = room < drawing.width && room > drawing.width * SMALLEST ? room / drawing.width : 1;
	return drawn("svg", { class: "ladder", role: "img", "aria-label": drawer.title, viewBox: `0 0 ${drawing.width} ${bottom}`,
		width: drawing.width * scale, height: bottom * scale },
		drawn("title", null, drawer.title), drawn("desc", null, steps < drawer.steps.length ? "" : drawer.desc),
		...drawer.lanes.flatMap((lane, i) => laneLines(lane, drawing.edges[i], drawing.top, bottom)), ...shapes,
		...drawer.lanes.flatMap((lane, i) => laneHead(lane, drawing.edges[i])));
}
