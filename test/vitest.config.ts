import { defineConfig } from "vitest/config";

/** Tests that start whole processes, and wait for them more than they compute. */
const PROCESSES = ["test/e2e/**/*.test.ts", "test/package/**/*.test.ts"];

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
        // One more than there are cores on a small machine: while one file waits, two work.
        test: { name: "processes", include: PROCESSES, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
