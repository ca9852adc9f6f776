import { expect, test } from "vitest";
import { isPresent } from "../../src/core/member.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";
import type { VirtualClock } from "../../src/sim/virtual-clock.ts";
import { VirtualPort } from "../../src/sim/virtual-port.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { belief, record } from "../core/builders.ts";

const codec = createCodec({ clusterLabel: "simulated" });
const INVENTED = 200;
const A_DATAGRAM = 20;

test("200 members that a stranger invents switch no detection off: a crash is known to all, and then that they are nobody", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startConverged(["a", "b", "c", "d"]);
  cluster.run(10_000);
  const endpoint = { host: "10.66.6.6", port: 666 };
  const stranger = new VirtualPort(cluster.network, endpoint, {} as VirtualClock);
  const ghosts = Array.from({ length: INVENTED }, (_, at) =>
    belief(record(`ghost-${at}`, { endpoint: { host: `10.66.7.${at + 1}`, port: 7946 } })),
  );
  const header = { sender: "x", startId: "69214d100123456789abcdef", incarnation: 1, stalledMs: 0 };
  for (const name of ["a", "b", "c", "d"]) {
    for (let at = 0; at < INVENTED; at += A_DATAGRAM) {
      const updates = ghosts.slice(at, at + A_DATAGRAM);
      const message = {
        header: { ...header, counter: at + 1 },
        body: { kind: "sync-push" } as const,
        updates,
      };
      cluster.network.transmit(
        stranger,
        { endpoint: cluster.endpointOf(name) },
        codec.encode(message),
      );
    }
  }
  cluster.run(1000);
  expect(cluster.view("a")).toMatchObject({ "ghost-0": "alive", "ghost-199": "alive" });
  cluster.kill("d");
  expect(cluster.runUntil(() => cluster.allSee("d", "dead"), 5000)).toBeDefined();
  cluster.run(20_000);
  for (const name of ["a", "b", "c"]) {
    const present = Object.entries(cluster.view(name)).filter(([, state]) => isPresent(state));
    expect(present.map(([member]) => member).sort()).toEqual(["a", "b", "c"]);
  }
  const cutOff = cluster.events.filter(({ event }) => event.kind === "isolated-changed");
  expect(cutOff).toEqual([]);
});
