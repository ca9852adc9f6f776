import type { ProfileName } from "../../src/core/config.ts";
import { checkNodeConfig, PROFILES } from "../../src/core/config.ts";
import { explainLines, viewLine, viewLines } from "./pictures.ts";
import { parseSpeech } from "./speech.ts";
import { type StartOptions, World } from "./world.ts";

interface CommandKind {
  readonly usage: string;
  readonly perform: (world: World, words: readonly string[], text: string) => void;
}

/** Long enough for a handful of nodes to find each other and to learn each other's rhythm. */
const SETTLE_MS = 5_000;

const COMMANDS: Readonly<Record<string, CommandKind>> = {
  config: {
    usage: "config KEY=VALUE… or profile=NAME; for the processes that start later",
    perform: (world, words) => configure(world, words),
  },
  nodes: {
    usage: "nodes NAME…: start them, let them meet unseen, and set the clock to 0",
    perform: (world, words) => {
      const [first] = words;
      world.narration.muted(() => {
        for (const name of words) world.start(name, name === first ? {} : { seeds: [first ?? ""] });
        world.pass(SETTLE_MS, true);
      });
      world.zeroClock();
    },
  },
  start: {
    usage: "start NAME [member=NAME] [at=ADDRESS] [seeds=NAME,…] [inc=NUMBER] [profile=NAME]",
    perform: (world, [name = "", ...options]) => world.start(name, startOptions(options)),
  },
  restart: {
    usage: "restart NAME [as in start]: a new process of the same member",
    perform: (world, [name = "", ...options]) => world.restart(name, startOptions(options)),
  },
  show: {
    usage:
      "show TOPIC… (kinds of events and messages; story events messages all; -TOPIC takes away)",
    perform: (world, words) => world.narration.show(words),
  },
  only: {
    usage: "only [NAME…]: tell what these do, or what everybody does",
    perform: (world, words) => world.narration.only(words),
  },
  run: {
    usage: "run SPAN: time passes, datagrams arrive",
    perform: (world, [span]) => world.pass(millis(span), true),
  },
  advance: {
    usage: "advance SPAN: time passes, datagrams stay under way",
    perform: (world, [span]) => world.pass(millis(span), false),
  },
  deliver: {
    usage: "deliver [FROM -> TO [KIND]]: what is under way now arrives",
    perform: (world, words) => {
      for (const datagram of chosen(world, words)) world.deliver(datagram);
    },
  },
  replay: {
    usage: "replay FROM -> TO KIND: the last such datagram that arrived arrives again",
    perform: (world, words) => {
      const { from, to, kind } = way(words);
      world.deliver(world.links.lastDelivered(from ?? "", to ?? "", kind ?? ""));
    },
  },
  say: {
    usage: "say FROM -> TO: BODY [UPDATE; …]",
    perform: (world, _, text) => say(world, text),
  },
  refuse: {
    usage: "refuse NAME MEMBER: its kernel reports that its last ping of the member was refused",
    perform: (world, [name = "", member = ""]) => world.refuse(world.process(name), member),
  },
  kill: {
    usage: "kill NAME…: the process ends; its host refuses",
    perform: (world, words) => each(words, (name) => world.end(name, false)),
  },
  crash: {
    usage: "crash NAME…: the host loses its power; it is silent",
    perform: (world, words) => each(words, (name) => world.end(name, true)),
  },
  freeze: {
    usage: "freeze NAME…: the process does not run",
    perform: (world, words) => each(words, (name) => world.process(name).freeze()),
  },
  thaw: {
    usage: "thaw NAME…",
    perform: (world, words) => each(words, (name) => world.thaw(world.process(name))),
  },
  cut: {
    usage: "cut FROM -> TO: the link loses everything, one way",
    perform: (world, words) => {
      const { from, to } = way(words);
      world.links.cut(from ?? "", to ?? "");
    },
  },
  partition: {
    usage: "partition NAME… | NAME… [| …]",
    perform: (world, words) =>
      world.links.partition(
        words
          .join(" ")
          .split("|")
          .map((group) => group.trim().split(" ")),
      ),
  },
  heal: { usage: "heal: no link is cut any more", perform: (world) => world.links.heal() },
  leave: {
    usage: "leave NAME",
    perform: (world, [name = ""]) => world.step(world.process(name), { kind: "leave" }),
  },
  forget: {
    usage: "forget MEMBER at NAME",
    perform: (world, [member = "", , name = ""]) =>
      world.step(world.process(name), { kind: "forget", member }),
  },
  view: {
    usage: "view NAME…",
    perform: (world, words) => each(words, (name) => world.narration.print(viewLine(world, name))),
  },
  views: {
    usage: "views: all of them, equal ones in one line",
    perform: (world) => world.narration.print(...viewLines(world)),
  },
  explain: {
    usage: "explain MEMBER at NAME",
    perform: (world, [member = "", , name = ""]) =>
      world.narration.print(...explainLines(world, name, member)),
  },
};

