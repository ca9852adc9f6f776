import type { Server, Socket } from "node:net";
import type { Millis } from "../../core/member.ts";

/** Connections that may be open at the same time; for one more, that which asked nothing for longest is closed. */
const CONNECTIONS_MAX = 256;
const IDLE_MS: Millis = 10_000;
/** From the first byte of a query to its last: otherwise a byte now and then would hold a connection for ever. */
const QUERY_MS: Millis = 5000;
/** Responses that a client has not read yet: beyond this it asks faster than it listens, and is dropped. */
const UNREAD_BYTES_MAX = 1 << 20;
const LENGTH_BYTES = 2;

/** Serves queries that come one after the other on connections, each after its length (RFC 1035, 4.2.2). */
export function serveTcp(
  server: Server,
  answer: (query: Buffer, asker: string) => Uint8Array | undefined,
): { close(): void } {
  /** That which asked nothing for longest comes first. */
  const open = new Set<Socket>();
  const toEnd = (socket: Socket) => {
    open.delete(socket);
    open.add(socket);
  };
  server.on("connection", (socket) => {
    const [idlest] = open;
    if (open.size >= CONNECTIONS_MAX && idlest !== undefined) {
      open.delete(idlest);
      idlest.destroy();
    }
    toEnd(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    converse(socket, (query) => {
      toEnd(socket);
      return answer(query, socket.remoteAddress ?? "");
    });
  });
  return {
    close: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

function converse(socket: Socket, answer: (query: Buffer) => Uint8Array | undefined): void {
  let pending: Buffer = Buffer.alloc(0);
  let deadline: NodeJS.Timeout | undefined;
  socket.on("close", () => clearTimeout(deadline));
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
    if (pending.length > 0) deadline ??= setTimeout(() => socket.destroy(), QUERY_MS).unref();
  });

  function nextQuery(): Buffer | undefined {
    if (pending.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + pending.readUInt16BE(0);
    if (pending.length < end) return undefined;
    const query = pending.subarray(LENGTH_BYTES, end);
    pending = pending.subarray(end);
    clearTimeout(deadline);
    deadline = undefined;
    return query;
  }
}
