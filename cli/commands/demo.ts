import type { CommandModule } from "yargs";
import { parseCount } from "../options.ts";

interface DemoArgs {
  readonly n: number;
  readonly story: boolean;
  readonly ascii: boolean;
}

export const demoCommand: CommandModule<object, DemoArgs> = {
  command: "demo [n]",
  describe: "Run a small cluster: with the dashboard on a terminal, as a story without one",
  builder: (yargs) =>
    yargs
      .options({
        story: { describe: "The story on a terminal too", type: "boolean", default: false },
        ascii: { describe: "ASCII instead of glyphs", type: "boolean", default: false },
      })
      .positional("n", {
        describe: "How many daemons",
        type: "string",
        default: "5",
        coerce: (text: unknown) => parseCount("n", String(text), 4, 30),
      }),
  handler: async ({ n, story, ascii }) => {
    const { openOutput } = await import("../output.ts");
    const output = openOutput({ ascii });
    if (output.isTerminal && process.stdin.isTTY && !story) {
      const { runLiveDemo } = await import("../demo/live-demo.ts");
      await runLiveDemo(n, output);
    } else {
      const { runStory } = await import("../demo/story.ts");
      await runStory(n, output);
    }
  },
};
