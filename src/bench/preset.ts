/** Presets that every benchmark knows by name. */
export const PRESET_NAMES = ["full", "short"] as const;

/** How much is measured: `full` gives figures; `short` does all of it once, to see that it works. */
export type Preset = (typeof PRESET_NAMES)[number];
