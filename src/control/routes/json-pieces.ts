import type { Pieces } from "./page-maker.ts";

/** Elements of a list in one piece. */
export const ELEMENTS_AT_ONCE = 100;

/**
 * The JSON text of a body, of which a piece holds at most a hundred elements of any list. Lists may be anything that can be
 * walked through: what comes out of a generator is made with its piece.
 */
export function* jsonPieces(body: unknown): Pieces {
  if (isList(body)) yield* listPieces(body);
  else if (holdsLongList(body)) yield* objectPieces(body);
  else yield JSON.stringify(body);
}

type List = Iterable<unknown>;

function isList(value: unknown): value is List {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** How long a generator is, nobody knows before. */
function isLongList(value: unknown): value is List {
  return isList(value) && !(Array.isArray(value) && value.length <= ELEMENTS_AT_ONCE);
}

function holdsLongList(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.values(value).some(isLongList);
}

function* objectPieces(body: object): Pieces {
  let text = "{";
  let isFirst = true;
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined) continue;
    text += `${isFirst ? "" : ","}${JSON.stringify(key)}:`;
    isFirst = false;
    if (isLongList(value)) {
      yield text;
      yield* listPieces(value);
      text = "";
    } else text += JSON.stringify(value);
  }
  yield `${text}}`;
}

function* listPieces(list: List): Pieces {
  let separator = "[";
  let batch: unknown[] = [];
  function* flush(): Pieces {
    if (batch.length === 0) return;
    yield separator + JSON.stringify(batch).slice(1, -1);
    separator = ",";
    batch = [];
  }
  for (const element of list) {
    if (holdsLongList(element)) {
      yield* flush();
      yield separator;
      yield* objectPieces(element);
      separator = ",";
    } else if (batch.push(element) === ELEMENTS_AT_ONCE) yield* flush();
  }
  yield* flush();
  yield separator === "[" ? "[]" : "]";
}
