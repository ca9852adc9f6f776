import { lazyMembersBody } from "../bodies.ts";
import type { NodeApi } from "../node-api.ts";
import type { PathsBody } from "../path-types.ts";
import { jsonPieces } from "./json-pieces.ts";
import { metricsPage } from "./metrics-page.ts";
import { type PageMaker, type Pieces, SharedPage } from "./page-maker.ts";
import type { WaitingClients } from "./waiting.ts";

/** The pages that grow with the cluster, all of them made in turns. */
export function createPages(node: NodeApi, clients: WaitingClients, maker: PageMaker) {
  const share = (begin: () => Pieces, version = () => node.events.newest) =>
    new SharedPage({ maker, begin, version });
  const { name: self } = node.identity;
  const paths = node.paths && pathsOf(self, node.paths);
  return {
    /** Its version is its `index`. */
    members: share(() => jsonPieces(lazyMembersBody(node))),
    views: share(
      () => jsonPieces(node.views.read(node.snapshot())),
      () => node.events.newest + node.views.answers,
    ),
    metrics: share(() => metricsPage(node, clients)),
    /** Undefined where the node is a member itself, and no guest. */
    paths: paths && share(paths),
  };
}

function pathsOf(self: string, paths: NonNullable<NodeApi["paths"]>): () => Pieces {
  return () => jsonPieces({ v: 1, self, paths: paths() } satisfies PathsBody);
}
