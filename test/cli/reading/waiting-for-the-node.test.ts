import { expect, onTestFinished, test, vi } from "vitest";
import { chooseTextStyle } from "../../../cli/format/text-style.ts";
import type { Output } from "../../../cli/output.ts";
import { showEvents } from "../../../cli/reading/messages.ts";
import { showMembers } from "../../../cli/reading/show-members.ts";
import { resolve } from "../../../cli/reading/show-services.ts";
import { waitFor } from "../../../cli/reading/wait-for.ts";
import { connectControl } from "../../../src/control/client.ts";
import { openControlServer } from "../../../src/control/server.ts";
import { openApi, portOf } from "../../control/api.ts";
import { changed, FakeNode, START_ID } from "../../control/fake-node.ts";

/** What a command says, and a session with the node at `url` that ends with the test. */
function sessionAt(url: string) {
  const talk: string[] = [];
  const data: string[] = [];
  const output: Output = {
    style: chooseTextStyle({ env: {}, isTerminal: false, asciiWanted: true }),
    json: false,
    isTerminal: false,
    data: (line) => data.push(line),
    talk: (line) => talk.push(line),
  };
  const ending = new AbortController();
  const client = connectControl(url, { signal: ending.signal });
  const end = () => ending.abort(new Error("the test is over"));
  onTestFinished(end);
  const says = (words: string) =>
    vi.waitUntil(() => [...talk, ...data].some((line) => line.includes(words)), {
      timeout: 10_000,
      interval: 10,
    });
  return { session: { client, output }, says, talk, end };
}

/** A node that starts again at the address of one that ended. */
async function startAgain(port: number, node: FakeNode): Promise<void> {
  const server = await openControlServer(
    { host: "127.0.0.1", port },
    { startId: START_ID.replace("6", "7"), onDropped: () => undefined, onFailure: () => undefined },
  );
  onTestFinished(() => server.close());
  server.serve(node);
}

const FOLLOWING = {
  "events --follow": (session: Parameters<typeof showEvents>[0]) =>
    showEvents(session, { follow: true, since: { index: 0 }, kind: [] }),
  "members --watch": (session: Parameters<typeof showEvents>[0]) =>
    showMembers(session, { watch: true, status: [], tag: [] }),
  "resolve --watch": (session: Parameters<typeof showEvents>[0]) =>
    resolve(session, { service: "web", near: false, watch: true }),
};

test.each(Object.entries(FOLLOWING))(
  "%s says that its node stopped answering, waits, says that it is back, and goes on",
  async (_, follow) => {
    const first = new FakeNode();
    first.events.append(changed("n1"), new Date());
    const { server, url } = await openApi(first);
    const { session, says, talk, end } = sessionAt(url);
    const following = follow(session).catch(() => undefined);
    await says("n");
    await server.close();
    await says("waiting for it");
    await startAgain(portOf(server), new FakeNode());
    await says("the node answers again");
    expect(talk.filter((line) => line.includes("waiting for it"))).toHaveLength(1);
    end();
    await following;
  },
);

test.each(Object.entries(FOLLOWING))(
  "%s of a node that never answered ends at once",
  async (_, follow) => {
    const { server, url } = await openApi();
    await server.close();
    await expect(follow(sessionAt(url).session)).rejects.toMatchObject({
      name: "NodeUnreachableError",
    });
  },
);

test("wait waits for the node, too", async () => {
  const { server, url } = await openApi();
  await server.close();
  const { session, says } = sessionAt(url);
  const waiting = waitFor(
    async () => session,
    [{ kind: "count", state: "alive", count: 1 }],
    20_000,
  );
  await says("waiting for it");
  await startAgain(portOf(server), new FakeNode());
  await waiting;
  await says("1 alive (n0), after");
});

test("a node that does not come within the time of wait is told as unreachable", async () => {
  const { server, url } = await openApi();
  await server.close();
  const { session } = sessionAt(url);
  const waiting = waitFor(async () => session, [{ kind: "converged" }], 300);
  await expect(waiting).rejects.toMatchObject({ name: "NodeUnreachableError" });
});
