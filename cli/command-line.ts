import yargs from "yargs";
import { COMPLETE_WORD } from "../src/completion/shell-scripts.ts";
import { suggestOption } from "../src/daemon/settings/nearest-name.ts";
import { packageVersion } from "../src/daemon/version.ts";
import { COMMANDS, firstPage } from "./command-groups.ts";
import { takePlainWords, withPlainRest } from "./double-dash.ts";
import { UsageError } from "./errors.ts";
import { end, endWritten, guardProcess } from "./guard-process.ts";

/** Carries out a command line, and ends the process. */
export async function runCommandLine(given: readonly string[]): Promise<never> {
  guardProcess();
  if (given[0] === COMPLETE_WORD) {
    await (await import("./completion.ts")).printCompletions(given.slice(1));
    return endWritten();
  }
  const words = withoutHelpWord(given);
  if (words === undefined) {
    process.stdout.write(`${firstPage()}\n`);
    return endWritten();
  }
  const commandLine = parser(words);
  try {
    await commandLine.parseAsync();
    return await endWritten();
  } catch (error) {
    // yargs reports what it finds after an asynchronous builder here, and not to its `fail`.
    const isOfYargs = error instanceof Error && error.name === "YError";
    const complaint = isOfYargs ? new UsageError(asOneLine(error.message, words)) : error;
    if (!(complaint instanceof UsageError)) return end(complaint);
    const help = await commandLine.getHelp();
    return end(new UsageError(suggestOption(complaint.message, { help, words })));
  }
}

/** `hearsay`, `hearsay --help`, `hearsay help members`: the words as yargs reads them, undefined for the first page. */
function withoutHelpWord(words: readonly string[]): readonly string[] | undefined {
  const [first, ...rest] = words;
  if (first === "help" && rest.length > 0) return [...rest, "--help"];
  const isFirstPage = words.length === 1 && ["help", "--help", "-h"].includes(first ?? "");
  return isFirstPage ? undefined : words;
}

function parser(words: readonly string[]) {
  const commands = yargs(withPlainRest(words));
  for (const command of COMMANDS) commands.command(command);
  keepNoHelp(commands);
  return commands
    .middleware(takePlainWords, true)
    .scriptName("hearsay")
    .usage("$0 <command>")
    .demandCommand(1, "which command? hearsay --help lists them")
    .strict()
    .recommendCommands()
    .version(packageVersion())
    .alias({ help: "h", version: "v" })
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      // yargs wraps what its own checks and our coercions find; errors of handlers arrive as they are.
      if (error !== undefined && error.name !== "YError") throw error;
      throw new UsageError(asOneLine(message ?? error?.message ?? "unusable arguments", words));
    });
}

/**
 * yargs lays out the help of each command whose builder or handler waits, lest it is needed after an error: 25 ms of the start
 * of a daemon. Where it is needed, `getHelp` makes it.
 */
function keepNoHelp(commands: object): void {
  const { getInternalMethods } = commands as {
    getInternalMethods?: () => { getUsageInstance(): { cacheHelpMessage: () => void } };
  };
  const usage = getInternalMethods?.call(commands).getUsageInstance();
  if (usage !== undefined) usage.cacheHelpMessage = () => {};
}

/** yargs' sentence as one line that says what to do next. */
function asOneLine(message: string, words: readonly string[]): string {
  const line = message.replaceAll(/\s*\n\s*/g, " ");
  const [command = "", inner = ""] = words.filter((word) => !word.startsWith("-"));
  if (line.startsWith("Did you mean")) {
    const typed = command === "bench" ? `${command} ${inner}` : command;
    return `there is no command ${JSON.stringify(typed)}. ${line} (hearsay --help lists all)`;
  }
  const ownWords = /^(Unknown|Missing|Not enough|Invalid)/.test(line);
  return ownWords ? `${line} (hearsay ${command} --help shows the usage)` : line;
}
