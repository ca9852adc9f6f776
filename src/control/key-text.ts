import { formatCount, formatNames } from "../text/quantities.ts";
import { formatTable, right } from "../text/table.ts";
import type { KeyOutcomeBody, KeysBody } from "./encryption-types.ts";

const COLUMNS = ["KEY", right("HELD BY"), right("ENCRYPTS AT"), "NOT AT"];

/** The keys of all members as lines for people: of each how many hold it, and how many encrypt with it. */
export function describeKeys({ members, silent }: KeysBody): string[] {
  const ids = [...new Set(members.flatMap(({ keys }) => keys))];
  const rows = ids.map((id) => {
    const holders = members.filter(({ keys }) => keys.includes(id));
    const users = members.filter(
      ({ keys, encryption }) => keys[0] === id && encryption !== "accept",
    );
    const others = members.filter((each) => !holders.includes(each)).map(({ member }) => member);
    const of = (count: number) => `${count} of ${members.length}`;
    return [id, of(holders.length), of(users.length), formatNames(others)];
  });
  const without = members.filter(({ encryption }) => encryption === null);
  return [
    ...(rows.length === 0 ? [] : formatTable(COLUMNS, rows)),
    ...(without.length === 0
      ? []
      : [`without any key: ${formatNames(without.map(({ member }) => member))}`]),
    ...(silent.length === 0 ? [] : [`no answer from ${formatNames(silent)}`]),
  ];
}

const DONE = {
  install: "hold the key",
  use: "encrypt with the key",
  remove: "have given up the key",
} as const;

/** How many members have done a step, and in one sentence which have not; undefined where all have. */
export function describeKeyOutcome(
  action: keyof typeof DONE,
  { id, done, failed, silent }: KeyOutcomeBody,
): { readonly done: string; readonly rest: string | undefined } {
  const count = done.length + failed.length + silent.length;
  const told = `${done.length} of ${formatCount(count, "member")} ${DONE[action]} ${id}`;
  const parts = failed.map(({ member, why }) => `${member}: ${why}`);
  if (silent.length > 0) parts.push(`no answer from ${formatNames(silent)}`);
  const again = `hearsay keys ${action} ${id} does it again where it is not done`;
  return { done: told, rest: parts.length === 0 ? undefined : `${parts.join("; ")}; ${again}` };
}
