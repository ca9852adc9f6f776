import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fetchView, ViewFailure } from "../../../src/pool/host/view-stream.ts";
import type { PoolSecurity } from "../../../src/pool/wire/envelope.ts";
import { deflateLzw } from "../../../src/pool/wire/lzw.ts";
import { MESSAGE_TYPE, type PushPull } from "../../../src/pool/wire/messages.ts";
import { PoolKeyring } from "../../../src/pool/wire/pool-keyring.ts";
import { sealPushPull, sealStream } from "../../../src/pool/wire/push-pull.ts";
import { packStruct } from "../../../src/pool/wire/raw-writer.ts";
import { freePort } from "../../loopback-servers.ts";
import { golden, IN_THE_CLEAR, viewIn } from "../golden/golden.ts";

const withKey = (byte: number): PoolSecurity => ({
  label: new Uint8Array(),
  keyring: new PoolKeyring([new Uint8Array(32).fill(byte)]),
});
const VIEW: PushPull = {
  isJoin: false,
  members: [
    {
      record: {
        name: "a",
        endpoint: { host: "127.0.0.1", port: 7946 },
        incarnation: 3,
        meta: new Uint8Array(),
        versions: new Uint8Array(),
      },
      state: "alive",
    },
  ],
  userState: new Uint8Array(),
};

/** A server that treats whoever dials it so; its port. */
async function memberThat(treat: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    treat(socket);
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

const answering = (bytes: Uint8Array) => (socket: Socket) =>
  void socket.once("data", () => socket.end(bytes));

async function outcomeAt(
  port: number,
  security = IN_THE_CLEAR,
  silenceMs = 5000,
): Promise<PushPull | string> {
  try {
    const endpoint = { host: "127.0.0.1", port };
    const { signal } = new AbortController();
    return await fetchView({ endpoint, security, signal, silenceMs });
  } catch (error) {
    const { failure, reason, why } = error as ViewFailure;
    expect(error).toBeInstanceOf(ViewFailure);
    expect(why).not.toBe("");
    return reason === undefined ? failure : `${failure}: ${reason}`;
  }
}

test("a guest offers nobody, and takes the whole view of the member that it asks", async () => {
  let asked: Uint8Array = new Uint8Array();
  const port = await memberThat((socket) => {
    socket.once("data", (bytes) => {
      asked = bytes;
      socket.end(sealPushPull(VIEW, IN_THE_CLEAR));
    });
  });
  expect(await outcomeAt(port)).toEqual(VIEW);
  expect(viewIn(asked, IN_THE_CLEAR)).toMatchObject({ isJoin: false, members: [] });
});

test("the answer of a real agent is read", async () => {
  const real = golden("serf").find(({ how }) => how === "answered")?.bytes ?? new Uint8Array();
  const view = (await outcomeAt(await memberThat(answering(real)))) as PushPull;
  expect(view.members.map(({ record }) => record.name)).toContain("n1");
});

test("each way to get no view has its name", async () => {
  const closed = await memberThat((socket) => void socket.once("data", () => socket.end()));
  const garbage = await memberThat(answering(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const half = await memberThat(answering(sealPushPull(VIEW, IN_THE_CLEAR).subarray(0, 30)));
  expect(await outcomeAt(await freePort())).toBe("refused");
  expect(await outcomeAt(closed)).toBe("closed");
  expect(await outcomeAt(garbage)).toBe("garbled: type");
  expect(await outcomeAt(half)).toBe("garbled: garbage");
});

test("a key that is missing, needless or another one is told apart", async () => {
  const sealed = await memberThat(answering(sealPushPull(VIEW, withKey(1))));
  const plain = await memberThat(answering(sealPushPull(VIEW, IN_THE_CLEAR)));
  const refusal = packStruct({ Error: Buffer.from("remote state is encrypted") });
  const refusing = await memberThat(
    answering(sealStream(Uint8Array.of(MESSAGE_TYPE.error, ...refusal), IN_THE_CLEAR)),
  );
  expect(await outcomeAt(sealed)).toBe("garbled: encrypted");
  expect(await outcomeAt(sealed, withKey(2))).toBe("garbled: key");
  expect(await outcomeAt(sealed, withKey(1))).toEqual(VIEW);
  expect(await outcomeAt(plain, withKey(1))).toBe("garbled: unencrypted");
  expect(await outcomeAt(refusing, withKey(1))).toBe("garbled: refused");
});

test("a member that says nothing is given up, one that is not waited for at once", async () => {
  const port = await memberThat(() => {});
  const endpoint = { host: "127.0.0.1", port };
  const ending = new AbortController();
  const given = fetchView({ endpoint, security: IN_THE_CLEAR, signal: ending.signal });
  const outcome = outcomeAt(port, IN_THE_CLEAR, 50);
  ending.abort();
  await expect(given).rejects.toMatchObject({ failure: "silent" });
  expect(await outcome).toBe("silent");
});

test("what begins and goes silent is told by its beginning", async () => {
  const begin = (bytes: Uint8Array) => memberThat((socket) => void socket.write(bytes));
  const other = await begin(Buffer.from("SSH-2.0-OpenSSH_9.2\r\n"));
  const half = await begin(sealPushPull(VIEW, IN_THE_CLEAR).subarray(0, 30));
  expect(await outcomeAt(other, IN_THE_CLEAR, 200)).toBe("garbled: type");
  expect(await outcomeAt(half, IN_THE_CLEAR, 200)).toBe("garbled: garbage");
});

test("an answer that never ends is cut off at 20 MiB", async () => {
  const chunk = new Uint8Array(1 << 20);
  const port = await memberThat((socket) => {
    const pour = (): void => {
      while (socket.write(chunk));
    };
    socket.once("data", pour).on("drain", pour);
  });
  expect(await outcomeAt(port)).toBe("garbled");
});

test("a large view leaves the event loop its turns while it is read", async () => {
  const members = Array.from({ length: 15_000 }, (_, at) => {
    const [member] = VIEW.members;
    if (member === undefined) throw new Error("no member");
    return { ...member, record: { ...member.record, name: `member-${at}` } };
  });
  const plain = sealPushPull({ ...VIEW, members }, IN_THE_CLEAR);
  const packed = packStruct({ Algo: 0, Buf: deflateLzw(plain) });
  const port = await memberThat(answering(Uint8Array.of(MESSAGE_TYPE.compressed, ...packed)));
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const view = (await outcomeAt(port)) as PushPull;
  isOver = true;
  expect(view.members).toHaveLength(15_000);
  expect(turns).toBeGreaterThan(5);
});
