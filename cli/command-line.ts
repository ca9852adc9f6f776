import { isatty } from "node:tty";
import yargs from "yargs";
import { COMPLETE_WORD } from "../src/completion/shell-scripts.ts";
import { suggestOption } from "../src/daemon/settings/nearest-option.ts";
import { packageVersion } from "../src/daemon/version.ts";
import { isUtf8Locale, safeLines } from "../src/text/safe-text.ts";
import { COMMANDS, firstPage } from "./command-groups.ts";
import { takePlainWords, withPlainRest } from "./double-dash.ts";
import { judgeError, UsageError } from "./errors.ts";
import { guardOutput } from "./guard-output.ts";

/** Carries out a command line. The only place that ends the process. */
export async function runCommandLine(given: readonly string[]): Promise<never> {
  guardOutput();
  if (!hasTerminal()) process.on("SIGHUP", () => {});
  process.on("uncaughtException", end);
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

/** Ends this process once its output has been read. */
async function endWritten(): Promise<never> {
  await new Promise((written) => process.stdout.write("", written));
  return process.exit();
}

/**
 * nohup takes the terminal away and has SIGHUP ignored, and Node forgets the latter at its start. Without a terminal there is
 * none that could hang up, so the signal is not meant to end this process.
 */
function hasTerminal(): boolean {
  return [0, 1, 2].some((fd) => isatty(fd));
}

function end(error: unknown): never {
  const { exitCode, text } = judgeError(error);
  const ascii = !isUtf8Locale(process.env);
  process.stderr.write(`${safeLines(text, { color: false, ascii })}\n`);
  process.exit(exitCode);
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
