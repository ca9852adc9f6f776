import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readScenarioFile } from "../../../cli/scenario/run-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearsay-modules-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  "export default { name: 'bare', nodes: 3, config: { profile: 'lan' }, steps: [{ start: 'all' }] };",
  "export default { steps: [] };",
  "export default 7;",
  "export const scenario = {};",
])("a module without a defined scenario says what to export: %s", async (program) => {
  const file = join(folder, "scenario.mjs");
  writeFileSync(file, program);
  await expect(readScenarioFile(file)).rejects.toThrow(
    `${file}: its default export is not a scenario; export defineScenario({ … })`,
  );
});
