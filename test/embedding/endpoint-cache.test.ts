import { expect, test, vi } from "vitest";
import { NodeNotReadyError, NodeUnreachableError } from "../../src/control/client.ts";
import type { ServiceBody } from "../../src/control/service-types.ts";
import { EndpointCache } from "../../src/embedding/endpoint-cache.ts";
import { fakeTimeInEach } from "../fake-time.ts";

fakeTimeInEach("performance");

const body = (known: number) => ({ known }) as ServiceBody;
const fail = (error: Error) => () => Promise.reject(error);

/** A cache with one copy that is old by now. */
async function aged(): Promise<EndpointCache> {
  const cache = new EndpointCache();
  await cache.get("web", async () => body(1));
  vi.advanceTimersByTime(1000);
  return cache;
}

test("an old copy is given at once and renewed behind the asker's back", async () => {
  const cache = await aged();
  expect(await cache.get("web", async () => body(2))).toEqual(body(1));
  expect(await cache.get("web", fail(new Error("not asked")))).toEqual(body(2));
});

test.each([
  ["does not answer", new NodeUnreachableError("http://127.0.0.1:1", "nothing listens there", "")],
  ["has just started again", new NodeNotReadyError("http://127.0.0.1:1", "n1 cannot answer yet")],
])("while the daemon %s, the last copy stays", async (_, error) => {
  const cache = await aged();
  const away = fail(error);
  await cache.get("web", away);
  vi.advanceTimersByTime(1000);
  expect(await cache.get("web", away)).toEqual(body(1));
});

test("any other failure of a renewal is told to the next who asks, and to nobody else", async () => {
  const cache = await aged();
  const closed = fail(new Error("this connection was closed"));
  expect(await cache.get("web", closed)).toEqual(body(1));
  await expect(cache.get("web", closed)).rejects.toThrow("this connection was closed");
});
