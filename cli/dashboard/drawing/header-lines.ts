import { formatSpan, formatTimeOfDay } from "../../../src/text/quantities.ts";
import { safeText } from "../../../src/text/safe-text.ts";
import {
  countMembers,
  distinctViews,
  failingOpen,
  type HealthWord,
  judgeHealth,
} from "../model/header.ts";
import type { Scene } from "../model/scene.ts";
import { cellsOf } from "../theme/cells.ts";
import type { Line, Span, Theme, Tone } from "../theme/theme.ts";

/** A piece of a header line. What does not fit is left out whole, the highest rank first. */
interface Piece {
  readonly spans: readonly Span[];
  readonly rank: number;
}

const GAP = "  ";
const LOCAL_HEALTH_WORST = 8;

/** Two lines: the cluster and the attached node; the node itself, or a banner where it does not answer. */
export function headerLines(scene: Scene, theme: Theme): readonly [Line, Line] {
  const { columns } = scene.layout.size;
  const second = scene.state.connection.kind === "lost" ? banner(scene) : undefined;
  return [
    joinPieces(clusterPieces(scene, theme), columns),
    second ?? joinPieces(selfPieces(scene), columns),
  ];
}

function clusterPieces(scene: Scene, theme: Theme): Piece[] {
  const { state, ui, nowMs } = scene;
  const self = state.self?.body;
  const health = judgeHealth(state);
  const counts = countMembers(state);
  const all = counts.alive + counts.suspect + counts.dead + counts.left;
  const states = (["alive", "suspect", "dead", "left"] as const)
    .filter((state) => counts[state] > 0 || state === "alive")
    .flatMap((state): Span[] => [{ text: `${counts[state]} ${state} `, tone: state }]);
  const name = self === undefined ? state.url : self.name;
  return [
    {
      rank: 0,
      spans: [
        { text: " hearsay ", tone: "title" },
        { text: `${theme.glyphs.pointer} ` },
        { text: name, tone: "strong" },
      ],
    },
    { rank: 4, spans: self === undefined ? [] : [{ text: self.address }] },
    { rank: 3, spans: self?.api == null ? [] : [{ text: `API ${self.api}` }] },
    { rank: 6, spans: self === undefined ? [] : [{ text: `cluster ${self.cluster}` }] },
    { rank: 0, spans: ui.isPaused ? [{ text: "PAUSED", tone: "warning" }] : [] },
    { rank: 0, spans: [{ text: health, tone: toneOf(health) }] },
    { rank: 1, spans: [...states, { text: `of ${all}` }] },
    { rank: 5, spans: self === undefined ? [] : [{ text: `up ${formatSpan(self.uptimeMs)}` }] },
    {
      rank: 2,
      spans: [{ text: formatTimeOfDay(new Date(nowMs).toISOString()).slice(0, 8), tone: "faint" }],
    },
  ];
}

function selfPieces({ state, matrix }: Scene): Piece[] {
  const self = state.self?.body;
  if (self === undefined) return [{ rank: 0, spans: [{ text: ` asking ${state.url}` }] }];
  const { rates } = state;
  const { faults, localHealth } = self;
  const open = failingOpen(self);
  const lag = self.loopLagP99Ms === null ? "-" : `${Math.round(self.loopLagP99Ms)}ms`;
  const traffic =
    rates === undefined
      ? ""
      : `probes ${rates.probesPerS.toFixed(1)}/s ` +
        `in ${Math.round(rates.inPerS)}/s out ${Math.round(rates.outPerS)}/s`;
  const isIsolated = state.members?.body.isolated ?? self.isolated;
  return [
    {
      rank: 0,
      spans: [
        {
          text: ` self: ${localHealth === 0 ? "ok" : "doubtful"} (local health ${localHealth}/${LOCAL_HEALTH_WORST})`,
          tone: localHealth === 0 ? "plain" : "warning",
        },
      ],
    },
    { rank: 3, spans: [{ text: `lag p99 ${lag}` }] },
    { rank: 6, spans: traffic === "" ? [] : [{ text: traffic }] },
    { rank: 5, spans: [{ text: `view ${ownDigest(matrix)}`, tone: "faint" }] },
    { rank: 1, spans: viewsSpans(matrix) },
    {
      rank: 2,
      spans: [
        { text: `isolated ${isIsolated ? "YES" : "no"}`, tone: isIsolated ? "warning" : "plain" },
      ],
    },
    {
      rank: open.length > 0 ? 0 : 4,
      spans: [
        {
          text: `fail-open: ${open.length === 0 ? "none" : open.join(" ")}`,
          tone: open.length > 0 ? "warning" : "plain",
        },
      ],
    },
    {
      rank: 0,
      spans: faults.rules > 0 ? [{ text: `FAULTS ${faults.rules}`, tone: "warning" }] : [],
    },
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
