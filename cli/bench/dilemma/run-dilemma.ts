import { formatTable } from "../../format/table.ts";
import type { Output } from "../../output.ts";
import { summarize } from "../figure.ts";
import type { DilemmaPlan } from "./dilemma-plan.ts";
import { JUDGES, type Observation, passSentence, type Sentence } from "./judges.ts";
import { observeReal } from "./observe-real.ts";
import { observeSim } from "./observe-sim.ts";

export type World = "sim" | "real";

interface Verdicts {
  readonly world: World;
  readonly runs: number;
  readonly byJudge: readonly (readonly Sentence[])[];
}

/** The timeout dilemma: the same crash and the same slow server before seven judges, in both worlds. */
export async function runDilemma(
  plan: DilemmaPlan,
  worlds: readonly World[],
  output: Output,
): Promise<void> {
  const all: Verdicts[] = [];
  for (const world of worlds) {
    output.talk(world === "sim" ? `${plan.simRuns} runs in virtual time …` : "real daemons …");
    const seen = world === "real" ? [await observeReal(plan)] : simulate(plan);
    const byJudge = JUDGES.map((judge) => seen.map((each) => passSentence(judge, each)));
    all.push({ world, runs: seen.length, byJudge });
  }
  if (output.json) {
    output.data(JSON.stringify({ v: 1, plan, verdicts: all }));
    return;
  }
  for (const verdicts of all) {
    output.data(verdicts.world === "sim" ? "VIRTUAL TIME" : "REAL PROCESSES");
    for (const line of formatVerdicts(verdicts)) output.data(line);
    output.data("");
  }
}

function simulate(plan: DilemmaPlan): Observation[] {
  return Array.from({ length: plan.simRuns }, (_, at) => observeSim(plan, at + 1));
}

function formatVerdicts({ byJudge }: Verdicts): string[] {
  const columns = [
    { title: "JUDGE" },
    ...["CRASH KNOWN AFTER", "PAUSES TAKEN FOR IT", "ALARMS A MINUTE IN PEACE", "WRONGLY OUT"].map(
      (title) => ({ title, align: "right" }) as const,
    ),
  ];
  return formatTable(columns, byJudge.map(formatJudge));
}

function formatJudge(sentences: readonly Sentence[]): string[] {
  const sum = (pick: (sentence: Sentence) => number) =>
    sentences.reduce((total, sentence) => total + pick(sentence), 0);
  const known = sentences.flatMap(({ crashKnownMs }) => crashKnownMs ?? []);
  const median = summarize(known)?.median;
  const watchedMs = sum(({ peaceMs }) => peaceMs);
  return [
    sentences[0]?.judge ?? "",
    median === undefined ? "not in time" : `${(median / 1000).toFixed(2)} s`,
    `${sum(({ pausesJudged }) => pausesJudged)} of ${sum(({ pauses }) => pauses)}`,
    ((60_000 * sum(({ alarmsInPeace }) => alarmsInPeace)) / watchedMs).toFixed(1),
    `${((100 * sum(({ outMs }) => outMs)) / watchedMs).toFixed(2)} %`,
  ];
}
