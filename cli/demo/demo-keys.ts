import type { ExtraKeys } from "../dashboard/dashboard-session.ts";
import type { DemoCluster } from "./demo-cluster.ts";
import { DemoLinks } from "./demo-links.ts";

/** The keys that the demo adds to the dashboard: what is done to the selected daemon, and the answer that is shown. */
export function demoKeys(cluster: DemoCluster): ExtraKeys {
  const links = new DemoLinks(cluster);
  return {
    keys: [
      { key: "K", hint: "kill", help: "kill the selected daemon (SIGKILL)" },
      { key: "F", hint: "freeze", help: "freeze the selected daemon (SIGSTOP), or thaw it" },
      { key: "L", hint: "leave", help: "let the selected daemon say goodbye (SIGTERM)" },
      { key: "R", hint: "restart", help: "start the selected daemon again" },
      {
        key: "X",
        hint: "side",
        help: "put the selected daemon on the other side, or take it back",
      },
      {
        key: "C",
        hint: "cut",
        help: "cut the links between the sides (or to the selected daemon)",
      },
      { key: "O", hint: "one-way", help: "cut one way only: what the chosen side sends is lost" },
      { key: "H", hint: "heal", help: "heal all links" },
    ],
    marked: () => links.side,
    press: (key, member, tell) => {
      if (key === "X") tell(links.toggle(member));
      else if (key === "H") tellLater(links.heal(), tell);
      else if (key === "C" || key === "O") tellLater(links.cut(member, key === "O"), tell);
      else tell(act(cluster, key, member, tell));
    },
  };
}

function tellLater(done: Promise<string>, tell: (answer: string) => void): void {
  done.then(tell, (error: Error) => tell(error.message));
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
