import { cutSides } from "../../src/cluster/link-cuts.ts";
import type { FaultsBody, MemberBody } from "../../src/control/api-types.ts";
import {
  type ControlClient,
  NodeUnreachableError,
  RequestRefusedError,
} from "../../src/control/client.ts";
import { describeRules } from "../../src/control/fault-text.ts";
import { formatCount, formatSpan } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import { ConditionNotMetError, UsageError } from "../errors.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

/** What `hearsay faults` was asked for. */
export interface FaultsArgs {
  readonly action: "show" | "cut" | "heal";
  /** With `cut`: `n1,n2`, members that lose those of the other groups. */
  readonly groups: readonly string[];
  /** With `cut`: only what the first group sends to the others. */
  readonly oneWay?: boolean | undefined;
  /** With `cut`: how long, in milliseconds. */
  readonly for: number;
}

type Question = (client: ControlClient) => Promise<FaultsBody>;

/** One member's answer, or why it gave none. */
type Answer = { readonly body: FaultsBody } | { readonly error: string };

/**
 * Shows, cuts or heals the links of every member whose control API answers, and tells the faults in force then.
 *
 * @throws UsageError for groups that cannot be cut apart
 */
export async function runFaults(session: Session, args: FaultsArgs): Promise<void> {
  tell(session, await askAll(session, await questionOf(session, args)));
}

async function questionOf(session: Session, args: FaultsArgs): Promise<Question> {
  const { action, groups } = args;
  if (action === "cut") return cutLinks(session, groups.map(parseGroup), args);
  if (groups.length > 0) throw new UsageError(`faults ${action}: takes no members; only cut does`);
  return action === "show" ? (client) => client.faults() : (client) => client.healFaults();
}

function parseGroup(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new UsageError(`faults cut: ${JSON.stringify(text)} is not a group; use n1,n2`);
}

/** Makes members of different groups lose each other, at both ends. */
async function cutLinks(
  session: Session,
  groups: readonly (readonly string[])[],
  { oneWay, for: ttlMs }: FaultsArgs,
): Promise<Question> {
  if (groups.length < 2) {
    throw new UsageError(
      "faults cut: name at least two groups, such as: hearsay faults cut n1,n2 n3,n4,n5",
    );
  }
  const { members } = await session.client.members();
  checkNames(groups.flat(), members);
  const addresses = Object.fromEntries(members.map(({ name, address }) => [name, address]));
  const rules = cutSides(groups, oneWay);
  return (client) => client.setFaults({ rules, ttlMs, addresses });
}

function checkNames(names: readonly string[], members: readonly MemberBody[]): void {
  const foreign = names.find((name) => members.every((member) => member.name !== name));
  if (foreign !== undefined) {
    const known = members.map(({ name }) => name).join(", ");
    throw new UsageError(`faults cut: there is no member ${foreign}; choose among ${known}`);
  }
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) {
    throw new UsageError(`faults cut: ${double} is named twice; a member is in one group`);
  }
}

/** Links are cut at the sending end, so every member has to be asked; HTTP does not take the links that are cut. */
async function askAll({ client }: Session, ask: Question): Promise<Answer[]> {
  const { self, members } = await client.members();
  return Promise.all(
    members.flatMap(({ name, api, state }) => {
      if (state === "left") return [];
      return [
        name === self
          ? answerOf(name, client, ask)
          : askOther(name, api === null ? api : client.beside(api), ask),
      ];
    }),
  );
}

async function askOther(
  member: string,
  client: ControlClient | null,
  ask: Question,
): Promise<Answer> {
  if (client === null) {
    return { error: `${member}: it has no API that other machines can reach; set its --api` };
  }
  return answerOf(member, client, ask).finally(() => client.close());
}

async function answerOf(member: string, client: ControlClient, ask: Question): Promise<Answer> {
  try {
    return { body: await ask(client) };
  } catch (error) {
    if (error instanceof NodeUnreachableError) {
      return { error: `${member}: its control API does not answer (${client.url})` };
    }
    if (!(error instanceof RequestRefusedError)) throw error;
    return { error: `${member}: ${error.message}` };
  }
}

/** @throws ConditionNotMetError where no member did what it was asked for */
function tell({ output }: Session, answers: readonly Answer[]): void {
  const bodies = answers.flatMap((answer) => ("body" in answer ? [answer.body] : []));
  const errors = answers.flatMap((answer) => ("error" in answer ? [answer.error] : []));
  if (bodies.length === 0) {
    throw new ConditionNotMetError(errors[0] ?? "no member advertises its control API");
  }
  if (!printJson(output, { v: 1, members: bodies })) {
    for (const line of formatFaults(bodies)) output.data(line);
  }
  for (const error of errors) output.talk(error);
  const broken = bodies.filter(({ rules }) => rules.length > 0).length;
  const count = formatCount(bodies.length, "member");
  output.talk(broken === 0 ? `No faults at ${count}.` : `Faults at ${broken} of ${count}.`);
}

function formatFaults(bodies: readonly FaultsBody[]): string[] {
  const rows = bodies.map(({ self, rules, healInMs, counts }) => [
    self,
    healInMs === null ? "-" : formatSpan(healInMs),
    String(counts.dropped),
    String(counts.delayed),
    describeRules(rules),
  ]);
  return formatTable(["MEMBER", "HEALS IN", "DROPPED", "DELAYED", "RULES"], rows);
}
