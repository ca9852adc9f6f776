import type {
  EndpointBody,
  ServiceBody,
  ServiceSummaryBody,
} from "../../src/control/service-types.ts";
import { formatCount, formatPhi } from "../../src/text/quantities.ts";
import { type Column, right } from "../../src/text/table.ts";
import { formatState, formatTitledTable, paint, type TextStyle } from "./text-style.ts";

const ENDPOINT_COLUMNS: readonly Column[] = [
  ...["ENDPOINT", "MEMBER", "STATE"],
  ...[right("PHI"), right("RTT"), right("WEIGHT"), "TAGS", "WHY"],
];

const SERVICE_COLUMNS = ["SERVICE", right("USABLE"), right("KNOWN"), "TAGS", ""];

/** The endpoints to be used, then those left out, each with why. */
export function formatService(style: TextStyle, { endpoints, out }: ServiceBody): string[] {
  const rows = [
    ...endpoints.map((endpoint) => endpointRow(style, endpoint, true)),
    ...out.map((endpoint) => endpointRow(style, endpoint, false)),
  ];
  return formatTitledTable(style, ENDPOINT_COLUMNS, rows);
}

export function formatServices(
  style: TextStyle,
  services: readonly ServiceSummaryBody[],
): string[] {
  const rows = services.map(({ name, usable, known, tags, panic }) => [
    name,
    String(usable),
    String(known),
    tags.join(", "),
    panic === null ? "" : paint(style, "yellow", `panic: ${panic.reason}`),
  ]);
  return formatTitledTable(style, SERVICE_COLUMNS, rows);
}

/** One line about the whole, with the panic where there is one. */
export function formatServiceSummary({ self, service, endpoints, known, panic }: ServiceBody) {
  if (panic === null) {
    return `${self} gives ${endpoints.length} of ${formatCount(known, "known endpoint")} of ${service}`;
  }
  const share = `${Math.round(panic.share * 100)} %`;
  return (
    `${self} gives all ${formatCount(known, "known endpoint")} of ${service}: panic since ${panic.since}, ` +
    `${panic.reason} (${share} would be usable)`
  );
}

function endpointRow(style: TextStyle, endpoint: EndpointBody, isIn: boolean): string[] {
  const { address, member, state, phi, rttMs, weight, tags, why } = endpoint;
  return [
    isIn ? address : paint(style, "gray", `(${address})`),
    member,
    formatState(style, state),
    formatPhi(phi),
    rttMs === null ? "-" : `${rttMs.toFixed(1)} ms`,
    isIn ? String(weight) : "-",
    tags.join(", "),
    isIn ? why : `out: ${why}`,
  ];
}
