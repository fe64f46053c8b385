import assert from "node:assert/strict";
import type { Claim, Difference } from "../../provider/parity/claims";
import { createRows } from "../../provider/parity/rows";

interface Thing {
  readonly size?: number;
  readonly open?: boolean;
  readonly networks?: readonly string[];
  readonly times?: { readonly zone?: string; readonly ranges: readonly { readonly from: string }[] };
  readonly parts?: Readonly<Record<string, { readonly size?: number }>>;
  readonly list?: readonly { readonly id: string }[];
}

const differs = <T>(example: T): Difference<T> => ({
  class: "N",
  severity: "security",
  operator: "src",
  example,
  consequence: (value, owner) => `${owner} has ${JSON.stringify(value)}`,
});

const THING: Claim<Thing> = {
  self: { parity: { class: "E", static: "thing", operator: "thing" } },
  members: {
    size: {
      parity: { class: "E", static: "max_size", operator: "size" },
      except: [{ when: "none", matches: (size) => size === 0, parity: { class: "M", operator: "size" } }],
    },
    open: { parity: { class: "E", static: "open", operator: "open" }, default: false },
    networks: { parity: differs(["10.0.0.0/8"]) },
    times: { parity: differs({ ranges: [{ from: "9" }] }), parts: { zone: "zone", ranges: { from: "from" } } },
    parts: {
      describe: (part, owner) => `${owner}/${part}`,
      entry: { members: { size: { parity: differs(1) } } },
    },
    list: {
      key: ({ id }) => id,
      describe: ({ id }, owner) => `${id} of ${owner}`,
      element: { members: { id: { parity: differs("x") } } },
    },
  },
};

const rows = (thing: Thing) => createRows(THING, thing, { name: "thing", owner: "it" });
const names = (thing: Thing) => rows(thing).map(({ name }) => name);

describe("createRows", () => {
  it("should create a row for an object without members", () => {
    assert.deepEqual(rows({}), [{ name: "thing", class: "E", static: "thing", operator: "thing" }]);
  });

  it("should create a row for each claim in the order of the table, whatever the order of the value", () => {
    const thing: Thing = { list: [{ id: "b" }, { id: "a" }], parts: { z: { size: 1 }, "a b": { size: 2 } }, size: 3 };
    assert.deepEqual(names(thing), [
      "thing",
      "thing.size",
      'thing.parts["a b"].size',
      "thing.parts.z.size",
      "thing.list.a.id",
      "thing.list.b.id",
    ]);
  });

  it("should omit default values", () => {
    assert.deepEqual(names({ open: false }), ["thing"]);
    assert.deepEqual(names({ open: true }), ["thing", "thing.open"]);
  });

  it("should contain the value, the settings of both sides and the consequence", () => {
    const [, row] = rows({ parts: { p: { size: 7 } } });
    assert.deepEqual(row, {
      name: "thing.parts.p.size",
      class: "N",
      value: "7",
      operator: "src",
      severity: "security",
      consequence: "it/p has 7",
    });
  });

  it("should use the parity of an exception when the value matches it", () => {
    assert.deepEqual(
      [0, 1].map((size) => rows({ size })[1]?.class),
      ["M", "E"],
    );
  });

  it("should not depend on the order of a list of strings", () => {
    const value = (networks: string[]) => rows({ networks })[1]?.value;
    assert.equal(value(["b", "a"]), '["a","b"]');
    assert.equal(value(["a", "b"]), value(["b", "a"]));
  });

  it("should report a claim with parts in one line of bounded length", () => {
    const [, row] = rows({ times: { zone: "\n".repeat(200), ranges: [] } });
    assert.ok((row?.value ?? "").length < 130);
    assert.doesNotMatch(row?.value ?? "", /\n/);
  });

  it("should redact a seed in a value", () => {
    const seed = `SU${"A".repeat(56)}`;
    assert.doesNotMatch(JSON.stringify(rows({ networks: [seed] })[1]?.value), new RegExp(seed));
  });

  it("should redact a seed in a name", () => {
    const seed = `SU${"A".repeat(56)}`;
    const [, row] = rows({ parts: { [seed]: { size: 1 } } });
    assert.deepEqual([row?.name, row?.consequence], ["thing.parts.(a seed).size", "it/(a seed) has 1"]);
  });
});
