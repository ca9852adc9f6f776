import { defineConfig } from "vitest/config";

/** Tests that start whole processes. */
const PROCESSES = ["test/e2e/**/*.test.ts", "test/package/**/*.test.ts"];

/** Of those the ones that compute rather than wait: beside others they would delay their clusters. */
const COMPUTING = [
  "test/e2e/bench-detector.test.ts",
  "test/e2e/datagram-flood.test.ts",
  "test/e2e/sim.test.ts",
  "test/package/**/*.test.ts",
];

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    testTimeout: 20_000,
    maxConcurrency: 2,
    // Most of a small file's time would be spent on loading the same modules again.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: "modules",
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: PROCESSES,
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
        // Daemons keep real time, so no more files at once than there are cores on a small machine.
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
