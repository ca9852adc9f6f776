import { packageVersion } from "../src/daemon/version.ts";
import { guardOutput } from "./guard-output.ts";

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-v")) {
  guardOutput();
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const isStarted = words[0] === "start" && (await import("./plain-start.ts")).startPlainly;
  if (isStarted === false || !(await isStarted(words.slice(1)))) {
    const { runCommandLine } = await import("./command-line.ts");
    await runCommandLine(words);
  }
}
