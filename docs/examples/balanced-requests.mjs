// @ts-check
// Three HTTP servers, each with its own node, and a client that asks one that is alive and less busy. One server
// is stopped in the middle as a deploy stops it: it leaves first, and no request fails.
//
//   node docs/examples/balanced-requests.mjs
import { once } from "node:events";
import { createServer } from "node:http";
import { createNode } from "hearsay";

const settings = /** @type {const} */ ({ profile: "local", cluster: "balanced" });
const client = await createNode({ ...settings, name: "client" });

/** @param {string} name */
async function startServer(name) {
  const server = createServer((_, response) => response.end(name));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const services = [{ name: "web", port }];
  const node = await createNode({ ...settings, name, join: [client.address], services });
  return { server, node };
}

const servers = await Promise.all(["web1", "web2", "web3"].map(startServer));

const deadline = AbortSignal.timeout(10_000);
for await (const { endpoints } of client.watchService("web", { signal: deadline })) {
  if (endpoints.length === 3) break;
}

/** Who answers one request. */
async function request() {
  // pick() draws two by weight and returns the less busy one. maxPhi is this client's own idea of "too suspicious".
  const endpoint = await client.pick("web", { maxPhi: 3 });
  if (endpoint === undefined) throw new Error("nobody offers web");
  try {
    const response = await fetch(`http://${endpoint.address}/`);
    return await response.text();
  } finally {
    endpoint.release();
  }
}

/** @type {Record<string, number>} */
const answered = {};
for (let count = 0; count < 300; count += 10) {
  if (count === 150) {
    await servers[0]?.node.leave();
    servers[0]?.server.close();
    console.log("web1 has left");
  }
  const names = await Promise.all(Array.from({ length: 10 }, request));
  for (const name of names) answered[name] = (answered[name] ?? 0) + 1;
}
for (const name of Object.keys(answered).sort()) console.log(`${name} answered ${answered[name]}`);

for (const { server, node } of servers) {
  await node.leave();
  server.close();
  server.closeAllConnections();
}
await client.leave();
