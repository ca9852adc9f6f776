import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { EventBody } from "../../../src/control/api-types.ts";
import { connectControl } from "../../../src/control/client.ts";
import type { RunningGuest } from "../../../src/daemon/guest/guest-daemon.ts";
import type { GuestChoices } from "../../../src/daemon/guest/guest-settings.ts";
import { guestAt } from "../../daemon/guest/started-guest.ts";
import { freePort } from "../../loopback-servers.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import {
  type ForeignAgent,
  lacks,
  serfMembers,
  startAlertmanager,
  startSerf,
} from "./foreign-agents.ts";

const WAIT = { timeout: 15_000, interval: 50 };

const clientOf = ({ apiUrl }: RunningGuest) => {
  const client = connectControl(apiUrl);
  onTestFinished(() => client.close());
  return client;
};

/** All members with the state that the guest gives them, once each that is alive was measured. */
async function measured(guest: RunningGuest): Promise<string[]> {
  const client = clientOf(guest);
  return vi.waitFor(async () => {
    const { members } = await client.members();
    expect(members.every(({ state, phi }) => state !== "alive" || phi !== null)).toBe(true);
    return members.map(({ name, state }) => `${name} ${state}`);
  }, WAIT);
}

const eventsOf = ({ node }: RunningGuest): readonly EventBody[] => node.events.after(0, 10_000);

/** The states that a member went through, with what the pool said of each. */
const changesOf = (guest: RunningGuest, member: string): string[] =>
  eventsOf(guest).flatMap((event) =>
    event.event === "member-changed" && event.member === member
      ? [`${event.to} ${event.incarnation}`]
      : [],
  );

/** What an agent complains of, but for members that do not answer it. */
const complaints = ({ said }: ForeignAgent): string[] =>
  said()
    .split("\n")
    .filter((line) => /\[(WARN|ERR)\]|level=(warn|error)|guest/.test(line))
    .filter((line) => !/fallback ping|Was able to connect to|Refuting|reconnect/.test(line));

describe.skipIf(lacks("serf", "version"))("beside Serf, where it is installed,", () => {
  test("a guest's API asks for the token of its file, and of the next one after a reload", async () => {
    const agent = await startSerf("n1");
    const apiTokenFile = join(temporaryDirectory(), "token");
    const [first, second] = ["first-of-two-tokens", "second-of-two-tokens"];
    writeFileSync(apiTokenFile, first, { mode: 0o600 });
    const { apiUrl } = await guestAt(agent.address, { apiTokenFile });
    const namesWith = async (token?: string) => {
      const client = connectControl(apiUrl, { ...(token !== undefined && { token }) });
      onTestFinished(() => client.close());
      return (await client.members()).members.map(({ name }) => name);
    };
    await expect(namesWith()).rejects.toMatchObject({ status: 401 });
    expect(await namesWith(first)).toEqual(["n1"]);
    writeFileSync(apiTokenFile, second);
    const owner = connectControl(apiUrl, { token: first });
    onTestFinished(() => owner.close());
    expect(await owner.reload()).toMatchObject({ changed: ["apiTokenFile"], needRestart: [] });
    await expect(namesWith(first)).rejects.toMatchObject({ status: 401 });
    expect(await namesWith(second)).toEqual(["n1"]);
  });

  test("a member that stands still is suspected and refutes, one that is killed is dead, and the pool knows of no guest", async () => {
    const [n1, n2, n3] = await threeAgents();
    const guest = await guestAt(n1.address, { serviceFrom: ["role:port"] });
    const client = clientOf(guest);
    expect(await measured(guest)).toEqual(["n1 alive", "n2 alive", "n3 alive"]);
    expect((await client.services()).services.map(({ name, known }) => [name, known])).toEqual([
      ["web", 3],
    ]);

    n3.signal("SIGSTOP");
    await vi.waitFor(() => expect(changesOf(guest, "n3")).toContain("suspect 1"), WAIT);
    n3.signal("SIGCONT");
    await vi.waitFor(() => expect(changesOf(guest, "n3").at(-1)).toMatch(/^alive [2-9]$/), WAIT);
    expect(changesOf(guest, "n3").filter((change) => change.startsWith("dead"))).toEqual([]);

    n2.signal("SIGKILL");
    await vi.waitFor(async () => expect((await client.explain("n2")).refused).toBe(true), WAIT);
    await vi.waitFor(() => expect(changesOf(guest, "n2").at(-1)).toMatch(/^dead/), WAIT);
    await vi.waitFor(() => expect(serfMembers(n1)).toContain("n2 failed"), WAIT);

    // Of n3 a busy Serf may think otherwise for a moment; there is no fourth.
    expect(serfMembers(n1).map((line) => line.split(" ")[0])).toEqual(["n1", "n2", "n3"]);
    expect(complaints(n1)).toEqual([]);
    expect(complaints(n3)).toEqual([]);
  });

  test("each member's view and each path are known", async () => {
    const [n1] = await threeAgents();
    const guest = await guestAt(n1.address);
    const client = clientOf(guest);
    await measured(guest);
    await vi.waitFor(async () => {
      const { views } = await client.views({ waitMs: 500 });
      const entries = views.map(({ viewer, entries }) => [viewer, entries.length]);
      expect(entries).toEqual([
        ["guest", 3],
        ["n1", 3],
        ["n2", 3],
        ["n3", 3],
      ]);
    }, WAIT);
    await vi.waitFor(async () => {
      const { paths } = await client.paths();
      expect(paths.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
        "n1 n2",
        "n1 n3",
        "n2 n1",
        "n2 n3",
        "n3 n1",
        "n3 n2",
      ]);
      expect(paths.every(({ ok, of }) => ok === of && ok > 0)).toBe(true);
    }, WAIT);
  });

  test("an encrypted pool is seen with its key; what does not fit is one sentence", async () => {
    const [fitting, other] = [keyFile("a"), keyFile("b")];
    const sealed = await startSerf("n1", { words: ["-encrypt", fitting.key] });
    const plain = await startSerf("n2");
    const refusal = (agent: ForeignAgent, choices: Partial<GuestChoices>) =>
      expect(guestAt(agent.address, choices)).rejects;
    await refusal(sealed, {}).toThrow("the pool is encrypted; give its key with --key-file");
    await refusal(sealed, { keyFile: other.path }).toThrow("has another key than those in");
    await refusal(plain, { keyFile: fitting.path }).toThrow("the pool is not encrypted");
    await refusal(plain, { label: "x" }).toThrow('its label is not "x"');
    const nobody = { ...plain, address: `127.0.0.1:${await freePort()}` };
    await refusal(nobody, {}).toThrow("no process has that port; name the cluster address");
    expect(await measured(await guestAt(sealed.address, { keyFile: fitting.path }))).toEqual([
      "n1 alive",
    ]);
  });
});

