import { createSocket, type Socket } from "node:dgram";
import { afterEach, expect, test } from "vitest";
import { diagnoseAccusations, diagnoseSeeds } from "../../src/daemon/node/join-diagnosis.ts";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** A port of this machine where datagrams are taken and never answered. */
async function silentPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  sockets.push(socket);
  return socket.address().port;
}

async function closedPort(): Promise<number> {
  const port = await silentPort();
  sockets.pop()?.close();
  return port;
}

const at = (port: number, host = "127.0.0.1") => ({ host, port });

test("a seed whose host refuses, one that is silent and one that cannot be reached are told apart", async () => {
  const [closed, silent] = [await closedPort(), await silentPort()];
  const local = at(await silentPort());
  const seeds = [at(closed), at(silent), at(7946, "fd00::5"), at(1), at(2)];
  expect(await diagnoseSeeds(seeds, { local, advertised: local })).toBe(
    [
      `127.0.0.1:${closed}: its host says that nothing listens on that port`,
      `127.0.0.1:${silent}: silent (is it the gossip port, of a cluster with this name and key, and open in firewalls?)`,
      "[fd00::5]:7946: it cannot be reached from the address that this node is bound to",
      "and 2 others",
    ].join("; "),
  );
});

test("names without an address are told as such", async () => {
  expect(await diagnoseSeeds([], { local: at(1), advertised: at(1) })).toBe(
    "none of the names has an address yet",
  );
});

test("an advertised address where nothing listens is told beside the seeds", async () => {
  const [local, advertised] = [at(await silentPort()), at(await closedPort())];
  const why = await diagnoseSeeds([at(await silentPort())], { local, advertised });
  expect(why).toContain(
    `127.0.0.1:${advertised.port}, which this node advertises: its host says that nothing listens on that port`,
  );
});

test("a node that is accused again and again is asked about the address that it advertises", async () => {
  const [local, advertised] = [at(await silentPort()), at(await closedPort())];
  expect(await diagnoseAccusations({ local, advertised: local })).toBeUndefined();
  expect(await diagnoseAccusations({ local, advertised })).toBe(
    "the others accuse this node again and again: can they reach it? " +
      `It advertises 127.0.0.1:${advertised.port} (its host says that nothing listens on that port) ` +
      `and is bound to 127.0.0.1:${local.port}; check --advertise`,
  );
});
