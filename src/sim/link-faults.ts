import { type LinkFault, type LinkRules, linkFault } from "../transport/link-rules.ts";

/** What link rules, which name processes, come to between hosts. */
export class LinkFaults {
  private readonly rules: LinkRules;
  private readonly nameOf: (host: string) => string | undefined;
  private readonly found = new Map<string, Map<string, LinkFault | undefined>>();

  constructor(rules: LinkRules, nameOf: (host: string) => string | undefined) {
    this.rules = rules;
    this.nameOf = nameOf;
  }

  /** Undefined where no rule speaks of the link. Each pair is looked up once. */
  between(from: string, to: string): LinkFault | undefined {
    let ofHost = this.found.get(from);
    if (ofHost === undefined) {
      ofHost = new Map();
      this.found.set(from, ofHost);
    }
    if (!ofHost.has(to)) ofHost.set(to, this.find(from, to));
    return ofHost.get(to);
  }

  private find(from: string, to: string): LinkFault | undefined {
    const sender = this.nameOf(from);
    return sender === undefined ? undefined : linkFault(this.rules, sender, this.nameOf(to));
  }
}
