import { EXPECTATIONS, type ExpectationUnit, judge } from "./expectations.ts";
import type { CaseFigures } from "./figures.ts";

/** The model study's figures beside ours; those that this run did not measure are left out. */
export function reproductionRows(figures: readonly CaseFigures[]): string[][] {
  return EXPECTATIONS.flatMap((expectation) => {
    const measured = expectation.measured(figures);
    if (measured === undefined) return [];
    const { what, candidate, unit, studied } = expectation;
    const verdict = judge(expectation, measured);
    return [[what, candidate, formatFigure(studied, unit), formatFigure(measured, unit), verdict]];
  });
}

/** Titles of the columns of the table that holds our figures against the study's. */
export const REPRODUCTION_COLUMNS: readonly string[] = [
  "figure",
  "who",
  "study",
  "here",
  "verdict",
];

function formatFigure(figure: number, unit: ExpectationUnit): string {
  switch (unit) {
    case "s":
      return `${figure.toFixed(2)} s`;
    case "count":
      return String(figure);
    case "messages/s":
      return `${figure.toFixed(1)} /s`;
    case "B/s":
      return `${Math.round(figure)} B/s`;
  }
}
