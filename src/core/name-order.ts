const ZERO = "0".charCodeAt(0);

/** A name with the text whose plain order is the natural one. */
export type OrderKey = readonly [natural: string, name: string];

/** The order of names as people count: n2 before n10. 0 for equal names alone. */
export function compareNames(a: string, b: string): number {
  return compareKeys(orderKey(a), orderKey(b));
}

/** The same for many: the key of each is made once. */
export function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, key: orderKey(nameOf(item)) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item);
}

/** What stands for a name in the order of names: for those who sort the same names again and again. */
export function orderKey(name: string): OrderKey {
  return [naturalKey(name), name];
}

/** The order of two names by their keys. 0 for equal names alone. */
export function compareKeys([a, aName]: OrderKey, [b, bName]: OrderKey): number {
  if (a !== b) return a < b ? -1 : 1;
  return aName === bName ? 0 : aName < bName ? -1 : 1;
}

/** A text whose plain order is the natural one: before each number stands how long it is. */
function naturalKey(name: string): string {
  return name.replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, "");
    return String.fromCharCode(ZERO + number.length) + number;
  });
}
