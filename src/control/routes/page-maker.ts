import type { Millis } from "../../core/member.ts";
import { Turns } from "./turns.ts";

/** A page as text, piece by piece. Each piece is little work. */
export type Pieces = Generator<string, void>;

/** Between two slices of time: enough for the datagrams that came. */
const PAUSE_MS: Millis = 1;

interface Making {
  readonly begin: () => Pieces;
  readonly resolve: (bytes: Buffer<ArrayBuffer>) => void;
  readonly reject: (error: unknown) => void;
  readonly made: Buffer[];
  pieces: Pieces | undefined;
}

/** Makes pages piece by piece, in slices of time and in turns, so that a page of thousands of members does not hold the event loop. */
export class PageMaker {
  private readonly turns = new Turns<Making>((making) => this.advance(making), undefined, PAUSE_MS);

  /** What the pieces are together, in UTF-8. `begin` is called in the page's first turn. Rejects with what they throw. */
  make(begin: () => Pieces): Promise<Buffer<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.turns.add({ begin, resolve, reject, made: [], pieces: undefined });
    });
  }

  private advance(making: Making): void {
    try {
      making.pieces ??= making.begin();
      const { value, done } = making.pieces.next();
      if (done === true) {
        making.resolve(Buffer.concat(making.made));
        return;
      }
      making.made.push(Buffer.from(value));
    } catch (error) {
      making.reject(error);
      return;
    }
    this.turns.add(making);
  }
}

/** A page as it is sent. */
export interface Page {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Of what it shows. */
  readonly version: number;
}

/** What a page is made of. */
export interface SharedPageOptions {
  readonly maker: PageMaker;
  readonly begin: () => Pieces;
  /** Grows with whatever makes the page another one; with equal versions, only ages differ. */
  readonly version: () => number;
}

interface Made {
  readonly page: Promise<Page>;
  /** When it was begun, and of what version; undefined while it waits for its first turn. */
  begun: { readonly atMs: Millis; readonly version: number } | undefined;
  isDone: boolean;
}

/** One page of the API, made once for all who ask for it at the same time. */
export class SharedPage {
  private readonly options: SharedPageOptions;
  private latest: Made | undefined;

  constructor(options: SharedPageOptions) {
    this.options = options;
  }

  /** The page of now. One that was begun at most `agedMs` ago is as good, if its version is that of now. */
  read(agedMs: Millis = 0): Promise<Page> {
    if (this.latest === undefined || !this.isOfNow(this.latest, agedMs)) this.latest = this.make();
    return this.latest.page;
  }

  private isOfNow({ begun, isDone }: Made, agedMs: Millis): boolean {
    if (begun === undefined) return true;
    if (begun.version !== this.options.version()) return false;
    return !isDone || performance.now() - begun.atMs <= agedMs;
  }

  private make(): Made {
    const { maker, begin, version } = this.options;
    let versionMade = 0;
    const bytes = maker.make(() => {
      versionMade = version();
      made.begun = { atMs: performance.now(), version: versionMade };
      return begin();
    });
    const page = bytes
      .then((bytes) => ({ bytes, version: versionMade }))
      .finally(() => {
        made.isDone = true;
      });
    const made: Made = { page, begun: undefined, isDone: false };
    return made;
  }
}
