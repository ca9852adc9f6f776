import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import { isPresent } from "../../core/member.ts";
import type { ForgetBody, JoinBody, LeaveBody, ReloadBody } from "../api-types.ts";
import type { NodeApi } from "../node-api.ts";
import { limitBody } from "./body-limit.ts";
import { readJsonBody } from "./json-body.ts";
import { readJoinJson, readMemberParam } from "./parameters.ts";

const JOIN_EXAMPLE = '{"addresses": ["10.0.0.5:7946"]}';

/** Everything that changes something. */
export function writeRoutes(node: NodeApi) {
  return new Hono()
    .post("/leave", async (context) => context.json<LeaveBody>(await node.leave()))
    .post("/reload", async (context) => context.json<ReloadBody>(await node.reload()))
    .post("/join", limitBody(), async (context) => {
      const { addresses } = await readJsonBody(context, JOIN_EXAMPLE, readJoinJson);
      return context.json<JoinBody>(await node.join(addresses));
    })
    .delete("/members/:name", validator("param", readMemberParam), (context) => {
      const { name } = context.req.valid("param");
      forget(node, name);
      return context.json<ForgetBody>({ v: 1, forgotten: name });
    });
}

function forget(node: NodeApi, name: string): void {
  if (name === node.identity.name) {
    throw new HTTPException(409, {
      message: `${name} is this node itself; let it leave with \`hearsay leave\``,
    });
  }
  const member = node.snapshot().members.find((each) => each.record.name === name);
  if (member === undefined || member.state === "forgotten") {
    throw new HTTPException(404, {
      message: `${node.identity.name} knows no member called ${name}`,
    });
  }
  if (isPresent(member.state)) {
    throw new HTTPException(409, {
      message: `${name} is ${member.state}; only dead members and those that left can be forgotten`,
    });
  }
  node.submit({ kind: "forget", member: name });
}