/** An interpreter of transcripts: a fresh world, and what one line does in it. */
export function createInterpreter(): (command: string) => readonly string[] {
  const world = new World();
  return (command) => {
    const [verb = "", ...words] = command.split(/\s+/);
    const kind = COMMANDS[verb];
    if (kind === undefined) {
      throw new Error(`no command ${verb}; there are ${Object.keys(COMMANDS).join(" ")}`);
    }
    try {
      kind.perform(world, words, command.slice(verb.length + 1));
      return world.narration.take();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason} (usage: ${kind.usage})`, { cause: error });
    }
  };
}

function each(names: readonly string[], act: (name: string) => void): void {
  if (names.length === 0) throw new Error("nobody is named");
  for (const name of names) act(name);
}

function configure(world: World, words: readonly string[]): void {
  for (const word of words) {
    const [key = "", value = ""] = word.split("=");
    if (key === "profile") world.config = PROFILES[profileName(value)];
    else if (!(key in world.config)) throw new Error(`no parameter ${key}`);
    else world.config = { ...world.config, [key]: value === "off" ? false : millis(value) };
  }
  const complaint = checkNodeConfig(world.config);
  if (complaint !== undefined) throw new Error(complaint);
}

function startOptions(words: readonly string[]): StartOptions {
  const options: { -readonly [K in keyof StartOptions]: StartOptions[K] } = {};
  for (const word of words) {
    const [key, value = ""] = word.split("=");
    if (key === "member") options.member = value;
    else if (key === "at") options.address = value;
    else if (key === "seeds") options.seeds = value.split(",");
    else if (key === "inc") options.incarnation = Number(value);
    else if (key === "profile") options.profile = profileName(value);
    else throw new Error(`no option ${word}`);
  }
  return options;
}

function say(world: World, text: string): void {
  const [, from = "", to = "", rest = ""] = /^(\S+) -> (\S+): (.+)$/.exec(text) ?? [];
  if (rest === "") throw new Error("says nothing");
  const speech = parseSpeech(rest, {
    receiver: world.process(to).member,
    recordOf: (name) => world.recordOf(name),
  });
  world.say(from, to, speech);
}

/** Datagrams under way now; those that their arrival sends are not among them. */
function chosen(world: World, words: readonly string[]) {
  const found = world.links.matching(words.length === 0 ? {} : way(words));
  if (found.length === 0) throw new Error("no such datagram is under way");
  return found;
}

function way([from, arrow, to, kind]: readonly string[]) {
  if (arrow !== "->" || from === undefined || to === undefined) throw new Error("no FROM -> TO");
  return kind === undefined ? { from, to } : { from, to, kind };
}

/** `1.5s`, `300ms`, `2m`, `72h`; a bare number as it is. */
function millis(text = ""): number {
  const [, number, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`no span: ${text}`);
  return (
    Number(number) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as "ms" | "s" | "m" | "h"]
  );
}

function profileName(text: string): ProfileName {
  if (text === "local" || text === "lan" || text === "wan") return text;
  throw new Error(`no profile ${text}; there are local lan wan`);
}
