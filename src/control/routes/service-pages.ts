import type { MemberName } from "../../core/member.ts";
import type { ServiceAnswer } from "../../discovery/directory/live-query.ts";
import type { NodeApi } from "../node-api.ts";
import { ELEMENTS_AT_ONCE, jsonPieces } from "./json-pieces.ts";
import type { PageMaker } from "./page-maker.ts";
import { lazyServiceBody, serviceBody } from "./service-bodies.ts";

type Bytes = Promise<Buffer<ArrayBuffer>>;

/** Answers about services as they are sent, each made once for all who ask within the same moment; long ones piece by piece. */
export class ServicePages {
  private readonly pages = new WeakMap<ServiceAnswer, Bytes>();
  private readonly frames = new WeakMap<ServiceAnswer, Bytes>();
  private readonly self: MemberName;
  private readonly startId: string;
  private readonly maker: PageMaker;

  constructor({ identity }: Pick<NodeApi, "identity">, maker: PageMaker) {
    this.self = identity.name;
    this.startId = identity.startId;
    this.maker = maker;
  }

  /** `GET /v1/services/:name`. */
  page(answer: ServiceAnswer): Bytes {
    return once(this.pages, answer, () => {
      // Most are short, and thousands may wait for one: it is not made to wait for its turn.
      if (answer.known > ELEMENTS_AT_ONCE) {
        return this.maker.make(() => jsonPieces(lazyServiceBody(this.self, answer)));
      }
      return Promise.resolve(Buffer.from(JSON.stringify(serviceBody(this.self, answer))));
    });
  }

  /** The same as a frame of `GET /v1/services/:name/watch`. */
  frame(answer: ServiceAnswer): Bytes {
    return once(this.frames, answer, async () => {
      const head = Buffer.from(`id: ${this.startId}:${answer.index}\ndata: `);
      return Buffer.concat([head, await this.page(answer), FRAME_END]);
    });
  }
}

const FRAME_END = Buffer.from("\n\n");

function once(made: WeakMap<ServiceAnswer, Bytes>, answer: ServiceAnswer, make: () => Bytes) {
  const known = made.get(answer);
  if (known !== undefined) return known;
  const bytes = make();
  made.set(answer, bytes);
  return bytes;
}
