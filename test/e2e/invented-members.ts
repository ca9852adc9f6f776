import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { BeliefUpdate } from "../../src/core/member.ts";
import { ZERO_HASH } from "../../src/core/primitives/hash.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { record } from "../core/builders.ts";

const UPDATES_EACH = 4;
const PAUSE_MS = 10;

/**
 * Says to the daemon at a port of 127.0.0.1 that so many members are alive, with as large records as fit, as a broken peer would; ends earlier
 * where `isOver`. A datagram every 10 ms: 400 members a second.
 */
export async function inventMembers(
  port: number,
  count: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  const codec = createCodec({ clusterLabel: "hearsay" });
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const changes = { tags: { long: "x".repeat(250) }, endpoint: { host: "127.0.0.1", port: 9 } };
  const { startId } = record("evil");
  for (let at = 0; at < count && !isOver(); at += UPDATES_EACH) {
    const names = Array.from({ length: UPDATES_EACH }, (_, more) => `invented${at + more}`);
    const updates = names.map(
      (name): BeliefUpdate => ({
        ...{ kind: "belief", record: record(name, changes), state: "alive", ageMs: 0, by: name },
      }),
    );
    const counter = at / UPDATES_EACH + 1;
    const header = { sender: "evil", startId, incarnation: 1, counter, stalledMs: 0 };
    const body = { kind: "ping", seq: counter, target: "a", digest: ZERO_HASH } as const;
    socket.send(codec.encode({ header, body, updates }), port, "127.0.0.1");
    await pause(PAUSE_MS);
  }
  socket.close();
}
