import { diagnose } from "../../src/doctor/diagnose.ts";
import type { Finding } from "../../src/doctor/facts.ts";
import { gatherFacts } from "../../src/doctor/gather.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import { outcomeGlyph } from "../format/text-style.ts";
import { type Output, printJson } from "../output.ts";
import type { Session } from "../session.ts";

const API_MS = 2_000;

/** Examines the attached node and its surroundings. @throws ConditionNotMetError when something is wrong */
export async function showDoctor({ client, output }: Session): Promise<void> {
  const connect = (api: string) => client.beside(api, { timeoutMs: API_MS });
  const findings = diagnose(await gatherFacts(client, connect));
  const problems = findings.filter(({ verdict }) => verdict === "problem");
  if (!printJson(output, { v: 1, findings })) for (const each of findings) tell(each, output);
  if (problems.length > 0)
    throw new ConditionNotMetError(`${formatCount(problems.length, "problem")} found`);
}

const GLYPHS = { ok: "passed", problem: "failed", unknown: "interrupted" } as const;

function tell({ check, verdict, what, remedy }: Finding, output: Output): void {
  output.data(`${outcomeGlyph(output.style, GLYPHS[verdict])} ${check.padEnd(14)}  ${what}`);
  if (remedy !== null) output.data(`${" ".repeat(18)}remedy: ${remedy}`);
}
