import { isPresent, type MemberName } from "../../core/member.ts";
import { compareNames } from "../../core/name-order.ts";
import type { MemberBody } from "../api-types.ts";
import type { ControlClient } from "../client.ts";

/** The round trip from one member to another, as the first one measures it with its pings. */
export interface RoundTrip {
  readonly from: MemberName;
  readonly to: MemberName;
  readonly rttMs: number;
  readonly deviationMs: number;
}

/** The round trips of one node, the nearest member first; members that it does not observe have none. */
export async function readRoundTrips(
  client: Pick<ControlClient, "members">,
): Promise<{ readonly self: MemberName; readonly trips: readonly RoundTrip[] }> {
  const { self, members } = await client.members();
  return { self, trips: roundTripsOf(self, members) };
}

/** The same of every present member whose API can be reached from here, and the names of the others. */
export async function readAllRoundTrips(
  client: Pick<ControlClient, "members">,
  connect: (api: string) => Pick<ControlClient, "members">,
): Promise<{ readonly trips: readonly RoundTrip[]; readonly silent: readonly MemberName[] }> {
  const { self, members } = await client.members();
  const present = members.filter(({ state }) => isPresent(state));
  const silent: MemberName[] = [];
  const answers = await Promise.all(
    present.map(async ({ name, api }) => {
      if (name === self) return roundTripsOf(self, members);
      const answer = api === null ? undefined : await readQuietly(connect(api));
      if (answer !== undefined) return answer;
      silent.push(name);
      return [];
    }),
  );
  return { trips: answers.flat(), silent: silent.sort(compareNames) };
}

async function readQuietly(client: Pick<ControlClient, "members">) {
  try {
    return (await readRoundTrips(client)).trips;
  } catch {
    return undefined;
  }
}

function roundTripsOf(from: MemberName, members: readonly MemberBody[]): RoundTrip[] {
  return members
    .flatMap(({ name: to, rttMs, rttDeviationMs }) =>
      rttMs === null || to === from ? [] : [{ from, to, rttMs, deviationMs: rttDeviationMs ?? 0 }],
    )
    .sort((a, b) => a.rttMs - b.rttMs || compareNames(a.to, b.to));
}
