import type { MemberRecord, Update } from "../../../core/member.ts";
import type { Message } from "../../../core/message.ts";

/** The paths of everything in a decoded message that breaks a limit; written against the document, not the parser. */
export function limitsBroken(made: string | Message): string[] {
  if (typeof made === "string") return [];
  const broken: string[] = [];
  walk(made, "message", broken);
  if (made.updates.length > 64) broken.push("updates");
  if ((made.news?.held.length ?? 0) > 64) broken.push("held");
  for (const update of made.updates) checkUpdate(update, broken);
  if (made.body.kind === "sync-request") {
    const { hashes, bucketBits } = made.body;
    if (hashes.length !== 2 ** bucketBits || hashes.length > 64) broken.push("hashes");
  }
  return broken;
}

const NAMED = new Set([
  "name",
  "sender",
  "target",
  "member",
  "subject",
  "accuser",
  "by",
  "origin",
  "after",
  "next",
]);

// Numbers are integers of 32 bits but for phi; names, start ids and hosts have their forms; nothing else is there.
function walk(value: unknown, path: string, broken: string[]): void {
  const key = path.split(".").at(-1) ?? "";
  if (typeof value === "number") {
    const scaled = key === "phi" ? Math.round(value * 100) : value;
    const most = key === "phi" ? 65_535 : 0xffff_ffff;
    const isExact = key === "phi" ? scaled / 100 === value : Number.isInteger(value);
    if (!isExact || Object.is(value, -0) || scaled < 0 || scaled > most) broken.push(path);
    if (key === "port" && (value < 1 || value > 65_535)) broken.push(path);
  } else if (typeof value === "string") {
    if (key === "payload" || key === "answer") {
      if (Buffer.byteLength(value) > (key === "payload" ? 512 : 768)) broken.push(path);
      return;
    }
    if (/\p{Cc}/u.test(value)) broken.push(path);
    if (/\.(tags|meta)\./.test(path)) return;
    if (NAMED.has(key) && !/^[A-Za-z0-9._-]{1,64}$/.test(value)) broken.push(path);
    if (/startId$/i.test(key) && !/^[0-9a-f]{24}$/.test(value)) broken.push(path);
    if (key === "host" && !/^[0-9a-f:.]{2,39}$/.test(value)) broken.push(path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}.${index}`, broken);
  } else if (typeof value === "object" && value !== null) {
    if (Object.getPrototypeOf(value) !== Object.prototype) broken.push(path);
    for (const [name, item] of Object.entries(value)) walk(item, `${path}.${name}`, broken);
  } else if (value !== null && typeof value !== "boolean") {
    broken.push(path);
  }
}

function checkUpdate(update: Update, broken: string[]): void {
  if (update.kind !== "belief") return;
  if (!Object.isFrozen(update.record)) broken.push("record not frozen");
  if (textBytes(update.record) > 512) broken.push("tags and services");
}

function textBytes({ tags, services }: MemberRecord): number {
  const ofServices = services.flatMap(({ name, tags, meta }) => [
    name,
    ...tags,
    ...Object.entries(meta).flat(),
  ]);
  const texts = [...Object.entries(tags).flat(), ...ofServices];
  return texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
}
