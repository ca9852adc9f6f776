import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import { type AttachArgs, attachOptions, once } from "../options.ts";

interface ResolveArgs extends AttachArgs {
  readonly service?: string | undefined;
  readonly maxPhi?: number | undefined;
  readonly tag?: string | undefined;
  readonly near: boolean;
  readonly watch: boolean;
}

export const resolveCommand: CommandModule<object, ResolveArgs> = {
  command: "resolve [service]",
  describe: "Endpoints of a service, as a load balancer would get them; without one, all services",
  builder: (yargs) =>
    yargs.positional("service", { describe: "Name of the service", type: "string" }).options({
      ...attachOptions,
      "max-phi": {
        describe: "Your own threshold: endpoints above this level of suspicion are left out",
        type: "string",
        requiresArg: true,
        coerce: parsePhi,
      },
      tag: {
        describe: "Only endpoints with this tag",
        type: "string",
        requiresArg: true,
        coerce: once("--tag"),
      },
      near: {
        describe: "Nearest to the node first, by round trip",
        type: "boolean",
        default: false,
      },
      watch: { describe: "Tell every change until Ctrl-C", type: "boolean", default: false },
    }),
  handler: async (args) => {
    const [{ openSession }, { showService, showServices }] = await Promise.all([
      import("../session.ts"),
      import("../reading/show-services.ts"),
    ]);
    const { service, maxPhi, tag, near, watch } = args;
    const session = await openSession(args);
    if (service === undefined) await showServices(session);
    else await showService(session, { service, maxPhi, tag, nearSelf: near, watch });
  },
};

function parsePhi(value: unknown): number | undefined {
  const text = once("--max-phi")(value);
  if (text === undefined) return undefined;
  const phi = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (phi >= 0) return phi;
  throw new UsageError(
    `--max-phi: ${JSON.stringify(text)} is no level of suspicion; write a number such as 3 or 0.5`,
  );
}
