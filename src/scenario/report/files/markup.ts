/**
 * Text as the content or an attribute of XML and HTML; characters that XML has no place for become
 * `�`.
 */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(UNSPEAKABLE, "\ufffd");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot carry
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
