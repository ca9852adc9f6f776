import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TokenTexts } from "../../control/access.ts";
import type { TlsIdentity } from "../../control/listener.ts";
import { ConfigError } from "../../core/errors.ts";
import { readSecretFile } from "../../keys/secret-file.ts";
import { readTokenFile } from "../../keys/token-file.ts";
import type { DaemonSettings } from "../settings.ts";

/** The files of secrets of an API, by their settings. */
export type ApiFiles = Pick<
  DaemonSettings,
  "apiTokenFile" | "apiReadTokenFile" | "apiCert" | "apiKey"
>;

/** What the files of the control API hold at the moment. */
export interface ApiSecrets {
  readonly tokens: TokenTexts;
  readonly tls: CheckedTls | undefined;
}

/** A certificate and its key, which fit. */
export interface CheckedTls extends TlsIdentity {
  /** Host names and addresses that the certificate is for. */
  readonly names: readonly string[];
  readonly validTo: Date;
  /** What an operator should know of a certificate that is served. */
  readonly warning: string | undefined;
}

const SOON_MS = 14 * 24 * 3600 * 1000;

/**
 * Reads them, and checks what can be checked.
 *
 * @throws ConfigError of one line that says nothing of what is secret
 */
export function readApiSecrets(settings: ApiFiles, now = new Date()): ApiSecrets {
  const { apiTokenFile, apiReadTokenFile, apiCert, apiKey } = settings;
  const full = tokensOf("apiTokenFile", apiTokenFile);
  const read = tokensOf("apiReadTokenFile", apiReadTokenFile);
  if (read.some((token) => full.includes(token))) {
    throw new ConfigError(
      `apiReadTokenFile: ${apiReadTokenFile} contains a token that is also in apiTokenFile, which may do everything; ` +
        "make another with hearsay keygen --token",
    );
  }
  const tls = apiCert === null || apiKey === null ? undefined : readTls(apiCert, apiKey, now);
  return { tokens: { full, read }, tls };
}

function tokensOf(setting: string, path: string | null): readonly string[] {
  return path === null ? [] : readTokenFile(setting, path);
}

function readTls(certPath: string, keyPath: string, now: Date): CheckedTls {
  const cert = readCertificateText(certPath);
  const certificate = parse(
    () => new X509Certificate(cert),
    `apiCert: ${certPath} is not a certificate in PEM; it begins with -----BEGIN CERTIFICATE-----`,
  );
  const remedy = "name the private key of the certificate";
  const key = readSecretFile({
    ...{ setting: "apiKey", path: keyPath, content: "the private key", remedy },
  });
  const privateKey = parse(
    () => createPrivateKey(key),
    `apiKey: ${keyPath} is not a private key in PEM without a passphrase; ${remedy}`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(
      `apiKey: ${keyPath} is not the key of the certificate ${certPath}; ${remedy}`,
    );
  }
  const validTo = new Date(certificate.validTo);
  if (validTo <= now) {
    throw new ConfigError(
      `apiCert: ${certPath} expired on ${dayOf(validTo)} (it is ${dayOf(now)} here); put a new one in its place`,
    );
  }
  return { cert, key, names: namesIn(certificate), validTo, warning: warningOf() };

  function warningOf(): string | undefined {
    const validFrom = new Date(certificate.validFrom);
    if (validFrom > now) {
      return `apiCert: ${certPath} is valid from ${dayOf(validFrom)}, and it is ${dayOf(now)} here; is the clock right?`;
    }
    if (validTo.getTime() - now.getTime() > SOON_MS) return undefined;
    return `apiCert: ${certPath} expires on ${dayOf(validTo)}; put a new one in its place, and hearsay reload`;
  }
}

function readCertificateText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`apiCert: ${path} cannot be read (${why}); name a certificate in PEM`);
  }
}

/** OpenSSL's own messages could quote the file. */
function parse<T>(read: () => T, complaint: string): T {
  try {
    return read();
  } catch {
    throw new ConfigError(complaint);
  }
}

function namesIn({ subjectAltName = "" }: X509Certificate): string[] {
  return Array.from(subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s"]+)/g), ([, name = ""]) =>
    name.toLowerCase(),
  );
}

function dayOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 10);
}
