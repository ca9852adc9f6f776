import type { DaemonLog } from "../daemon-log.ts";
import { runBounded } from "./bounded-command.ts";
import type { QueryHandlerSpec } from "./handler-spec.ts";
import type { QueryEvent, Responder } from "./query-coordinator.ts";

const OUTPUT_BYTES_MAX = 16 * 1024;

/** Lets a command of the operator answer: what it prints is the answer, and a failure is none. */
export function commandResponder(
  { name, command }: QueryHandlerSpec,
  env: Readonly<Record<string, string>>,
  log: DaemonLog,
): Responder {
  return {
    name,
    answer: async (query, deadline) => {
      const outcome = await runBounded(command, {
        input: `${JSON.stringify(describe(query))}\n`,
        env,
        timeoutMs: query.leftMs,
        outputBytesMax: OUTPUT_BYTES_MAX,
        signal: deadline,
      });
      if (outcome.exitCode === 0) return outcome.stdout.replace(/\n$/, "");
      const how = outcome.failure ?? `failed with exit code ${outcome.exitCode}`;
      const message = `the handler ${JSON.stringify(command)} for the query ${query.name} ${how}`;
      log.note("warn", "handler-failed", message, {
        command,
        for: "query",
        output: outcome.stderr,
      });
      return null;
    },
  };
}

function describe({ kind, ...query }: QueryEvent): object {
  return { v: 1, event: kind, ...query };
}
