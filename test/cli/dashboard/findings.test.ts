import { expect, test } from "vitest";
import type { MemberBody, ViewBody } from "../../../src/control/api-types.ts";
import { viewMatrixOf } from "../../../src/viewing/view-matrix.ts";
import { emptyState, updateState } from "../../../src/viewing/watched-state.ts";
import { member, membersBody, NOW_MS, view, viewsBody } from "./states.ts";

const NAMES = ["n1", "n2", "n3", "n4", "n5"];

type Telling = (members: readonly MemberBody[]) => readonly ViewBody[];

interface Told {
  readonly members?: readonly MemberBody[];
  /** What the viewers told last. */
  readonly views?: Telling;
  /** And in the copies before, half a second earlier; the same where it is left out. */
  readonly before?: Telling;
  /** Since the last change of a belief at the attached node. */
  readonly changedAgoMs?: number;
}

function matrix({
  members = NAMES.map((name) => member(name)),
  views = (known) => known.map(({ name }) => view(name, known)),
  before = views,
  changedAgoMs = 60_000,
}: Told) {
  let state = emptyState("http://x");
  for (const [copy, telling] of [before, views].entries()) {
    const told = telling(members).map((each) => ({ ...each, copy: each.copy + copy }));
    const atMs = NOW_MS + 500 * copy;
    state = updateState(state, { kind: "views", body: viewsBody(told) }, atMs);
  }
  const aged = members.map((each) => ({ ...each, stateForMs: changedAgoMs }));
  const update = { kind: "members", body: membersBody(aged) } as const;
  return viewMatrixOf(updateState(state, update, NOW_MS + 500));
}

const findings = (told: Told) => matrix(told)?.findings;

/** All members, alive but for what is said of these. */
const membersBut = (parts: Readonly<Record<string, Partial<MemberBody>>>) =>
  NAMES.map((name) => member(name, parts[name]));
const dead = (...gone: string[]) =>
  membersBut(Object.fromEntries(gone.map((name) => [name, { state: "dead" }])));
const crashed = (gone: string) =>
  membersBut({ [gone]: { state: "dead", cause: "refusal", refused: true } });

/** Every member tells its view, in which it hears all others, but for what these tell. */
const allTellBut =
  (viewers: readonly string[], parts: Parameters<typeof view>[2]): Telling =>
  (members) =>
    NAMES.map((name) => view(name, members, viewers.includes(name) ? parts : {}));

test("where all agree there is nothing to find", () => {
  expect(findings({})).toEqual([]);
});

test("several that fell silent may be the other side of a split, once all on this side say so", () => {
  const members = dead("n4", "n5");
  const views = () => ["n1", "n2", "n3"].map((name) => view(name, members));
  expect(findings({ members, views })).toEqual([
    "split {n4 n5} | {n1 n2 n3}? silent, not refused: cut off, frozen or hosts down",
  ]);
});

test("hosts that are silent as well hide no freeze", () => {
  const members = dead("n4", "n5").map((each) =>
    each.state === "dead" ? { ...each, silence: "unreachable" as const } : each,
  );
  const views = () => ["n1", "n2", "n3"].map((name) => view(name, members));
  expect(findings({ members, views })).toEqual([
    "split {n4 n5} | {n1 n2 n3}? unreachable, not refused: cut off or hosts down",
  ]);
});

test("a crash is told as one, and a refusal as what it is", () => {
  const died = { state: "dead", refused: true } as const;
  const members = membersBut({ n4: died, n5: { ...died, silence: "crashed" } });
  const views = () => ["n1", "n2", "n3"].map((name) => view(name, members));
  expect(findings({ members, views })).toEqual([
    "n5 crashed: the process ended",
    "n4 refused: no process owns the port, so it crashed",
  ]);
});

test("a frozen member is no riddle", () => {
  const frozen = { state: "suspect", silence: "frozen" } as const;
  expect(findings({ members: membersBut({ n4: frozen }) })).toEqual([
    "n4 is frozen: its host answers, it does not",
  ]);
});

test("who has not told yet how it sees the silent stands on no side", () => {
  const members = dead("n4", "n5");
  const old = membersBut({});
  const silent = "n4 n5 are silent: cut off, frozen or hosts down";
  const views = (third: ViewBody) => () => [view("n1", members), view("n2", members), third];
  expect(findings({ members, views: views(view("n3", old, { ageMs: 4000 })) })).toEqual([silent]);
  const told = views(view("n3", members));
  expect(findings({ members, views: told, before: views(view("n3", old)) })).toEqual([silent]);
});

test("one whose host refused has crashed, and is no split", () => {
  expect(findings({ members: crashed("n5") })).toEqual([
    "n5 refused: no process owns the port, so it crashed",
  ]);
});

test("one that several do not hear while it hears them loses what it sends", () => {
  const views = allTellBut(["n1", "n2"], { heard: { n3: 9_000 } });
  expect(findings({ views })).toEqual(["one-way loss from n3 to n1 n2 likely"]);
});

