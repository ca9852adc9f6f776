import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that start whole processes. */
const PROCESSES = ["test/e2e/**/*.test.ts", "test/package/**/*.test.ts"];

/** Of those the ones that compute rather than wait: beside others they would delay their clusters. */
const COMPUTING = [
  "test/e2e/bench-detector.test.ts",
  "test/e2e/datagram-flood.test.ts",
  "test/e2e/sim.test.ts",
  "test/package/**/*.test.ts",
];

/** What takes longest, though the files are short. */
const LONGEST = ["shipped-scenarios", "discovery", "bench", "netns", "demo", "background"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/** The longest files first: one that is begun last would keep a single worker busy at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return rank < 0 ? LONGEST.length : rank;
    };
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    testTimeout: 20_000,
    maxConcurrency: 2,
    // Most of a small file's time would be spent on loading the same modules again.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "modules",
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: PROCESSES,
          // As many as a small machine has cores; left alone, one of them would stand idle.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "computing",
          include: COMPUTING,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Daemons keep real time: more files at once than a small machine has cores would delay their clusters.
        test: {
          name: "processes",
          include: PROCESSES,
          exclude: COMPUTING,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
