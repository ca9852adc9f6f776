import { ANSWER_BYTES_MAX } from "../../wire/limits.ts";

/** As much of `text` as an answer may have, never half a character. What UTF-8 cannot say is replaced. */
export function cutToAnswer(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= ANSWER_BYTES_MAX) return bytes.toString("utf8");
  let end = ANSWER_BYTES_MAX;
  // Bytes 10xxxxxx continue a character: it would be cut in two.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
