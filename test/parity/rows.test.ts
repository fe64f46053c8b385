import assert from "node:assert/strict";
import type { Claim, Difference } from "../../provider/parity/claims";
import { rowsOf } from "../../provider/parity/rows";

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
  consequence: (value, who) => `${who} has ${JSON.stringify(value)}`,
});

const THING: Claim<Thing> = {
  self: { parity: { class: "E", static: "thing", operator: "thing" } },
  members: {
    size: {
      parity: { class: "E", static: "max_size", operator: "size" },
      except: [{ when: "none", holds: (size) => size === 0, parity: { class: "M", operator: "size" } }],
    },
    open: { parity: { class: "E", static: "open", operator: "open" }, silent: false },
    networks: { parity: differs(["10.0.0.0/8"]) },
    times: { parity: differs({ ranges: [{ from: "9" }] }), parts: { zone: "zone", ranges: { from: "from" } } },
    parts: {
      who: (part, owner) => `${owner}/${part}`,
      entry: { members: { size: { parity: differs(1) } } },
    },
    list: {
      key: ({ id }) => id,
      who: ({ id }, owner) => `${id} of ${owner}`,
      element: { members: { id: { parity: differs("x") } } },
    },
  },
};

const rows = (thing: Thing) => rowsOf(THING, thing, { name: "thing", who: "it" });
const names = (thing: Thing) => rows(thing).map(({ name }) => name);

describe("the rows of a report", () => {
  it("should be one for the thing itself alone when it claims nothing", () => {
    assert.deepEqual(rows({}), [{ name: "thing", class: "E", static: "thing", operator: "thing" }]);
  });

  it("should be one for each claim, in the order of the table, when things are said in any order", () => {
    const said: Thing = { list: [{ id: "b" }, { id: "a" }], parts: { z: { size: 1 }, "a b": { size: 2 } }, size: 3 };
    assert.deepEqual(names(said), [
      "thing",
      "thing.size",
      'thing.parts["a b"].size',
      "thing.parts.z.size",
      "thing.list.a.id",
      "thing.list.b.id",
    ]);
  });

  it("should leave out what says the same as saying nothing", () => {
    assert.deepEqual(names({ open: false }), ["thing"]);
    assert.deepEqual(names({ open: true }), ["thing", "thing.open"]);
  });

  it("should say the value, what each side says, and what follows for what has the claim", () => {
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

  it("should say an exception when the value is one", () => {
    assert.deepEqual(
      [0, 1].map((size) => rows({ size })[1]?.class),
      ["M", "E"],
    );
  });

  it("should say the same when a list of texts is in another order", () => {
    const value = (networks: string[]) => rows({ networks })[1]?.value;
    assert.equal(value(["b", "a"]), '["a","b"]');
    assert.equal(value(["a", "b"]), value(["b", "a"]));
  });

  it("should tell a claim that has parts as a whole, on one line of a bounded length", () => {
    const [, row] = rows({ times: { zone: "\n".repeat(200), ranges: [] } });
    assert.ok((row?.value ?? "").length < 130);
    assert.doesNotMatch(row?.value ?? "", /\n/);
  });

  it("should hide seeds that stand in a value by a slip", () => {
    const seed = `SU${"A".repeat(56)}`;
    assert.doesNotMatch(JSON.stringify(rows({ networks: [seed] })[1]?.value), new RegExp(seed));
  });

  it("should hide seeds that are the name of something by a slip", () => {
    const seed = `SU${"A".repeat(56)}`;
    const [, row] = rows({ parts: { [seed]: { size: 1 } } });
    assert.deepEqual([row?.name, row?.consequence], ["thing.parts.(a seed).size", "it/(a seed) has 1"]);
  });
});
