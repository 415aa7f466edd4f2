/* Mermaid's own parser reads what `viaport diagram -f mermaid` writes of every scenario. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { opened, root, viaport } from "./report.mjs";

const bundle = join(root, "tests/browser/node_modules/mermaid/dist/mermaid.min.js");
/** The only cell of each scenario, or the first one. */
const cells = readdirSync(join(root, "scenarios"), { withFileTypes: true }).filter((entry) => entry.isDirectory())
	.flatMap(({ name }) => readdirSync(join(root, "scenarios", name)).map((file) => `scenarios/${name}/${file}`))
	.filter((file) => file.endsWith(".yaml") && !file.endsWith("/models.yaml"))
	.map((file) => viaport(["run", "--dry-run", file]).split("\n", 1)[0]);

const page = await opened("about:blank");
await page.addScriptTag({ path: bundle });

/** What kind of diagram it is, or what the parser complains of. */
function parsed(text) {
	return page.evaluate((diagram) => globalThis.mermaid.parse(diagram).then((found) => found.diagramType, (error) => String(error)), text);
}

test("it complains of what is no diagram", async () => {
	assert.match(await parsed("sequenceDiagram\n  a->>"), /Error/);
});

for (const [what, kind, ...flags] of [["ladder", /^sequence$/], ["topology", /^flowchart/, "--topology"]])
	test(`the ${what} of every scenario is read`, async () => {
		assert.ok(cells.length > 150, `${cells.length} cells`);
		for (const cell of cells)
			assert.match(await parsed(viaport(["diagram", cell, "-f", "mermaid", ...flags])), kind, cell);
	});

test("nothing is asked for", () => assert.deepEqual(page.requests.filter((url) => url !== "about:blank"), []));
