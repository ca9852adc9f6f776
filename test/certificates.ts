import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** In CI it is installed; elsewhere: apt-get install openssl. */
export const lacksOpenssl =
  process.env.CI === undefined && spawnSync("openssl", ["version"]).error !== undefined;

/** A certificate that is its own authority, for 127.0.0.1 and node.test, and its private key, mode 0600. */
export function makeCertificate(directory: string, name = "api", days = 30) {
  const cert = join(directory, `${name}.pem`);
  const key = join(directory, `${name}.key`);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-subj", "/CN=hearsay test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:node.test"],
      ...["-days", String(days), "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  return { cert, key };
}
