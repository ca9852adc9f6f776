import type { Server, Socket } from "node:net";

/** Connections that may be open at the same time; more are closed at once. */
const CONNECTIONS_MAX = 256;
const IDLE_MS = 10_000;
/** Responses that a client has not read yet: beyond this it asks faster than it listens, and is dropped. */
const UNREAD_BYTES_MAX = 1 << 20;
const LENGTH_BYTES = 2;

/** Serves queries that come one after the other on connections, each after its length (RFC 1035, 4.2.2). */
export function serveTcp(
  server: Server,
  answer: (query: Buffer) => Uint8Array | undefined,
): { close(): void } {
  const open = new Set<Socket>();
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    converse(socket, answer);
  });
  return {
    close: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

function converse(socket: Socket, answer: (query: Buffer) => Uint8Array | undefined): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let query = nextQuery(); query !== undefined; query = nextQuery()) {
      const response = answer(query);
      // Who sends what is no query is not waited for.
      if (response === undefined || socket.writableLength > UNREAD_BYTES_MAX) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });

  function nextQuery(): Buffer | undefined {
    if (pending.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + pending.readUInt16BE(0);
    if (pending.length < end) return undefined;
    const query = pending.subarray(LENGTH_BYTES, end);
    pending = pending.subarray(end);
    return query;
  }
}
