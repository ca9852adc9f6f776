/** A query with EDNS0 as it goes over the wire (RFC 1035, RFC 6891), for answers of up to 8 KiB. */
export function srvQuery(name: string): Buffer {
  const labels = name.split(".").map((label) => String.fromCharCode(label.length) + label);
  const head = Buffer.from("000101000001000000000001", "hex");
  const tail = Buffer.from("00002100010000292000000000000000", "hex");
  return Buffer.concat([head, Buffer.from(labels.join(""), "latin1"), tail]);
}
