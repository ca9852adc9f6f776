import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect as dial, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { HEAD_BYTES_MAX, openListener } from "../../src/control/listener.ts";
import type { Endpoint } from "../../src/core/member.ts";
import { lacksOpenssl, makeCertificate } from "../certificates.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { openApi, openServer, portOf } from "./api.ts";

test("a Unix socket is for its owner alone, and goes with the server", async () => {
  const path = join(temporaryDirectory(), "api.sock");
  const { server, client } = await openApi(undefined, { bind: { path } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(client.url).toBe(`unix:${path}`);
  expect((await client.self()).name).toBe("n0");
  await server.close();
  expect(existsSync(path)).toBe(false);
});

test("the umask of the process is as it was", async () => {
  const before = process.umask();
  await openServer([], { bind: { path: join(temporaryDirectory(), "api.sock") } });
  expect(process.umask()).toBe(before);
});

test("a socket at which nobody listens any more is replaced", async () => {
  const path = join(temporaryDirectory(), "api.sock");
  leaveSocketBehind(path);
  expect(existsSync(path)).toBe(true);
  const { client } = await openApi(undefined, { bind: { path } });
  expect((await client.self()).name).toBe("n0");
});

test("a socket in use, and a file that is no socket, are left alone", async () => {
  const directory = temporaryDirectory();
  const [taken, file] = [join(directory, "api.sock"), join(directory, "notes")];
  const { client } = await openApi(undefined, { bind: { path: taken } });
  writeFileSync(file, "mine");
  for (const path of [taken, file]) {
    await expect(openServer([], { bind: { path } })).rejects.toThrow(
      `api: unix:${path} is in use by another process, or is not a socket; choose another path with --api unix:/path`,
    );
  }
  expect((await client.self()).name).toBe("n0");
  expect(readFileSync(file, "utf8")).toBe("mine");
});

test("a client is told what is wrong with a socket", async () => {
  const path = join(temporaryDirectory(), "api.sock");
  await expect(connectControl(`unix:${path}`).self()).rejects.toThrow(
    `no hearsay node at unix:${path}: there is no such socket; `,
  );
});

test("the host of a request through a Unix socket is anything, a web page's is not", async () => {
  const path = join(temporaryDirectory(), "api.sock");
  await openApi(undefined, { bind: { path } });
  const heads = [["x.example"], ["x.example", "Origin: http://evil.example"]];
  const statuses = await Promise.all(
    heads.map(async (lines) => {
      const head = `GET /v1/self HTTP/1.1\r\nHost: ${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`;
      return (await exchange(dial(path), head)).slice(9, 12);
    }),
  );
  expect(statuses).toEqual(["200", "403"]);
});

test.each([
  [
    "a head that is too long",
    `GET / HTTP/1.1\r\nX: ${"x".repeat(HEAD_BYTES_MAX)}\r\n`,
    "431",
    "too-large",
  ],
  ["what is not HTTP", "EHLO example\r\n\r\n", "400", "malformed"],
])("%s is refused, counted and told", async (_what, sent, status, reason) => {
  const refused: string[] = [];
  const { server, client } = await openApi(undefined, {
    onRefused: (why, count) => refused.push(`${why} ${count}`),
  });
  const answer = await exchange(dial(portOf(server), "127.0.0.1"), sent);
  expect(answer.slice(9, 12)).toBe(status);
  expect(refused).toEqual([`${reason} 1`]);
  expect(await client.metrics()).toContain(`hearsay_clients_refused_total{reason="${reason}"} 1`);
});

describe.skipIf(lacksOpenssl)("TLS, where openssl can make a certificate,", () => {
  async function openTls() {
    const { cert, key } = makeCertificate(temporaryDirectory());
    const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    return { ...(await openApi(undefined, { tls })), ca: tls.cert };
  }

  test("is spoken with a client that trusts the authority", async () => {
    const { url, ca } = await openTls();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect((await connectControl(url, { ca }).self()).name).toBe("n0");
  });

  test("does without clients that do not trust it, or speak without it", async () => {
    const { url, client, ca } = await openTls();
    await expect(client.self()).rejects.toThrow(
      "its certificate is of an authority that is not trusted here; name the authority's certificate with --ca-file",
    );
    await expect(connectControl(url.replace("https", "http")).self()).rejects.toThrow(
      "closed the connection without an answer; if it is a node with a certificate, ask it by https://",
    );
    await expect(
      connectControl(url.replace("127.0.0.1", "localhost"), { ca }).self(),
    ).rejects.toThrow(
      'its certificate is not for "localhost"; ask it by a name that is in its certificate',
    );
  });

  test("is not what a plain server speaks, and the client says so", async () => {
    const { url } = await openApi();
    await expect(connectControl(url.replace("http", "https")).self()).rejects.toThrow(
      "it does not answer by TLS; ask it by http://",
    );
  });

  test("goes on with a new certificate, without a restart", async () => {
    const { url, server, ca } = await openTls();
    const { cert, key } = makeCertificate(temporaryDirectory());
    const renewed = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    server.renew(renewed);
    await expect(connectControl(url, { ca }).self()).rejects.toThrow("not trusted");
    expect((await connectControl(url, { ca: renewed.cert }).self()).name).toBe("n0");
  });
});

test("a path of which a socket would have only the beginning is refused", async () => {
  const path = join(temporaryDirectory(), "x".repeat(120));
  await expect(openServer([], { bind: { path } })).rejects.toThrow(
    /^api: unix:\S+ has 1\d\d bytes after unix:; a socket's path has at most 10\d$/,
  );
});

test("a directory that does not exist is the operator's error", async () => {
  const path = join(temporaryDirectory(), "none", "api.sock");
  await expect(openServer([], { bind: { path } })).rejects.toThrow(
    /^api: unix:.* cannot be made; its directory must exist and be writable for this user; or choose another path/,
  );
});

test("a client that reads nothing of its answer is cut off; one that waits for it is not", async () => {
  const unread: string[] = [];
  const waiting: (() => void)[] = [];
  const listener = await openListener({
    address: { host: "127.0.0.1", port: 0 },
    onRequest: ({ url }, outgoing) => {
      if (url === "/large") outgoing.end(Buffer.alloc(64 * 1024 * 1024));
      else waiting.push(() => outgoing.end("late"));
    },
    onUnread: (why) => unread.push(why),
    onRefused: () => undefined,
    unreadMsMax: 100,
  });
  onTestFinished(() => listener.close(0));
  const { port } = listener.address as Endpoint;
  const patient = dial(port, "127.0.0.1");
  patient.setEncoding("utf8").write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  await vi.waitUntil(() => waiting.length === 1);
  const deaf = dial(port, "127.0.0.1");
  deaf.on("error", () => undefined).write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  await vi.waitUntil(() => unread.length === 1, { timeout: 5000 });
  expect(unread).toEqual(["a client read nothing of its answer for 0.1 s"]);
  deaf.destroy();
  const answered = once(patient, "data");
  waiting[0]?.();
  expect(String((await answered)[0])).toContain("late");
  patient.destroy();
});

/** A socket as a process leaves it that is killed. */
function leaveSocketBehind(path: string): void {
  const code = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", code], { stdio: "ignore" });
}

async function exchange(socket: Socket, sent: string): Promise<string> {
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  socket.on("error", () => undefined).write(sent);
  await once(socket, "close");
  return answer;
}
