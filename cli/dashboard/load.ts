import { setFlagsFromString } from "node:v8";

/**
 * Loads what draws: Ink and React cost 200 ms and 40 MB, which no other command is to pay. Where `DEV=true`, as many shells
 * say for reasons of their own, Ink would look for React's developer tools, which are not here.
 */
export async function loadDashboard() {
  delete process.env.DEV;
  // Every frame is garbage soon: a young generation that may not grow keeps a dashboard that is left open 25 MB smaller.
  setFlagsFromString("--semi-space-growth-factor=1");
  const [{ runDashboard }, { printSnapshot }, { pictureWhen }] = await Promise.all([
    import("./run-dashboard.tsx"),
    import("./print-snapshot.ts"),
    import("./picture-when.ts"),
  ]);
  return { runDashboard, printSnapshot, pictureWhen };
}
