import { isatty } from "node:tty";
import yargs from "yargs";
import { suggestOption } from "../src/daemon/settings/nearest-option.ts";
import { packageVersion } from "../src/daemon/version.ts";
import { isUtf8Locale, safeLines } from "../src/text/safe-text.ts";
import { benchCommand } from "./commands/bench.ts";
import { dashboardCommand } from "./commands/dashboard.ts";
import { demoCommand } from "./commands/demo.ts";
import { faultsCommand } from "./commands/faults.ts";
import {
  explainCommand,
  membersCommand,
  resolveCommand,
  viewsCommand,
  waitCommand,
} from "./commands/inspect.ts";
import { keygenCommand } from "./commands/keygen.ts";
import { downCommand, psCommand, upCommand } from "./commands/local.ts";
import { eventCommand, eventsCommand, queryCommand } from "./commands/messages.ts";
import { forgetCommand, joinCommand, leaveCommand, reloadCommand } from "./commands/operate.ts";
import { checkCommand, runCommand } from "./commands/scenarios.ts";
import { simCommand } from "./commands/sim.ts";
import { startCommand } from "./commands/start.ts";
import { templateCommand } from "./commands/template.ts";
import { takePlainWords, withPlainRest } from "./double-dash.ts";
import { judgeError, UsageError } from "./errors.ts";
import { guardOutput } from "./guard-output.ts";

/** Carries out a command line. The only place that ends the process. */
export async function runCommandLine(words: readonly string[]): Promise<never> {
  guardOutput();
  if (!hasTerminal()) process.on("SIGHUP", () => {});
  process.on("uncaughtException", end);
  const commandLine = parser(words);
  try {
    await commandLine.parseAsync();
    await new Promise((written) => process.stdout.write("", written));
    return process.exit();
  } catch (error) {
    // yargs reports what it finds after an asynchronous builder here, and not to its `fail`.
    const isOfYargs = error instanceof Error && error.name === "YError";
    const complaint = isOfYargs ? new UsageError(asOneLine(error.message, words)) : error;
    if (!(complaint instanceof UsageError)) return end(complaint);
    const help = await commandLine.getHelp();
    return end(new UsageError(suggestOption(complaint.message, { help, words })));
  }
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

function parser(words: readonly string[]) {
  return yargs(withPlainRest(words))
    .middleware(takePlainWords, true)
    .scriptName("hearsay")
    .usage(
      "$0 <command>\n\nWho is alive right now: gossip membership with a failure detector per peer.",
    )
    .command(startCommand)
    .command(demoCommand)
    .command(dashboardCommand)
    .command(upCommand)
    .command(downCommand)
    .command(psCommand)
    .command(membersCommand)
    .command(eventsCommand)
    .command(eventCommand)
    .command(queryCommand)
    .command(explainCommand)
    .command(viewsCommand)
    .command(resolveCommand)
    .command(waitCommand)
    .command(templateCommand)
    .command(joinCommand)
    .command(leaveCommand)
    .command(forgetCommand)
    .command(reloadCommand)
    .command(keygenCommand)
    .command(faultsCommand)
    .command(runCommand)
    .command(checkCommand)
    .command(simCommand)
    .command(benchCommand)
    .demandCommand(1, "which command? hearsay --help lists them")
    .strict()
    .recommendCommands()
    .version(packageVersion())
    .alias({ help: "h", version: "v" })
    .epilogue(
      "Exit codes: 0 ok, 1 condition not met, 2 usage or configuration, 3 node unreachable.",
    )
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
    const typed = command === benchCommand.command ? `${command} ${inner}` : command;
    return `there is no command ${JSON.stringify(typed)}. ${line} (hearsay --help lists all)`;
  }
  const ownWords = /^(Unknown|Missing|Not enough|Invalid)/.test(line);
  return ownWords ? `${line} (hearsay ${command} --help shows the usage)` : line;
}
