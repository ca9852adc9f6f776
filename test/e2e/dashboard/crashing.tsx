import { Text } from "ink";
import { runDashboard } from "../../../cli/dashboard/run-dashboard.tsx";

let frames = 0;

/** Draws one frame, and breaks in the next. */
function Breaking() {
  frames += 1;
  if (frames > 2) throw new Error("a component broke");
  return <Text>drawn</Text>;
}

const url = process.argv[2] ?? "";
try {
  await runDashboard({ target: { url }, style: { color: false, ascii: false }, draw: Breaking });
} catch (error) {
  process.stderr.write(`crashed: ${(error as Error).message}\n`);
  process.exitCode = 70;
}
