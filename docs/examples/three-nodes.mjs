// @ts-check
// Three nodes inside one program: they find each other, one of them is asked, one leaves.
//
//   node docs/examples/three-nodes.mjs
import { createNode } from "hearsay";

// Profile local is for clusters on one machine: everything happens within a second.
const settings = /** @type {const} */ ({ profile: "local", cluster: "example" });
const anna = await createNode({ ...settings, name: "anna" });
const ben = await createNode({ ...settings, name: "ben", join: [anna.address] });
const carl = await createNode({ ...settings, name: "carl", join: [anna.address] });

const deadline = AbortSignal.timeout(10_000);
const changes = anna.watch({ events: ["member-changed"], signal: deadline });
for await (const change of changes) {
  if (change.event === "missed") continue; // events are bounded: a slow reader gets this instead
  console.log(`anna sees ${change.member} ${change.to} (by ${change.by}: ${change.reason})`);
  const alive = (await anna.members()).filter(({ state }) => state === "alive");
  if (alive.length === 3) break;
}

ben.onQuery("colour", () => "blue");
carl.onQuery("colour", ({ payload }) => `red, since you ask "${payload}"`);
const { answers, declined } = await anna.ask("colour", { payload: "which?" });
for (const { member, answer } of answers) console.log(`${member} answers: ${answer}`);
console.log(`no answer at ${declined.join(", ")}`);

const { told, acked } = await carl.leave();
console.log(`carl left; ${acked} of ${told} members answered its goodbye`);
await Promise.all([anna.leave(), ben.leave()]);
