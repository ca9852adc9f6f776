import type {
  EventBody,
  ExplainBody,
  MemberBody,
  MembersBody,
  SelfBody,
  ViewsBody,
} from "../../../src/control/api-types.ts";
import { recordPhis } from "./phi-history.ts";
import type { Picture, Rates, Reading } from "./picture.ts";

/** Something that the feed learned. */
export type PictureUpdate =
  | { readonly kind: "self"; readonly body: SelfBody }
  | { readonly kind: "members"; readonly body: MembersBody }
  | { readonly kind: "views"; readonly body: ViewsBody }
  | { readonly kind: "explanation"; readonly body: ExplainBody }
  /** Nobody's detail is open, or the member is not known any more. */
  | { readonly kind: "no-explanation" }
  /** Another run of the process answers: its events begin anew. */
  | { readonly kind: "restarted" }
  | { readonly kind: "event"; readonly event: EventBody }
  | { readonly kind: "lost"; readonly why: string };

const EVENTS_KEPT = 500;

/** The picture with what was learned at `atMs` (wall clock). Any answer of the node ends a loss. */
export function updatePicture(picture: Picture, update: PictureUpdate, atMs: number): Picture {
  if (update.kind === "lost") return lose(picture, update.why, atMs);
  if (update.kind === "no-explanation") return { ...picture, explanation: undefined };
  if (update.kind === "event") return addEvent(picture, update.event);
  if (update.kind === "restarted") return { ...picture, events: [] };
  const answered: Picture = { ...picture, connection: { kind: "live" } };
  const atIt = <T>(body: T): Reading<T> => ({ body, atMs });
  switch (update.kind) {
    case "self":
      return withSelf(answered, atIt(update.body));
    case "members":
      return {
        ...answered,
        members: atIt(update.body),
        history: recordPhis(picture.history, update.body.members, atMs),
      };
    case "views":
      return { ...answered, views: atIt(update.body) };
    case "explanation":
      return { ...answered, explanation: atIt(update.body) };
  }
}

function lose(picture: Picture, why: string, atMs: number): Picture {
  const { connection } = picture;
  const sinceMs = connection.kind === "lost" ? connection.sinceMs : (lastReadMs(picture) ?? atMs);
  return { ...picture, connection: { kind: "lost", sinceMs, why } };
}

/** When the node last answered; a request that fails may have waited long for it. */
function lastReadMs({ self, members, views, explanation }: Picture): number | undefined {
  const readMs = [self, members, views, explanation].flatMap((reading) => reading?.atMs ?? []);
  return readMs.length === 0 ? undefined : Math.max(...readMs);
}

/** Another start id is another run of the process: its counters begin anew. */
function withSelf(picture: Picture, self: Reading<SelfBody>): Picture {
  const before = picture.self;
  if (before !== undefined && before.body.startId !== self.body.startId) {
    return { ...picture, self, rates: undefined, views: undefined };
  }
  return { ...picture, self, rates: ratesBetween(before, self) ?? picture.rates };
}

function ratesBetween(
  before: Reading<SelfBody> | undefined,
  after: Reading<SelfBody>,
): Rates | undefined {
  if (before === undefined) return undefined;
  const tookS = (after.atMs - before.atMs) / 1000;
  if (tookS <= 0) return undefined;
  const [a, b] = [before.body.traffic, after.body.traffic];
  return {
    inPerS: (b.datagramsIn - a.datagramsIn) / tookS,
    outPerS: (b.datagramsOut - a.datagramsOut) / tookS,
    probesPerS: (b.pingsOut - a.pingsOut) / tookS,
  };
}

/** Events also move the rows at once; the next reading brings the rest. */
function addEvent(picture: Picture, event: EventBody): Picture {
  const events = [...picture.events, event].slice(-EVENTS_KEPT);
  if (event.event !== "member-changed" || picture.members === undefined) {
    return { ...picture, events };
  }
  const { body, atMs } = picture.members;
  if (event.index <= body.index) return { ...picture, events };
  const members = body.members.flatMap((member) =>
    member.name === event.member ? changed(member, event) : [member],
  );
  return { ...picture, events, members: { body: { ...body, index: event.index, members }, atMs } };
}

function changed(
  member: MemberBody,
  event: Extract<EventBody, { readonly event: "member-changed" }>,
): MemberBody[] {
  if (event.to === "forgotten") return [];
  const { to: state, incarnation, cause } = event;
  const refused = cause === "refusal" || (state !== "alive" && member.refused);
  const phi = event.phi ?? member.phi;
  return [{ ...member, state, incarnation, cause, refused, stateForMs: 0, phi }];
}
