import { safeJson, safeLines } from "../src/text/safe-text.ts";
import { chooseTextStyle, type TextStyle } from "./format/text-style.ts";
import type { AttachArgs } from "./options.ts";

/** Where a command speaks: data on stdout, talk on stderr. */
export interface Output {
  readonly style: TextStyle;
  /** Whether the data is for programs: JSON instead of text. */
  readonly json: boolean;
  /** Whether stdout is a terminal, where a picture can be refreshed in place. */
  readonly isTerminal: boolean;
  /** One line of data, made safe for a terminal, or one JSON text. */
  data(line: string): void;
  /** One line for people; programs that read stdout do not see it. */
  talk(line: string): void;
}

/** The output of this process, dressed as its terminal and environment wish. */
export function openOutput({ json, ascii }: Pick<AttachArgs, "json" | "ascii">): Output {
  const isTerminal = process.stdout.isTTY === true;
  const style = chooseTextStyle({ env: process.env, isTerminal, asciiWanted: ascii === true });
  const safe = json === true ? safeJson : (text: string) => safeLines(text, style);
  return {
    style,
    json: json === true,
    isTerminal: isTerminal && process.env.TERM !== "dumb",
    data: (line) => process.stdout.write(`${safe(line)}\n`),
    talk: (line) => process.stderr.write(`${safeLines(line, style)}\n`),
  };
}

/** Prints `body` where programs read the data. @returns whether it did, so that there is nothing more to say */
export function printJson(output: Output, body: unknown): boolean {
  if (output.json) output.data(JSON.stringify(body));
  return output.json;
}
