import { expect, onTestFinished, test, vi } from "vitest";
import { SystemClock } from "../../src/daemon/system-clock.ts";
import { NodeHost } from "../../src/host/node-host.ts";
import { openUdpTransport } from "../../src/transport/udp-transport.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { gossip, ScriptedNode } from "./scripted-node.ts";

async function openLoopback() {
  const bind = { host: "127.0.0.1", port: 0 };
  const transport = await openUdpTransport({ bind, onWarning: () => undefined });
  onTestFinished(() => transport.close());
  return transport;
}

test("a process whose loop was blocked reads its real sockets empty before it judges", async () => {
  const transport = await openLoopback();
  const peer = await openLoopback();
  const codec = createCodec({ clusterLabel: "stall" });
  const clock = new SystemClock();
  const node = new ScriptedNode();
  const host = new NodeHost({ node, codec, transport, clock, onEvent: () => undefined });
  onTestFinished(() => host.stop());
  const dueMs = clock.nowMs() + 20;
  node.wakeupAt = dueMs;
  node.answer = ({ kind }) => {
    if (kind === "wakeup" && node.steps.length > 1) node.wakeupAt = undefined;
    return [];
  };
  host.start();
  for (let i = 1; i <= 200; i++) {
    peer.send(codec.encode(gossip(i)), { endpoint: transport.local });
  }
  while (clock.nowMs() < dueMs + 150) {
    // Blocks the loop, which is the point.
  }
  await vi.waitFor(() => expect(host.counters.stalls).toBe(1));
  await vi.waitFor(() => expect(node.inputs.at(-1)).toBe("wakeup"));
  expect(node.inputs.filter((kind) => kind === "message")).toHaveLength(200);
  expect(node.inputs.filter((kind) => kind === "wakeup")).toHaveLength(2);
  const last = node.steps.at(-1)?.input;
  expect(last?.kind === "wakeup" && last.stalledMs).toBeGreaterThanOrEqual(150);
});
