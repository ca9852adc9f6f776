import { ConfigError, connect, createNode, type MemberBody, NodeUnreachableError } from "hearsay";
import { defineScenario, runScenario, SimScenarioCluster } from "hearsay/scenario";

/** Uses each entry of the package, as a program that installs it does, and prints what came of it. */
async function main(daemonUrl: string): Promise<void> {
  const node = await createNode({ name: "embedded", services: ["web:8080"] });
  const members: readonly MemberBody[] = await node.members();
  const endpoint = await node.pick("web");
  console.log(
    "embedded:",
    members.map(({ name, state }) => `${name} ${state}`).join(),
    endpoint?.port,
  );
  await node.leave();

  const daemon = connect(daemonUrl);
  console.log("daemon:", (await daemon.self()).name);
  daemon.close();
  const nobody = connect("127.0.0.1:1");
  const unreachable = await nobody.self().catch((error: unknown) => error);
  console.log("nobody:", unreachable instanceof NodeUnreachableError);
  const wrong = await createNode({ probeIntervalMs: -1 }).catch((error: unknown) => error);
  console.log("wrong:", wrong instanceof ConfigError);

  const scenario = defineScenario({
    name: "a crash",
    nodes: ["a", "b", "c"],
    config: { profile: "local" },
    steps: [
      { start: "all" },
      { await: "converged", within: "10s" },
      { kill: "c" },
      { await: { detected: "c" }, within: "3s" },
    ],
  });
  const { outcome, failure } = await runScenario(scenario, {
    cluster: new SimScenarioCluster(scenario),
  });
  console.log("scenario:", outcome, failure);
}

void main(process.argv[2] ?? "");
