import { isIP } from "node:net";

const LINK = /^(tcp|udp|sctp):\/\/\S+:\d{1,5}$/;
const PORT = /^\d{1,5}$/;
const PROTOCOL = /^(tcp|udp|sctp)$/;

/** The forms of a service link's name behind the name of the service, and of its value. */
const FORMS: readonly { readonly name: RegExp; readonly isValue: (value: string) => boolean }[] = [
  { name: /_SERVICE_HOST$/, isValue: (value) => isIP(value) !== 0 },
  { name: /_SERVICE_PORT(_[A-Z0-9_]+)?$/, isValue: (value) => PORT.test(value) },
  { name: /_PORT(_\d+_(TCP|UDP|SCTP))?$/, isValue: (value) => LINK.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, isValue: (value) => PROTOCOL.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_PORT$/, isValue: (value) => PORT.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, isValue: (value) => isIP(value) !== 0 },
];

/**
 * Whether an environment variable has the shape of a service link: Kubernetes gives every pod `HEARSAY_PORT=tcp://…`,
 * `HEARSAY_SERVICE_HOST=…` and more of a Service called `hearsay` (or `hearsay-api`, …), and Docker's links do the same.
 * Name and value must both fit, so that a misspelt setting is not taken for one.
 */
export function isServiceLink(name: string, value: string): boolean {
  return FORMS.some((form) => form.name.test(name) && form.isValue(value));
}