test("one that hears nobody while all hear it loses what it is sent", () => {
  const views = allTellBut(["n3"], { heard: { n1: 9_000, n2: 9_000, n4: 9_000 } });
  expect(findings({ views })).toEqual(["one-way loss to n3 from n1 n2 n4 likely"]);
});

test("a member about whom views differ is disputed, with its sides", () => {
  const views = (members: readonly MemberBody[]) =>
    NAMES.map((name) =>
      view(
        name,
        members.map((each) =>
          each.name === "n5" && name === "n4" ? { ...each, state: "dead" as const } : each,
        ),
      ),
    );
  expect(findings({ views })).toEqual(["n5 disputed: alive for n1 n2 n3, dead for n4"]);
});

test("a view told before the last change contradicts nobody", () => {
  const members = crashed("n5");
  const old = members.map((each) => ({ ...each, state: "alive" as const }));
  const views = () => [view("n1", members, { ageMs: 0 }), view("n2", old, { ageMs: 900 })];
  expect(findings({ members, views, changedAgoMs: 1000 })).toHaveLength(1);
  expect(findings({ members, views, changedAgoMs: 2000 })).toContain(
    "n5 disputed: dead for n1, alive for n2",
  );
});

test("what one copy of a view says and the next one does not is no finding", () => {
  const deaf = allTellBut(["n3"], { heard: { n2: 9_000 } });
  const healthy = allTellBut([], {});
  expect(findings({ views: deaf })).toEqual(["one-way loss from n2 to n3 likely"]);
  expect(findings({ views: deaf, before: healthy })).toEqual([]);
  expect(findings({ views: healthy, before: deaf })).toEqual([]);
});

test("one copy read twice is one copy", () => {
  const deaf = allTellBut(["n3"], { heard: { n2: 9_000 } });
  const again: Telling = (members) => deaf(members).map((each) => ({ ...each, copy: 0 }));
  expect(findings({ views: again, before: deaf })).toEqual([]);
});

test("a newcomer that has not heard somebody yet is not deaf", () => {
  const views = allTellBut(["n3"], { heard: { n4: null, n5: null } });
  expect(findings({ views })).toEqual([]);
});

test("whom a viewer does not watch it may not have heard for long", () => {
  const tell = allTellBut(["n3"], { heard: { n4: 9_000, n5: 9_000 } });
  const views: Telling = (members) =>
    tell(members).map((told) => {
      if (told.viewer !== "n3") return told;
      return { ...told, entries: told.entries.map((entry) => ({ ...entry, phi: null })) };
    });
  expect(findings({ views })).toEqual([]);
});

test("a silence that is not unusual yet is not a loss", () => {
  const tell = allTellBut(["n3"], { heard: { n4: 1600, n5: 1600 } });
  const views: Telling = (members) =>
    tell(members).map((told) => ({
      ...told,
      entries: told.entries.map((entry) => ({ ...entry, phi: 4 })),
    }));
  expect(findings({ views })).toEqual([]);
});

test("a member that the attached node hears and that answers no more loses what it is sent", () => {
  const views = allTellBut(["n3"], { reachable: false, ageMs: 4000, copy: 1 });
  expect(findings({ views })).toEqual([
    "one-way loss to n3 likely: n1 hears it, and it does not answer",
  ]);
});

test("the digests on the screen are those that are counted", () => {
  const digests = (told: Told) => matrix(told)?.rows.map(({ digest }) => digest?.slice(0, 2));
  const views: Telling = (members) => [
    view("n1", members),
    view("n2", members, { digest: "77ab", ageMs: 5700 }),
    view("n3", members, { digest: "0d42", reachable: false }),
    view("n4", members),
    view("n5", members),
  ];
  expect(digests({ views })).toEqual(["9c", undefined, undefined, "9c", "9c"]);
  const changing: Telling = (members) => [
    view("n1", members, { digest: "77ab" }),
    ...views(members).slice(1),
  ];
  expect(digests({ views, before: changing })).toEqual([
    undefined,
    undefined,
    undefined,
    "9c",
    "9c",
  ]);
});

test("an unreachable viewer's last view contradicts nobody", () => {
  const members = crashed("n5");
  const last = view("n5", membersBut({}), { reachable: false });
  const views = () => [view("n1", members, { ageMs: 0 }), last];
  expect(findings({ members, views })).toHaveLength(1);
});

test("of a suspect it is told who does not hear it and who does", () => {
  const members = membersBut({ n3: { state: "suspect" } });
  const views = allTellBut(["n1", "n2"], { heard: { n3: 9000 } });
  expect(findings({ members, views })).toContain(
    "n3 is suspect: not heard by n1 n2; heard by n4 n5",
  );
});

test("one that some hear and others do not, and that tells nothing, loses what it sends to some", () => {
  const tell = allTellBut(["n1", "n2"], { heard: { n3: 9_000 } });
  const views: Telling = (known) =>
    tell(known).map((told) =>
      told.viewer === "n3" ? { ...told, reachable: false, ageMs: 4000 } : told,
    );
  expect(findings({ views })).toEqual(["loss from n3 to n1 n2 likely: n4 n5 hear it"]);
});
