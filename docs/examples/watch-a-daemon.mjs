// @ts-check
// A program beside a running daemon: what it sees, what it offers, and what happens to it.
//
//   npx hearsay up 3
//   node docs/examples/watch-a-daemon.mjs 127.0.0.1:7373       # the API address that `hearsay ps` shows
import { connect, NodeUnreachableError } from "hearsay";

const url = process.argv[2] ?? process.env.HEARSAY_ATTACH ?? "127.0.0.1:7373";
// Ctrl-C ends every request and every stream.
const ending = new AbortController();
process.once("SIGINT", () => ending.abort());
const node = connect(url, { signal: ending.signal });

try {
  const self = await node.self();
  console.log(`${self.name} of cluster ${self.cluster} is up for ${self.uptimeMs} ms`);
  for (const { name, state, phi } of await node.members()) {
    console.log(`  ${name} is ${state}${phi === null ? "" : `, phi ${phi}`}`);
  }

  await node.register("example", { port: 8080, tags: ["canary"], meta: { since: Date.now() } });
  for await (const { endpoints, panic } of node.watchService("example", { tag: "canary" })) {
    if (panic !== null) console.log(`panic: ${panic.reason}`);
    for (const { member, address, why } of endpoints) console.log(`  ${member} ${address}: ${why}`);
    if (endpoints.length > 0) break;
  }
  await node.withdraw("example");

  console.log("watching; hearsay event goodbye ends this");
  for await (const event of node.watch()) {
    if (event.event === "missed")
      console.log(`missed some; ${event.members.members.length} members`);
    else if (event.event === "user-event" && event.name === "goodbye") break;
    else console.log(`${event.time} ${event.event}`);
  }
} catch (error) {
  if (!(error instanceof NodeUnreachableError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
} finally {
  await node.close();
}
