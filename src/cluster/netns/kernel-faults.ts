import type { MemberName } from "../../core/member.ts";
import { type LinkRules, linkFault } from "../../transport/link-rules.ts";

/** Hosts of a run by name, with their IPv4 addresses. */
export type HostAddresses = ReadonlyMap<MemberName, string>;

/** Loss is drawn by the kernel in steps of a hundredth of a percent. */
const LOTS = 10_000;

const REJECT = "reject with icmp type port-unreachable";

/**
 * The nft rules of one host, as a whole script: what it must not hear is dropped on its *input* hook,
 * where the sender cannot tell (a drop on the output hook would give the sender EPERM). All protocols
 * are dropped alike, so that a refusal does not come over a cut link either.
 */
export function inputRules(
  host: MemberName,
  rules: LinkRules,
  addresses: HostAddresses,
  dropsIcmp: boolean,
): string {
  const lines: string[] = dropsIcmp ? ["icmp type destination-unreachable drop"] : [];
  for (const [sender, address] of addresses) {
    const fault = sender === host ? undefined : linkFault(rules, sender, host);
    const drop = fault?.drop ?? 0;
    const verdict = fault?.reject === true ? REJECT : "drop";
    const lots = Math.round(drop * LOTS);
    if (lots >= LOTS) lines.push(`ip saddr ${address} ${verdict}`);
    else if (lots > 0) {
      lines.push(`ip saddr ${address} numgen random mod ${LOTS} < ${lots} ${verdict}`);
    }
  }
  return [
    // Adding it first makes the deletion succeed where there was none.
    "add table inet hearsay",
    "delete table inet hearsay",
    "table inet hearsay {",
    "  chain input {",
    "    type filter hook input priority 0; policy accept;",
    ...lines.map((line) => `    ${line}`),
    "  }",
    "}",
    "",
  ].join("\n");
}

/** What the kernel cannot do (there is no netem): delays, duplicates and reordering. */
export function withoutDrops(rules: LinkRules): LinkRules {
  return rules
    .map(({ drop: _, reject: __, ...rest }) => rest)
    .filter(({ delayMs, jitterMs, duplicate, reorder }) =>
      [delayMs, jitterMs, duplicate, reorder].some((value) => (value ?? 0) > 0),
    );
}
