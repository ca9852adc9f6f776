import type { CountName, TimeName } from "../trials/measures.ts";
import type { GroupName } from "../workloads/workload.ts";
import type { CaseFigures, TimeFigure } from "./figures.ts";

/** One table of the report, ready for a terminal or for Markdown. */
export interface ReportTable {
  readonly group: GroupName;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Column {
  readonly title: string;
  readonly cell: (figures: CaseFigures) => string;
}

interface Group {
  readonly title: string;
  readonly columns: readonly Column[];
}

/** Shorter times are said in milliseconds. */
const MILLISECONDS_BELOW = 100;

const COST: readonly Column[] = [
  { title: "msg/s", cell: (row) => row.datagramsPerNodeSecond.toFixed(1) },
  { title: "TCP/s", cell: (row) => row.segmentsPerNodeSecond.toFixed(1) },
  { title: "B/s", cell: (row) => String(Math.round(row.bytesPerNodeSecond)) },
];

const FALSE_DEATHS: readonly Column[] = [
  counted("false deaths", "falseDeaths"),
  counted("false views", "falseViews"),
  counted("at healthy", "falseViewsAtHealthy"),
];

const FAULTY_DEAD: Column = {
  title: "faulty called dead",
  cell: ({ counts }) => `${counts.faultyDead ?? 0} of ${counts.faulty ?? 0}`,
};

const GROUPS: Readonly<Record<GroupName, Group>> = {
  crashes: {
    title: "Crashes",
    columns: [
      timed("first knows, p50 / p99", "first"),
      timed("all know, p50 / p99", "all"),
      { title: "crashes", cell: ({ counts }) => String(counts.faulty ?? 0) },
      counted("not known to all", "missed"),
      ...FALSE_DEATHS,
      ...COST,
    ],
  },
  calm: { title: "No member dies", columns: [runs(), ...FALSE_DEATHS, ...COST] },
  standstills: {
    title: "Frozen processes and paused machines",
    columns: [
      runs(),
      FAULTY_DEAD,
      timedOfFaulty("told as frozen to one, p50 / max", "frozenToOne"),
      timedOfFaulty("told as frozen to all, p50 / max", "frozenToAll"),
      ...FALSE_DEATHS,
      counted("returns", "returns"),
      ...COST,
    ],
  },
  anomalies: {
    title: "One-way loss and other gray faults",
    columns: [
      runs(),
      FAULTY_DEAD,
      ...FALSE_DEATHS,
      counted("returns", "returns"),
      timed("whole again, p50 / max", "whole", "max"),
      counted("never whole", "missed"),
      ...COST,
    ],
  },
  partitions: {
    title: "Partition and heal",
    columns: [
      runs(),
      timed("majority settled, p50 / max", "majority", "max"),
      timed("minority settled, p50 / max", "minority", "max"),
      timed("one view after heal, p50 / max", "whole", "max"),
      counted("never", "missed"),
      counted("false deaths", "falseDeaths"),
      ...COST,
    ],
  },
  newcomers: {
    title: "Restarts and joins",
    columns: [
      runs(),
      timed("back in all views, p50 / p99", "back"),
      timed("dead in a view for, p50 / p99", "deadFor"),
      timed("all joined, p50 / max", "joined", "max"),
      counted("never", "missed"),
      counted("living called dead", "faultyDead"),
      ...COST,
    ],
  },
};

/** One table a group, its rows in the order of the figures. */
export function reportTables(figures: readonly CaseFigures[]): ReportTable[] {
  const tables = Object.entries(GROUPS) as [GroupName, Group][];
  return tables.flatMap(([group, { title, columns }]) => {
    const rows = figures.filter((row) => row.group === group);
    if (rows.length === 0) return [];
    return [
      {
        ...{ group, title },
        columns: ["workload", "n", "who", ...columns.map((column) => column.title)],
        rows: rows.map((row) => [
          ...[row.workload, String(row.size), row.candidate],
          ...columns.map(({ cell }) => cell(row)),
        ]),
      },
    ];
  });
}

function runs(): Column {
  return { title: "runs", cell: ({ trials }) => String(trials) };
}

function timed(title: string, name: TimeName, upper: "p99" | "max" = "p99"): Column {
  return { title, cell: ({ times }) => formatTime(times[name], upper) };
}

/** With how many of the faulty members it was measured for, where it was not for all. */
function timedOfFaulty(title: string, name: TimeName): Column {
  const cell = ({ times, counts: { faulty = 0 } }: CaseFigures): string => {
    const figure = times[name];
    const of = figure === undefined || figure.samples === faulty ? "" : ` (${figure.samples})`;
    return `${formatTime(figure, "max")}${of}`;
  };
  return { title, cell };
}

function counted(title: string, name: CountName): Column {
  return { title, cell: ({ counts }) => String(counts[name] ?? 0) };
}

function formatTime(figure: TimeFigure | undefined, upper: "p99" | "max"): string {
  if (figure === undefined) return "-";
  const [median, most] = [figure.p50, figure[upper]];
  if (most < MILLISECONDS_BELOW) return `${Math.round(median)} / ${Math.round(most)} ms`;
  return `${seconds(median)} / ${seconds(most)} s`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
