import { replaceHarmful } from "./safe-text.ts";

/**
 * Text as the content or an attribute of XML and HTML; characters that XML has no place for, or that act on whatever shows the
 * file, become `�`.
 */
export function escapeMarkup(text: string): string {
  return replaceHarmful(text, () => "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(UNSPEAKABLE, "\ufffd");
}

const UNSPEAKABLE = /[\ufffe\uffff]/g;
