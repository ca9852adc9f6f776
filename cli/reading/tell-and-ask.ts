import type {
  MemberAnswer,
  QueryBody,
  QueryRequest,
  UserEventRequest,
} from "../../src/control/message-types.ts";
import { formatCount, formatMillis, formatNames } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import type { Session } from "../session.ts";

/** Tells all nodes, the attached one included, that something happened. */
export async function tellEvent(
  { client, output }: Session,
  event: UserEventRequest,
): Promise<void> {
  const body = await client.tell(event);
  if (output.json) output.data(JSON.stringify(body));
  else output.talk(`${body.told} is on its way; hearsay events shows it at any node`);
}

/** Asks all nodes and prints the answers. */
export async function askQuery({ client, output }: Session, query: QueryRequest): Promise<void> {
  const body = await client.ask(query);
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  if (body.answers.length > 0) {
    for (const line of formatTable(COLUMNS, body.answers.flatMap(rowsOf))) output.data(line);
  }
  output.talk(summary(body));
}

const COLUMNS = [
  { title: "MEMBER" },
  { title: "AFTER", align: "right" },
  { title: "ANSWER" },
] as const;

/** An answer of several lines has as many rows. */
function rowsOf({ member, answer, tookMs }: MemberAnswer): string[][] {
  const [first = "", ...others] = answer.split("\n").map(printable);
  return [[member, formatMillis(tookMs), first], ...others.map((line) => ["", "", line])];
}

function summary({ name, answers, declined, silent }: QueryBody): string {
  const parts = [formatCount(answers.length, "answer")];
  if (declined.length > 0) parts.push(`no answer to ${name} at ${formatNames(declined)}`);
  if (answers.length === 0) parts.push(`--on-query '${name}=command' makes a daemon answer it`);
  if (silent.length > 0) parts.push(`nothing came from ${formatNames(silent)}`);
  return parts.join("; ");
}

/** An answer comes from another machine: it must not move this terminal's cursor. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}]/gu, (character) => (character === "\t" ? " " : "�"));
}
