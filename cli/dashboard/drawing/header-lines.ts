import { SHOWN_STATES } from "../../../src/control/shown-states.ts";
import { formatSpan, formatTimeOfDay } from "../../../src/text/quantities.ts";
import { safeText } from "../../../src/text/safe-text.ts";
import {
  countMembers,
  distinctViews,
  type HealthWord,
  judgeHealth,
} from "../../../src/viewing/health.ts";
import { countDown } from "../../../src/viewing/path-matrix.ts";
import type { Scene } from "../model/scene.ts";
import { cellsOf } from "../theme/cells.ts";
import type { Line, Span, Theme, Tone } from "../theme/theme.ts";

/** A piece of a header line. What does not fit is left out whole, the highest rank first. */
interface Piece {
  readonly spans: readonly Span[];
  readonly rank: number;
}

/** A piece of one tone; undefined text is none. */
function piece(rank: number, text: string | undefined, tone: Tone = "plain"): Piece {
  return { rank, spans: text === undefined ? [] : [{ text, tone }] };
}

const GAP = "  ";
const LOCAL_HEALTH_WORST = 8;

/** Two lines: the cluster and the attached node; the node itself, or a banner where it does not answer. */
export function headerLines(scene: Scene, theme: Theme): readonly [Line, Line] {
  const { columns } = scene.layout.size;
  return [
    joinPieces(clusterPieces(scene, theme), columns),
    banner(scene) ?? joinPieces(selfPieces(scene), columns),
  ];
}

function clusterPieces(scene: Scene, theme: Theme): Piece[] {
  const { state, ui, nowMs } = scene;
  const self = state.self?.body;
  const health = judgeHealth(state);
  const counts = countMembers(state);
  const all = counts.alive + counts.suspect + counts.dead + counts.left;
  const states = SHOWN_STATES.filter((state) => counts[state] > 0 || state === "alive").map(
    (state): Span => ({ text: `${counts[state]} ${state} `, tone: state }),
  );
  const title: Span[] = [
    { text: " hearsay ", tone: "title" },
    { text: `${theme.glyphs.pointer} ` },
    { text: self === undefined ? state.url : self.name, tone: "strong" },
  ];
  return [
    { rank: 0, spans: title },
    piece(4, self?.address),
    piece(3, self?.api == null ? undefined : `API ${self.api}`),
    piece(6, self && `cluster ${self.cluster}`),
    piece(0, ui.isPaused ? "PAUSED" : undefined, "warning"),
    piece(0, health, toneOf(health)),
    { rank: 1, spans: [...states, { text: `of ${all}` }] },
    piece(5, self && `up ${formatSpan(self.uptimeMs)}`),
    piece(2, formatTimeOfDay(new Date(nowMs).toISOString()).slice(0, 8), "faint"),
  ];
}

function selfPieces({ state, matrix }: Scene): Piece[] {
  const self = state.self?.body;
  if (self === undefined) return [piece(0, ` asking ${state.url}`)];
  const { rates } = state;
  const { faults, localHealth, loopLagP99Ms, panics } = self;
  const health = `${localHealth === 0 ? "ok" : "doubtful"} (local health ${localHealth}/${LOCAL_HEALTH_WORST})`;
  const lag = loopLagP99Ms === null ? "-" : `${Math.round(loopLagP99Ms)}ms`;
  const traffic =
    rates &&
    `probes ${rates.probesPerS.toFixed(1)}/s in ${Math.round(rates.inPerS)}/s out ${Math.round(rates.outPerS)}/s`;
  const down = countDown(state.paths?.body.paths ?? []);
  const isIsolated = state.members?.body.isolated ?? self.isolated;
  const open = panics.map(({ service }) => service).join(" ");
  const toneOfTrouble = (isTrouble: boolean): Tone => (isTrouble ? "warning" : "plain");
  return [
    piece(0, ` self: ${health}`, toneOfTrouble(localHealth !== 0)),
    piece(3, `lag p99 ${lag}`),
    piece(6, traffic),
    piece(5, `view ${ownDigest(matrix)}`, "faint"),
    { rank: 1, spans: viewsSpans(matrix) },
    piece(2, `isolated ${isIsolated ? "YES" : "no"}`, toneOfTrouble(isIsolated)),
    piece(open === "" ? 4 : 0, `fail-open: ${open || "none"}`, toneOfTrouble(open !== "")),
    piece(0, down > 0 ? `PATHS DOWN ${down}` : undefined, "warning"),
    piece(0, faults.rules > 0 ? `FAULTS ${faults.rules}` : undefined, "warning"),
  ];
}

/** The digest that the views pane shows for the attached node: one reading gives them all. */
function ownDigest(matrix: Scene["matrix"]): string {
  return matrix?.rows.find(({ isSelf }) => isSelf)?.digest?.slice(0, 4) ?? "-";
}

/** `views 1`, or who holds which: `views 3: n1 n2|n3 n4|n5 !`. */
function viewsSpans(matrix: Scene["matrix"]): Span[] {
  const groups = distinctViews(matrix);
  if (groups.length < 2) return [{ text: `views ${groups.length === 0 ? "-" : 1}` }];
  const isShort = groups.flat().length <= 8;
  const who = isShort ? `: ${groups.map((group) => group.join(" ")).join("|")}` : "";
  return [{ text: `views ${groups.length}${who} !`, tone: "warning" }];
}

function banner({ state, nowMs, layout }: Scene): Line | undefined {
  if (state.connection.kind !== "lost") return undefined;
  const { sinceMs, why } = state.connection;
  const name = state.self?.body.name ?? state.url;
  const since = formatSpan(Math.max(0, nowMs - sinceMs));
  const kept = state.members === undefined ? "" : "last state shown, ";
  const text = ` ! ${name} has not answered for ${since}: ${kept}reconnecting; 1-9 attach elsewhere (${why})`;
  const blank = " ".repeat(layout.size.columns);
  return { spans: [{ text: text + blank, tone: "warning", isInverse: true }] };
}

function toneOf(health: HealthWord): Tone {
  if (health === "HEALTHY" || health === "ALONE") return "alive";
  return health === "CONNECTING" ? "faint" : "warning";
}

function joinPieces(pieces: readonly Piece[], columns: number): Line {
  let kept = pieces.filter(({ spans }) => spans.some(({ text }) => text !== ""));
  const cellsIn = (some: readonly Piece[]) =>
    some.reduce(
      (sum, { spans }) =>
        sum + cellsOf(spans.map(({ text }) => safeText(text)).join("")) + GAP.length,
      -GAP.length,
    );
  while (cellsIn(kept) > columns) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    if (worst === 0) break;
    kept = kept.filter((piece) => piece !== kept.findLast(({ rank }) => rank === worst));
  }
  return { spans: kept.flatMap(({ spans }, at) => (at === 0 ? spans : [{ text: GAP }, ...spans])) };
}
