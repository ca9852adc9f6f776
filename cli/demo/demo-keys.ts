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
  if (!cluster.names.includes(name)) return `${name} is not a daemon of this demo`;
  const { is } = cluster.state.process(name);
  const later = (work: Promise<void>, done?: string) => {
    work.then(
      () => done !== undefined && tell(done),
      (error: Error) => tell(error.message),
    );
  };
  if (key === "R") {
    if (is !== "down") return `${name} runs already`;
    later(cluster.startOne(name), `${name} runs again`);
    return `${name} starts again`;
  }
  if (is === "down") return `${name} does not run; R starts it again`;
  if (key === "K") {
    later(cluster.end([name], "kill"));
    return `${name} is killed`;
  }
  if (key === "F" && is === "paused") {
    later(cluster.resume([name]));
    return `${name} is thawed`;
  }
  if (key === "F") {
    later(cluster.pause([name]));
    return `${name} is frozen; F thaws it`;
  }
  if (is === "paused") return `${name} is frozen and cannot say goodbye; F thaws it`;
  later(cluster.end([name], "stop"));
  return `${name} says goodbye`;
}
