import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type CheckOutcome, type CheckRun, outcomeOfError, shorten } from "./check-outcome.ts";
import { noteResolving } from "./resolving.ts";

const BODY_BYTES_MAX = 1024;

/** Asks `url` once, over a connection of its own; any status from 200 to 299 passes. Redirects are not followed. */
export function runHttpCheck(url: string, run: CheckRun): Promise<CheckOutcome> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const headers = { "user-agent": "hearsay", connection: "close" };
    const sent = request(url, { agent: false, headers, signal: run.signal }, (response) => {
      const { statusCode = 0, statusMessage = "" } = response;
      const result = statusCode >= 200 && statusCode < 300 ? "passed" : "failed";
      void readStart(response).then((text) => {
        sent.destroy();
        resolve({ result, output: shorten(`HTTP ${statusCode} ${statusMessage}: ${text}`) });
      });
    });
    sent.on("socket", (socket) => noteResolving(run, sent.host, socket));
    sent.on("error", (error) => resolve(outcomeOfError(error)));
    sent.end();
  });
}

/** The first bytes of a body that may never end. */
async function readStart(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString("utf8", 0, BODY_BYTES_MAX);
      if (text.length >= BODY_BYTES_MAX) break;
    }
  } catch {
    // The status is what counts.
  }
  return text;
}
