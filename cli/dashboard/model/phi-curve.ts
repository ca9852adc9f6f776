import type { ExplainBody } from "../../../src/control/api-types.ts";
import type { Millis } from "../../../src/core/member.ts";
import { deviationsAt, minusLog10UpperTail } from "../../../src/core/primitives/normal-tail.ts";

/** Phi as a function of silence, as the node's detector would have it at this moment. */
export interface PhiCurve {
  readonly phiSuspect: number;
  readonly silenceMsMax: Millis;
  readonly phiMax: number;
  /** Phi of `columns` silences from 0 to `silenceMsMax`. */
  readonly phis: readonly number[];
  readonly now: { readonly silenceMs: Millis; readonly phi: number };
  /** The silence at which phi reaches `phiSuspect`. */
  readonly suspectAtMs: Millis;
}

const PHI_SPAN = 2;
const BEYOND = 1.25;

/** Undefined where the attached node keeps no detector for the member. */
export function phiCurve(
  { detector, phi, lastHeardMs }: ExplainBody,
  columns: number,
): PhiCurve | undefined {
  if (detector === null || phi === null || lastHeardMs === null) return undefined;
  const { meanMs, deviationMs, phiSuspect } = detector;
  const phiMax = phiSuspect * PHI_SPAN;
  const suspectAtMs = meanMs + deviationsAt(phiSuspect) * deviationMs;
  const topAtMs = meanMs + deviationsAt(phiMax) * deviationMs;
  const silenceMsMax = Math.max(topAtMs, suspectAtMs * BEYOND);
  const phis = Array.from({ length: columns }, (_, at) =>
    minusLog10UpperTail(((at / Math.max(1, columns - 1)) * silenceMsMax - meanMs) / deviationMs),
  );
  const now = { silenceMs: lastHeardMs, phi };
  return { phiSuspect, silenceMsMax, phiMax, phis, now, suspectAtMs };
}
