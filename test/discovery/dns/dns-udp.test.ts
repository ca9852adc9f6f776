import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { serveUdp } from "../../../src/discovery/dns/dns-udp.ts";

test.each([
  ["port 0, where nobody can be answered, is ignored unread", "127.0.0.1", 0, [0, 1]],
  ["an address that cannot be sent to gets nothing", "127.0.0.1", 65_536, [1, 0]],
])("a datagram from %s, and ends nothing", async (_what, address, port, counts) => {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  await once(socket.bind(0, "127.0.0.1"), "listening");
  let answered = 0;
  let ignored = 0;
  serveUdp(
    socket,
    () => {
      answered += 1;
      return Buffer.from("response");
    },
    () => {
      ignored += 1;
    },
  );
  // Such a source takes a raw socket to forge: what the system would report of it.
  socket.emit("message", Buffer.from("query"), { address, port, family: "IPv4", size: 5 });
  expect([answered, ignored]).toEqual(counts);
});
