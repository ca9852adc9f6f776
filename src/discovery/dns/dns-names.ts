import { isIPv4 } from "node:net";

/** Everything that is answered lies below this. */
export const DNS_DOMAIN = "hearsay";

/** What a domain name stands for. */
export type NameMeaning =
  | { readonly kind: "node"; readonly member: string }
  | { readonly kind: "service"; readonly service: string; readonly tag: string | undefined }
  /** A host itself, where the name of its member is none that DNS can carry. */
  | { readonly kind: "address"; readonly host: string }
  /** The domain itself, or a name that others lie below and that has no records of its own. */
  | { readonly kind: "apex" | "branch" }
  | { readonly kind: "nothing" }
  /** Not below the domain. */
  | { readonly kind: "foreign" };

const NOTHING: NameMeaning = { kind: "nothing" };

/**
 * Reads `<node>.node.hearsay`, `[<tag>.]<service>.service.hearsay`, `[<tag>.]_<service>._tcp[.service].hearsay` (RFC 2782)
 * and `<hex>.addr.hearsay`; case makes no difference.
 */
export function readName(name: string): NameMeaning {
  const labels = name.toLowerCase().replace(/\.$/, "").split(".");
  if (labels.pop() !== DNS_DOMAIN) return { kind: "foreign" };
  if (labels.length === 0) return { kind: "apex" };
  const branch = labels.pop();
  if (branch === "node") {
    return labels.length === 0 ? { kind: "branch" } : { kind: "node", member: labels.join(".") };
  }
  if (branch === "addr") return readAddress(labels);
  if (branch === "service") {
    return labels.at(-1) === "_tcp" ? readProtocol(labels.slice(0, -1)) : readService(labels);
  }
  return branch === "_tcp" ? readProtocol(labels) : NOTHING;
}

/** What every resolver and every program takes in the name of a host. Members of other engines have other names. */
const CARRIED_LABEL = /^[A-Za-z0-9_-]{1,63}$/;

/** The name under which a member's host is found: its own, or that of its address where DNS cannot carry it. */
export function nodeName(member: string, host: string): string {
  const name = `${member}.node.${DNS_DOMAIN}`;
  const isCarried =
    name.length <= 253 && name.split(".").every((label) => CARRIED_LABEL.test(label));
  return isCarried ? name : addressName(host);
}

/** The name of a host by its address alone. */
export function addressName(host: string): string {
  return `${hexOf(host)}.addr.${DNS_DOMAIN}`;
}

function readService(labels: readonly string[]): NameMeaning {
  const [service, tag, ...more] = [...labels].reverse();
  if (service === undefined) return { kind: "branch" };
  return more.length > 0 ? NOTHING : { kind: "service", service, tag };
}

function readProtocol(labels: readonly string[]): NameMeaning {
  const meaning = readService(labels);
  if (meaning.kind !== "service") return meaning;
  const { service, tag } = meaning;
  return service.startsWith("_") ? { kind: "service", service: service.slice(1), tag } : NOTHING;
}

function readAddress([hex, ...more]: readonly string[]): NameMeaning {
  if (hex === undefined) return { kind: "branch" };
  if (more.length > 0 || !/^([0-9a-f]{8}|[0-9a-f]{32})$/.test(hex)) return NOTHING;
  if (hex.length === 8) {
    const octets = hex.match(/../g) ?? [];
    return { kind: "address", host: octets.map((octet) => Number.parseInt(octet, 16)).join(".") };
  }
  const groups = (hex.match(/..../g) ?? []).join(":");
  return { kind: "address", host: new URL(`http://[${groups}]`).hostname.slice(1, -1) };
}

function hexOf(host: string): string {
  if (isIPv4(host)) {
    return host
      .split(".")
      .map((octet) => Number(octet).toString(16).padStart(2, "0"))
      .join("");
  }
  const [head = "", tail = ""] = host.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join("");
}
