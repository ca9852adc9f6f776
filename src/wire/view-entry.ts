import type { ViewEntry } from "../core/member.ts";
import {
  arrayField,
  nameField,
  nullableField,
  phiField,
  phiToWire,
  spanToWire,
  uint32Field,
} from "./fields.ts";
import type { WireValue } from "./msgpack.ts";
import type { Reading } from "./reading.ts";
import { stateField, stateToWire } from "./update.ts";

/** One entry of a view page as it travels. */
export function viewEntryToWire(entry: ViewEntry): WireValue {
  return [
    entry.name,
    stateToWire(entry.state),
    entry.incarnation,
    entry.heardAgoMs === null ? null : spanToWire(entry.heardAgoMs),
    entry.phi === null ? null : phiToWire(entry.phi),
  ];
}

/** An entry of a view page; undefined where its state is of a newer version. @throws WireError `field` */
export function parseViewEntry(value: unknown, reading: Reading): ViewEntry | undefined {
  const fields = arrayField(value, "entry", 5);
  const state = stateField(fields[1], reading);
  if (state === undefined) return undefined;
  return {
    name: nameField(fields[0], "entry name"),
    state,
    incarnation: uint32Field(fields[2], "entry incarnation"),
    heardAgoMs: nullableField(fields[3], "entry heardAgoMs", uint32Field),
    phi: nullableField(fields[4], "entry phi", phiField),
  };
}
