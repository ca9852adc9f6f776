/** One line of a transcript that does something, and where it stands. */
export interface Command {
  readonly line: number;
  readonly text: string;
}

/** Commands, and below `----` what they print, up to an empty line. */
interface Stanza {
  readonly head: readonly string[];
  readonly commands: readonly Command[];
  readonly output: readonly string[];
}

/** A file of stanzas. Lines between them (comments, empty lines) are kept as they are. */
type Block = Stanza | { readonly text: string };

const SEPARATOR = "----";

/**
 * Runs every stanza of a transcript and writes the file anew with what they print now.
 *
 * @param perform runs one command and returns the lines that it prints
 * @throws Error `file:line: …` for a stanza without `----` and for whatever `perform` throws
 */
export function rewriteTranscript(
  file: string,
  text: string,
  perform: (command: string) => readonly string[],
): string {
  const lines: string[] = [];
  for (const block of parseBlocks(file, text)) {
    if ("text" in block) {
      lines.push(block.text);
      continue;
    }
    lines.push(...block.head, SEPARATOR);
    for (const command of block.commands) lines.push(...performAt(file, command, perform));
  }
  return `${lines.join("\n")}\n`;
}

/** The comment that a transcript begins with: the rule it shows. */
export function ruleOf(file: string, text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  if (!/^# \S/.test(first)) throw new Error(`${file}:1: begins with no comment that says its rule`);
  return first.slice(2);
}

function performAt(
  file: string,
  { line, text }: Command,
  perform: (command: string) => readonly string[],
): readonly string[] {
  try {
    return perform(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}:${line}: ${text}: ${reason}`, { cause: error });
  }
}

function parseBlocks(file: string, text: string): Block[] {
  const lines = text.replace(/\n+$/, "").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (isBetween(line)) {
      blocks.push({ text: line });
      at++;
      continue;
    }
    const stanza = parseStanza(file, lines, at);
    blocks.push(stanza);
    at += stanza.head.length + 1 + stanza.output.length;
  }
  return blocks;
}

function parseStanza(file: string, lines: readonly string[], start: number): Stanza {
  const separatorAt = lines.indexOf(SEPARATOR, start);
  const emptyAt = lines.indexOf("", start);
  if (separatorAt === -1 || (emptyAt !== -1 && emptyAt < separatorAt)) {
    throw new Error(`${file}:${start + 1}: a stanza that is not closed by ${SEPARATOR}`);
  }
  const end = emptyAt === -1 ? lines.length : emptyAt;
  const head = lines.slice(start, separatorAt);
  const commands = head.flatMap((text, index) =>
    isBetween(text) ? [] : [{ line: start + index + 1, text: text.trim() }],
  );
  return { head, commands, output: lines.slice(separatorAt + 1, end) };
}

function isBetween(line: string): boolean {
  return line.trim() === "" || line.startsWith("#");
}
