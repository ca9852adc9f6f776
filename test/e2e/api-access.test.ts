import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTokenFile } from "../../src/keys/token-file.ts";
import { lacksOpenssl, makeCertificate } from "../certificates.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { localCluster } from "./local-cluster.ts";
import { runHearsay } from "./run-hearsay.ts";

describe.skipIf(lacksOpenssl)(
  "an API with tokens and TLS, where openssl can make a certificate,",
  () => {
    test("is used by commands that name both, and says to others what they lack", async () => {
      const directory = temporaryDirectory();
      const [full, read, foreign] = ["full", "read", "foreign"].map((name) =>
        join(directory, name),
      ) as [string, string, string];
      for (const path of [full, read, foreign]) createTokenFile(path);
      const { cert, key } = makeCertificate(directory);
      const files = [
        "--api-token-file",
        full,
        "--api-read-token-file",
        read,
        "--api-cert",
        cert,
        "--api-key",
        key,
      ];
      const cluster = localCluster(["n1"], files);
      try {
        const { api } = await cluster.startOne("n1");
        const env = { HEARSAY_ATTACH: `https://${api}`, HEARSAY_CA_FILE: cert };
        const [members, picture, event, stranger, nobody] = await Promise.all([
          runHearsay(["members", "--token-file", read], env),
          runHearsay(["dashboard", "--snapshot"], { ...env, HEARSAY_TOKEN_FILE: read }),
          runHearsay(["event", "deploy", "--token-file", read], env),
          runHearsay(["members", "--token-file", foreign], env),
          runHearsay(["members"], env),
        ]);
        expect(members).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining("n1 (self)"),
        });
        expect(picture).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("n1") });
        expect(event).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/may only read/),
        });
        expect(stranger).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/is not one of this node/),
        });
        expect(nobody).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/requires a token/),
        });
        expect((await runHearsay(["leave", "--token-file", full], env)).exitCode).toBe(0);
      } finally {
        await cluster.close();
      }
    });
  },
);
