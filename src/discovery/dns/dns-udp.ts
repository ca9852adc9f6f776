import type { Socket } from "node:dgram";

/**
 * Answers each query that comes as a datagram. One from port 0, which anybody can forge and nobody can be answered at, is
 * passed to `ignore` unread.
 */
export function serveUdp(
  socket: Socket,
  answer: (query: Buffer, asker: string) => Uint8Array | undefined,
  ignore: () => void,
): void {
  socket.on("message", (query, { address, port }) => {
    if (port === 0) {
      ignore();
      return;
    }
    const response = answer(query, address);
    if (response === undefined) return;
    try {
      // A client that is gone is no business of ours: what could not be sent it asks again.
      socket.send(response, port, address, () => undefined);
    } catch {
      // Nor is an address that the system's own checks refuse, which are made before anything is sent.
    }
  });
}
