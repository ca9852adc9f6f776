import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PoolSecurity } from "../../../src/pool/wire/envelope.ts";
import type { PushPull } from "../../../src/pool/wire/messages.ts";
import { PoolKeyring } from "../../../src/pool/wire/pool-keyring.ts";
import { readPushPull } from "../../../src/pool/wire/push-pull.ts";

/** What a real agent sent: a packet, or what one end of a stream said to the other. */
export interface Golden {
  readonly how: "packet" | "dialled" | "answered";
  readonly bytes: Uint8Array;
}

/** The key of the agents that were recorded with one. */
export const GOLDEN_KEY = Buffer.from("aGVhcnNheS1ob2VydC1nZXJuZS1tYWwtenUtMzJieXQ=", "base64");

export const IN_THE_CLEAR: PoolSecurity = { label: new Uint8Array(), keyring: undefined };

export const WITH_THE_KEY: PoolSecurity = {
  label: new Uint8Array(),
  keyring: new PoolKeyring([GOLDEN_KEY]),
};

/** As `capture.ts` wrote it. */
export function golden(file: string): readonly Golden[] {
  const text = readFileSync(join(import.meta.dirname, `${file}.json`), "utf8");
  const recorded = JSON.parse(text) as { how: Golden["how"]; hex: string }[];
  return recorded.map(({ how, hex }) => ({ how, bytes: Uint8Array.from(Buffer.from(hex, "hex")) }));
}

/** The view in a stream, with all its slices at once. */
export function viewIn(stream: Uint8Array, security: PoolSecurity): PushPull {
  const reading = readPushPull(stream, security);
  for (let step = reading.next(); ; step = reading.next()) if (step.done) return step.value;
}
