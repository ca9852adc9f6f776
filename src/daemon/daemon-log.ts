import { type DestinationStream, type Logger, pino } from "pino";
import type { EventBody } from "../control/api-types.ts";
import { describeEvent, levelOf } from "../events/events.ts";
import { isUtf8Locale, safeJson, safeLine } from "../text/safe-text.ts";
import { DescriptorSink, type LogSink } from "./log-sink.ts";
import type { DaemonSettings } from "./settings.ts";

/** How urgent a line of the log is. As a setting: what is less urgent is not logged. */
export type LogLevel = DaemonSettings["logLevel"];

/** Where the daemon's own lines and its events go. Synchronous: what was logged is out, however the process ends. */
export interface DaemonLog {
  /** One event, flattened as scripts expect it. */
  event(body: EventBody): void;
  /** A line of the daemon's own, with its name under `event` as the others have. */
  note(
    level: LogLevel,
    event: string,
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void;
  setLevel(level: LogLevel): void;
  /** Lines that nobody read, so that they were dropped; none where that cannot happen. */
  readonly dropped?: number;
}

/** Nothing is logged: of a daemon inside another program, such as the dashboard's guest. */
export const QUIET_LOG: DaemonLog = {
  event: () => undefined,
  note: () => undefined,
  setLevel: () => undefined,
};

const STANDARD_ERROR = 2;

/** Opens the log on `sink`, standard error unless told otherwise. */
export function openDaemonLog(
  { log, logLevel }: Pick<DaemonSettings, "log" | "logLevel">,
  sink: LogSink = new DescriptorSink(STANDARD_ERROR),
): DaemonLog {
  const logger = pino(
    {
      level: logLevel,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    log === "json" ? jsonLines(sink) : textLines(sink),
  );
  let told = 0;
  /** Writes a line. When lines get through again, the gap before is told. */
  const write = (line: () => void): void => {
    const before = sink.dropped;
    line();
    const dropped = before - told;
    if (dropped === 0 || sink.dropped > before) return;
    told = before;
    const why = `${dropped} lines of this log were dropped because nothing read them`;
    logger.warn({ event: "log-lines-dropped", dropped }, why);
  };
  return {
    event: (body) => write(() => logEvent(logger, body)),
    note: (level, event, message, fields = {}) =>
      write(() => logger[level]({ event, ...fields }, message)),
    get dropped() {
      return sink.dropped;
    },
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

function logEvent(logger: Logger, body: EventBody): void {
  const level = levelOf(body);
  if (!logger.isLevelEnabled(level)) return;
  // The log has its own time and no version; a whole view would be a line of many kilobytes.
  const { v: _version, time: _time, ...fields } = body;
  if (fields.event !== "view-fetched") logger[level](fields);
  else logger[level]({ ...fields, entries: fields.entries.length });
}

function jsonLines(sink: LogSink): DestinationStream {
  return { write: (line) => sink.write(safeJson(line)) };
}

/** The same lines for people: local time, level where it matters, one sentence. */
function textLines(sink: LogSink): DestinationStream {
  const style = { color: false, ascii: !isUtf8Locale(process.env) };
  return {
    write: (line) => {
      sink.write(`${safeLine(textOf(JSON.parse(line) as LogLine), style)}\n`);
    },
  };
}

type LogLine = EventBody & { readonly level: LogLevel; readonly message?: string };

function textOf(line: LogLine): string {
  const at = new Date(line.time);
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const urgency = line.level === "warn" || line.level === "error" ? `${line.level}: ` : "";
  return `${time}  ${urgency}${line.message ?? describeEvent(line)}`;
}