describe.skipIf(lacks("prometheus-alertmanager", "--version"))(
  "beside Alertmanager, where it is installed,",
  () => {
    test("its mesh is seen, and stays as it was", async () => {
      const first = await startAlertmanager("a");
      const second = await startAlertmanager("b", first);
      const before = await vi.waitFor(() => peersOf(first, 2), WAIT);
      const guest = await guestAt(second.address);
      expect(guest.node.identity.cluster).toBe("alertmanager");
      const members = await measured(guest);
      // Names are drawn, and the guest puts numbers in them in the order of their values.
      expect(members.sort()).toEqual(before.map((name) => `${name} alive`));
      await guest.stop();
      expect(await peersOf(first, 2)).toEqual(before);
      expect([...complaints(first), ...complaints(second)]).toEqual([]);
    });
  },
);

async function threeAgents(): Promise<[ForeignAgent, ForeignAgent, ForeignAgent]> {
  const words = (port: number) => ["-tag", "role=web", "-tag", `port=${port}`];
  const n1 = await startSerf("n1", { words: words(8081) });
  const [n2, n3] = await Promise.all([
    startSerf("n2", { join: n1, words: words(8082) }),
    startSerf("n3", { join: n1, words: words(8083) }),
  ]);
  await vi.waitFor(() => expect(serfMembers(n3)).toHaveLength(3), WAIT);
  return [n1, n2, n3];
}

function keyFile(letter: string): { readonly path: string; readonly key: string } {
  const key = Buffer.alloc(32, letter).toString("base64");
  const path = join(temporaryDirectory(), "pool.key");
  writeFileSync(path, JSON.stringify([key]), { mode: 0o600 });
  return { path, key };
}

async function peersOf({ control }: ForeignAgent, count: number): Promise<string[]> {
  const response = await fetch(`http://${control}/api/v2/status`);
  const { cluster } = (await response.json()) as { cluster: { peers: { name: string }[] } };
  expect(cluster.peers).toHaveLength(count);
  // memberlist shuffles its list from time to time.
  return cluster.peers.map(({ name }) => name).sort();
}
