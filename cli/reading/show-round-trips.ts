import {
  type RoundTrip,
  readAllRoundTrips,
  readRoundTrips,
} from "../../src/control/client/client-round-trips.ts";
import { formatNames } from "../../src/text/quantities.ts";
import { type Column, right } from "../../src/text/table.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatTitledTable } from "../format/text-style.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

/** What `hearsay rtt` was asked for. */
export interface RttArgs {
  readonly member?: string | undefined;
  readonly all: boolean;
}

const API_MS = 2_000;
const COLUMNS: readonly Column[] = ["FROM", "TO", right("RTT"), right("DEVIATION")];

/** The round trips that the attached node measures, or all that can be asked. @throws ConditionNotMetError where there are none */
export async function showRoundTrips(
  { client, output }: Session,
  { member, all }: RttArgs,
): Promise<void> {
  const connect = (api: string) => client.beside(api, { timeoutMs: API_MS });
  const { trips, silent } = all
    ? await readAllRoundTrips(client, connect)
    : { ...(await readRoundTrips(client)), silent: [] };
  const wanted = trips.filter(
    ({ from, to }) => member === undefined || [from, to].includes(member),
  );
  if (wanted.length === 0) {
    throw new ConditionNotMetError(
      `rtt: no round trip ${member === undefined ? "" : `of ${member} `}is measured at ${client.url}; ` +
        "a node measures those that it observes (hearsay members)",
    );
  }
  if (printJson(output, { v: 1, trips: wanted, silent })) return;
  for (const line of formatTitledTable(output.style, COLUMNS, wanted.map(row))) output.data(line);
  if (silent.length > 0)
    output.talk(`The API of ${formatNames(silent)} cannot be reached from here.`);
}

function row({ from, to, rttMs, deviationMs }: RoundTrip): string[] {
  return [from, to, `${rttMs.toFixed(2)} ms`, `${deviationMs.toFixed(2)} ms`];
}
