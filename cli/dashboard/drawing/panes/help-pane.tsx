import { formatCount } from "../../../../src/text/quantities.ts";
import { KEY_MAP } from "../../keys/key-map.ts";
import type { Scene } from "../../model/scene.ts";
import type { Line, Theme } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";
import { keyName } from "../key-bar.ts";
import { Pane } from "../pane.tsx";

const KEY_CELLS = 20;

/** Every key, from the key map, and what the signs mean. */
export function HelpPane({ scene, theme }: { readonly scene: Scene; readonly theme: Theme }) {
  const { columns, rows } = scene.layout.size;
  const keys = [
    ...KEY_MAP,
    ...scene.extraKeys.map(({ key, help }) => ({ help: `${key}  ${help}` })),
  ];
  const lines = [
    ...legend(theme),
    ...keys.map(({ help }) => {
      const [key = "", ...what] = keyName(theme, help).split("  ");
      return {
        spans: [
          { text: ` ${key.padEnd(KEY_CELLS)}`, tone: "key" as const },
          { text: what.join("  ") },
        ],
      };
    }),
  ];
  const room = rows - 5;
  const from = Math.max(0, Math.min(scene.ui.helpFrom, lines.length - room));
  const below = lines.length - from - room;
  return (
    <Pane
      theme={theme}
      place={{ columns, rows: rows - 3 }}
      isFocused
      title={[{ text: "help", tone: "strong" }]}
      lines={lines.slice(from)}
      footer={{ right: below > 0 ? `${formatCount(below, "line")} below` : "esc close" }}
    />
  );
}

function legend({ glyphs }: Theme): Line[] {
  const { alive, suspect, dead, left, phi, heard, notHeard } = glyphs;
  return [
    plainLine(
      ` ${alive} alive  ${suspect} suspect  ${dead} dead  ${left} left   ${heard} heard  ${notHeard} not heard`,
    ),
    plainLine(` ${phi} = -log10 P(silent so long | alive); 8 is one in 10^8`),
  ];
}
