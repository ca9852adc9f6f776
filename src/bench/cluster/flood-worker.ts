import { createSocket } from "node:dgram";

/** Sends junk to a port of 127.0.0.1, so many datagrams a second, until its input ends. Prints once a second how many it sent. */
const [port = 0, perS = 0] = process.argv.slice(2).map(Number);
const TICK_MS = 1;
const BYTES = 200;
/** What the machine was too slow for is left out: no long burst makes up for it. */
const BURST = Math.ceil(perS / 50);

const junk = Buffer.from(Array.from({ length: BYTES }, () => Math.floor(Math.random() * 256)));
const socket = createSocket("udp4");
let sent = 0;
let owed = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  owed = Math.min(BURST, owed + ((nowMs - lastMs) / 1000) * perS);
  lastMs = nowMs;
  for (; owed >= 1; owed--, sent++) socket.send(junk, port, "127.0.0.1");
}, TICK_MS);
setInterval(() => {
  process.stdout.write(`${sent}\n`);
  sent = 0;
}, 1000);

process.stdin.resume().on("close", () => process.exit(0));
