const ZERO = "0".charCodeAt(0);

/** The order of names as people count: n2 before n10. 0 for equal names alone. */
export function compareNames(a: string, b: string): number {
  return compareKeys([naturalKey(a), a], [naturalKey(b), b]);
}

/** The same for many: the key of each is made once. */
export function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const keyed = items.map((item) => {
    const name = nameOf(item);
    return { item, key: [naturalKey(name), name] as const };
  });
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item);
}

/** A text whose plain order is the natural one: before each number stands how long it is. */
function naturalKey(name: string): string {
  return name.replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, "");
    return String.fromCharCode(ZERO + number.length) + number;
  });
}

type Key = readonly [natural: string, name: string];

function compareKeys([a, aName]: Key, [b, bName]: Key): number {
  if (a !== b) return a < b ? -1 : 1;
  return aName === bName ? 0 : aName < bName ? -1 : 1;
}
