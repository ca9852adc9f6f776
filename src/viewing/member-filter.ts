import type { MemberBody } from "../control/api-types.ts";
import { statusWord } from "../text/silence.ts";

type Test = (member: MemberBody) => boolean;

/**
 * Which members a filter picks: words that all have to fit. A word is part of a name, address, tag or state; `s:suspect`
 * is about the state alone (or `s:frozen`, `s:slow`), `t:rack=3` about tags, `!` in front turns a word round.
 */
export function readFilter(text: string): Test {
  const tests = text
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "!")
    .map(readWord);
  return (member) => tests.every((test) => test(member));
}

function readWord(word: string): Test {
  if (word.startsWith("!")) {
    const test = readWord(word.slice(1));
    return (member) => !test(member);
  }
  const wanted = word.toLowerCase();
  if (wanted.startsWith("s:")) {
    const start = wanted.slice(2);
    return (member) => member.state.startsWith(start) || statusWord(member).startsWith(start);
  }
  if (wanted.startsWith("t:")) {
    return ({ tags }) =>
      Object.entries(tags).some(([key, value]) => holds(`${key}=${value}`, wanted.slice(2)));
  }
  return (member) => {
    const { name, address, state, tags } = member;
    if (state === wanted || statusWord(member) === wanted) return true;
    return [name, address, ...Object.values(tags)].some((text) => holds(text, wanted));
  };
}

function holds(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted);
}
