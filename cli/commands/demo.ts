import type { CommandModule } from "yargs";
import { asciiOption, parseCount, stateDirOption, switchOption, textOption } from "../options.ts";
import { openOutput } from "../output.ts";

interface DemoArgs {
  readonly n: number;
  readonly story: boolean;
  readonly stateDir?: string | undefined;
  readonly picture?: string | undefined;
  readonly ascii: boolean;
}

/** `hearsay demo`: a small cluster, with the dashboard or as a story. */
export const demoCommand: CommandModule<object, DemoArgs> = {
  command: "demo [n]",
  describe: "Run a small cluster with the dashboard, or as a story",
  builder: (yargs) =>
    yargs
      .options({
        story: switchOption("The story on a terminal too"),
        picture: textOption(
          "--picture",
          "Write a picture (SVG) of the dashboard during a failure, and end",
        ),
        "state-dir": stateDirOption,
        ascii: asciiOption,
      })
      .positional("n", {
        describe: "How many daemons",
        type: "string",
        default: "5",
        coerce: (text: unknown) => parseCount("n", String(text), 2, 30),
      }),
  handler: async ({ n, story, picture, stateDir, ascii }) => {
    const output = openOutput({ ascii });
    const { ignoredSettings } = await import("../../src/local/launch-environment.ts");
    const ignored = ignoredSettings("demo", process.env);
    if (ignored !== undefined) output.talk(ignored);
    if (picture !== undefined) {
      const { drawDemo } = await import("../demo/picture.ts");
      await drawDemo(picture, output);
    } else if (output.isTerminal && process.stdin.isTTY && !story) {
      const { runLiveDemo } = await import("../demo/live-demo.ts");
      await runLiveDemo(n, stateDir, output);
    } else {
      const { runStory } = await import("../demo/story.ts");
      await runStory(n, output);
    }
  },
};
