/*
 * Drawers made by hand, in which everything occurs that a drawer can have: what a hop wrote and what is stale, a loss, a fold, a
 * note, a message that a router rewrote, tables with a miss and with a rule, a chain, remedies, questions, and markup in a header.
 */
const register = [
	"REGISTER sip:5.79.5.158 SIP/2.0", "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bK1", "From: <sip:100@5.79.5.158>;tag=7",
	"Call-ID: 1@192.168.1.104", "Contact: <sip:100@192.168.1.104:5060>", "User-Agent: <script>document.title='taken'</script><b>ü</b>",
	"Content-Length: 0", "", "",
].join("\r\n");
const asking = register.replace("bK1", "bK1;rport");
const rewritten = asking.replace("UDP 192.168.1.104:5060", "UDP 86.5.223.17:23201");
const answer = "SIP/2.0 407 Proxy Authentication Required\r\nVia: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bK1\r\n\r\n";
const texts = [register, asking, rewritten, answer];

function spanOf(text, words, ...kind) {
	return [texts[text].indexOf(words), words.length, ...kind];
}

const lanes = [
	{ name: "cisco", model: "cisco-7940", address: ["192.168.1.104"] },
	{ name: "er6020", model: "tplink-er6020", address: ["192.168.1.1", "86.5.223.17"], wide: true },
	{ name: "pbx", model: "3cx-11", address: ["5.79.5.158"] },
];
const row = { inside: "192.168.1.104:5060", outside: "86.5.223.17:23201", remote: "5.79.5.158:5060", left: 60e6, of: 60e6 };
const rule = { inside: "192.168.1.10:5060", outside: "86.5.223.17:5061", remote: "any", left: null, of: null, rule: "forward" };
const tables = [
	{ lane: 1, rows: [] }, { lane: 1, rows: [{ ...row, state: "new" }] },
	{ lane: 1, rows: [{ ...row, left: 59980000 }], asked: "86.5.223.17:5060", missed: true },
	{ lane: 1, rows: [{ ...row, state: "used", left: 30e6 }, rule], asked: "86.5.223.17:23201", unseen: 3 },
	{ lane: 1, rows: [{ ...row, outside: "86.5.223.17:5060", remote: "5.79.5.159:5060" }], asked: "86.5.223.17:5060", missed: true },
];

function sent(text) {
	return { kind: "arrow", at: 0, from: [0, 0], to: [1, 0], label: "REGISTER", sentence: "cisco sends a REGISTER to er6020.",
		patches: [{ mark: "plain", text: "src 192.168.1.104:5060" }], src: "192.168.1.104:5060", dst: "5.79.5.158:5060", text, tables: [0] };
}

const failing = [
	sent(0),
	{ kind: "arrow", at: 1000, from: [1, 1], to: [2, 0], joins: 0, label: "REGISTER", sentence: "er6020 passes it on from another port.",
		patches: [{ mark: "new", text: "src 86.5.223.17:23201" }, { mark: "stale", text: "Via says 192.168.1.104:5060" }],
		src: "86.5.223.17:23201", dst: "5.79.5.158:5060", text: 0, spans: [spanOf(0, "192.168.1.104:5060", "stale")], tables: [1] },
	{ kind: "arrow", at: 21000, from: [2, 0], to: [1, 1], label: "407", sentence: "pbx answers to the Via port, which er6020 never opened.",
		patches: [{ mark: "stale", text: "dst 86.5.223.17:5060" }], remark: "RFC 3261 18.2.2: the Via port, not the source port", lost: true,
		unmapped: true, misled: true, died: 41000, reason: "no mapping for 86.5.223.17:5060", cause: "F01 reply-to-via-port",
		src: "5.79.5.158:5060", dst: "86.5.223.17:5060", text: 3, spans: [spanOf(3, "192.168.1.104:5060", "stale")], tables: [2] },
	{ kind: "fold", at: 31500000, label: "10 more until 31.500, same end", sentence: "This repeats 10 more times until 31.500 s." },
	{ kind: "note", at: 32000000, from: [0, 0], label: "gives up: no final response", sentence: "cisco gives up.", tables: [4] },
];
const working = [
	sent(1),
	{ kind: "arrow", at: 1000, from: [1, 1], to: [2, 0], joins: 0, label: "REGISTER", sentence: "er6020 passes it on with another Via.",
		patches: [{ mark: "new", text: "src 86.5.223.17:23201" }, { mark: "stale", text: "Via says 192.168.1.104:5060" }],
		src: "86.5.223.17:23201", dst: "5.79.5.158:5060", text: 2, spans: [spanOf(2, "86.5.223.17:23201", "new")], old: 1,
		old_spans: [spanOf(1, "192.168.1.104:5060")], tables: [1] },
	{ kind: "arrow", at: 21000, from: [2, 0], to: [1, 1], label: "407", sentence: "pbx answers to where it came from.",
		patches: [{ mark: "plain", text: "dst 86.5.223.17:23201" }], remark: "RFC 3581 4: rport asks for it", text: 3, tables: [3] },
	{ kind: "arrow", at: 41000, from: [1, 0], to: [0, 0], joins: 2, label: "407", sentence: "er6020 passes it on to cisco.",
		patches: [{ mark: "new", text: "dst 192.168.1.104:5060" }], effect: "has to authenticate", text: 3 },
];

const chain = [
	{ whose: "router", name: "er6020", did: "gave the request another source port", clause: "RFC 4787 4.2.1", standing: "allowed" },
	{ whose: "phone", name: "cisco", did: "did not ask for rport", clause: "RFC 3581 3", standing: "against" },
	{ whose: "server", name: "pbx", did: "answered to the port in the Via", clause: "RFC 3261 18.2.2", standing: "required" },
	{ whose: "network", name: null, did: "brought nothing", clause: null, standing: "allowed" },
];
const remedies = [
	{ remedy: "remedy-d", name: "rport", changes: [["cisco", "rport", "on"]], verdict: "works", effort: "a setting of a phone", drawer: 1 },
	{ changes: [["er6020", "ports", "preserve"]], verdict: "stops", effort: "a setting of a router", breaks: ["bob"],
		lasts: { text: "for 1m, then mapping-expired" } },
	{ changes: ["p0", "p1", "p2", "p3"].map((phone) => [phone, "expires", "1m"]), verdict: "fails", helps: false, effort: "a setting of a server" },
];
const questions = [
	{ step: 2, ask: "Where does pbx send its 407?", choices: ["86.5.223.17:23201", "86.5.223.17:5060"], right: 1, why: "RFC 3261 18.2.2." },
	{ step: 4, ask: "What becomes of cisco?", choices: ["it gives up", "it goes on"], right: 0, why: "RFC 3261 17.1.2.2." },
];

/** Puts them into the data of a report: cells that fail have the one, whose packets are those of cell 0, the others the other. */
export function withDrawers(data) {
	const failed = { s: 0, n: 0, title: "The answer goes to a port nobody opened", desc: "cisco registers; the 407 is lost.", lanes,
		steps: failing, tables, chain, remedies, remedies_left: 2, tried: 1234, questions };
	const worked = { s: 0, n: 1, title: "The same with rport", desc: "cisco registers.", lanes, steps: working, tables };
	for (const scenario of data.scenarios)
		scenario.drawers = scenario.cells.map((cell) => cell.verdict === "fails" ? 0 : 1);
	return { ...data, texts, drawers: [failed, worked], undrawn: null };
}

export const steps = { failing, working };
