import type { ExtraKeys } from "../dashboard/dashboard-session.ts";
import type { DemoCluster } from "./demo-cluster.ts";

/** The keys that the demo adds to the dashboard: what is done to the selected daemon, and the answer that is shown. */
export function demoKeys(cluster: DemoCluster): ExtraKeys {
  return {
    keys: [
      { key: "K", hint: "kill", help: "kill the selected daemon (SIGKILL)" },
      { key: "F", hint: "freeze", help: "freeze the selected daemon (SIGSTOP), or thaw it" },
      { key: "L", hint: "leave", help: "let the selected daemon say goodbye (SIGTERM)" },
      { key: "R", hint: "restart", help: "start the selected daemon again" },
    ],
    press: (key, member, tell) => tell(act(cluster, key, member, tell)),
  };
}

function act(
  cluster: DemoCluster,
  key: string,
  name: string,
  tell: (answer: string) => void,
): string {
  const daemon = cluster.daemons.find((each) => each.name === name);
  if (daemon === undefined) return `${name} is no daemon of this demo`;
  const isRunning = daemon.end === undefined;
  if (key === "R") return isRunning ? `${name} runs already` : restart(cluster, name, tell);
  if (!isRunning) return `${name} does not run; R starts it again`;
  if (key === "K") {
    daemon.signal("SIGKILL");
    return `${name} is killed`;
  }
  if (key === "F" && daemon.isFrozen) {
    daemon.thaw();
    return `${name} is thawed`;
  }
  if (key === "F") {
    daemon.freeze();
    return `${name} is frozen; F thaws it`;
  }
  if (daemon.isFrozen) return `${name} is frozen and cannot say goodbye; F thaws it`;
  daemon.signal("SIGTERM");
  return `${name} says goodbye`;
}

function restart(cluster: DemoCluster, name: string, tell: (answer: string) => void): string {
  cluster.start(name).then(
    () => tell(`${name} runs again`),
    (error: Error) => tell(error.message),
  );
  return `${name} starts again`;
}
