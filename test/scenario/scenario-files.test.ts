import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readScenarioFile } from "../../src/scenario/language/scenario-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let folder = "";
beforeEach(() => {
  folder = temporaryDirectory();
});
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
