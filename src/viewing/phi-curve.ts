import type { ExplainBody } from "../control/api-types.ts";
import type { Millis } from "../core/member.ts";
import { deviationsAt, minusLog10UpperTail } from "../core/primitives/normal-tail.ts";

/** What phi is computed from: the learned rhythm of a member. */
export type LearnedRhythm = NonNullable<ExplainBody["detector"]>;

/** Phi as a function of silence, as the node's detector would have it at this moment. */
export interface PhiCurve {
  readonly phiSuspect: number;
  readonly silenceMsMax: Millis;
  readonly phiMax: number;
  /** Phi of `columns` silences from 0 to `silenceMsMax`. */
  readonly phis: readonly number[];
  /** The silence of now; of a member that is dead or has left, the silence at which the node learned that. */
  readonly mark: { readonly silenceMs: Millis; readonly phi: number; readonly isVerdict: boolean };
  /** The silence at which phi reaches `phiSuspect`. */
  readonly suspectAtMs: Millis;
}

const PHI_SPAN = 2;
const BEYOND = 1.25;

/**
 * The curve for one member. A node forgets the rhythm of a member that is dead or has left: `kept` is the last one
 * that was read. Undefined where neither is known, or the node never heard the member.
 */
export function phiCurve(
  body: ExplainBody,
  columns: number,
  kept?: LearnedRhythm,
): PhiCurve | undefined {
  const { detector, lastHeardMs } = body;
  const isOver = body.state === "dead" || body.state === "left";
  const rhythm = detector ?? kept;
  if (rhythm === undefined || lastHeardMs === null) return undefined;
  const { meanMs, deviationMs, phiSuspect } = rhythm;
  const phiAt = (silenceMs: Millis) => minusLog10UpperTail((silenceMs - meanMs) / deviationMs);
  const phiMax = phiSuspect * PHI_SPAN;
  const suspectAtMs = meanMs + deviationsAt(phiSuspect) * deviationMs;
  const topAtMs = meanMs + deviationsAt(phiMax) * deviationMs;
  const silenceMsMax = Math.max(topAtMs, suspectAtMs * BEYOND);
  const phis = Array.from({ length: columns }, (_, at) =>
    phiAt((at / Math.max(1, columns - 1)) * silenceMsMax),
  );
  const silenceMs = isOver ? Math.max(0, lastHeardMs - body.stateForMs) : lastHeardMs;
  const phi = isOver ? phiAt(silenceMs) : body.phi;
  if (phi === null) return undefined;
  const mark = { silenceMs, phi, isVerdict: isOver };
  return { phiSuspect, silenceMsMax, phiMax, phis, mark, suspectAtMs };
}
