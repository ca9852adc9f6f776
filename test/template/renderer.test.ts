import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { EndpointBody, ServiceBody } from "../../src/control/service-types.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { openRenderer, type ServiceWish, type TemplateData } from "../../src/template/renderer.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});
const DATA = { self: { name: "n1" }, members: [], services: [] } as unknown as TemplateData;

/** What each service answers; those that are not here have no endpoints. */
function answering(endpoints: Readonly<Record<string, readonly Partial<EndpointBody>[]>>) {
  const wishes: ServiceWish[] = [];
  const ask = async (wish: ServiceWish) => {
    wishes.push(wish);
    return { endpoints: endpoints[wish.name] ?? [], panic: null } as unknown as ServiceBody;
  };
  return { wishes, ask };
}

async function render(text: string, ask = answering({}).ask): Promise<string> {
  const path = join(directory, "in.tpl");
  writeFileSync(path, text);
  return openRenderer(path).render(DATA, ask);
}

const LOOP =
  "{% assign web = 'web' | service %}{% for e in web.endpoints %}{{ e.address }};{% endfor %}";

test("a template loops over the endpoints of the services it asks for", async () => {
  const { ask } = answering({ web: [{ address: "10.0.0.1:80" }, { address: "10.0.0.2:80" }] });
  expect(await render(LOOP, ask)).toBe("10.0.0.1:80;10.0.0.2:80;");
});

test("a service that nobody offers has no endpoints", async () => {
  expect(await render(`${LOOP}done`)).toBe("done");
});

test("a template has its own threshold, tag and order", async () => {
  const { ask, wishes } = answering({});
  await render("{% assign w = 'web' | service: max_phi: 3, tag: 'blue', near: true %}", ask);
  expect(wishes).toEqual([{ name: "web", maxPhi: 3, tag: "blue", nearSelf: true }]);
});

test("what a member says of itself is data, never template", async () => {
  const meta = { motd: "{{ self.name }}{% for %}" };
  const { ask } = answering({ web: [{ meta }] });
  const text =
    "{% assign w = 'web' | service %}{{ w.endpoints[0].meta.motd }} {{ w.endpoints[0].meta.motd | json }}";
  expect(await render(text, ask)).toBe(`${meta.motd} ${JSON.stringify(meta.motd)}`);
});

test.each([
  ["{{ nope }}", /undefined variable: nope/],
  ["{{ self.nope }}", /undefined variable: self.nope/],
  ["{{ self.name | nope }}", /undefined filter: nope/],
  ["{% for %}", /illegal tag: {% for %}/],
  ["{% if true %}", /tag {% if true %} not closed/],
  [
    "{{ 'web' | service: maxPhi: 3 }}",
    /service: takes max_phi: 3, tag: 'blue' and near: true, not maxPhi/,
  ],
  ["{{ self.constructor }}", /undefined variable: self.constructor/],
])("%s is its writer's mistake, told with file and line", async (text, message) => {
  const mistake = await render(text).catch((error: unknown) => error);
  expect(mistake).toBeInstanceOf(ConfigError);
  expect((mistake as Error).message).toMatch(message);
  expect((mistake as Error).message).toMatch(/^template: [^\n]*file:[^\n]*; correct it$/);
});

test("a template that never ends is ended", async () => {
  const text =
    "{% for i in (1..100000) %}{% for j in (1..100000) %}{{ j }}{% endfor %}{% endfor %}";
  await expect(render(text)).rejects.toThrow(/limit/);
});

test("what the node says is not the template's mistake", async () => {
  const away = new Error("no hearsay node at …");
  await expect(render(LOOP, () => Promise.reject(away))).rejects.toBe(away);
});
