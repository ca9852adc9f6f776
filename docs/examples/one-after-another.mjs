// Kills one node after the other, and checks what the others believe with a function.
//
//   npx hearsay run --sim docs/examples/one-after-another.mjs
import { defineScenario } from "hearsay/scenario";

const nodes = ["a", "b", "c", "d", "e"];

export default defineScenario({
  name: "one after another",
  nodes,
  config: { profile: "local" },
  steps: [
    { start: "all" },
    { await: "converged", within: "10s" },
    ...["b", "c"].flatMap((node) => [{ kill: node }, { await: { detected: node }, within: "3s" }]),
    {
      title: "everybody counts three",
      check: (view) => {
        const wrong = view.viewers.find((viewer) => {
          const states = nodes.map((member) => view.belief(viewer, member)?.state);
          return states.filter((state) => state === "alive").length !== 3;
        });
        return wrong && `${wrong} does not`;
      },
      within: "1s",
    },
  ],
});
