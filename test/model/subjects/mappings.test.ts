import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalizeAccount } from "../../../provider/model/account/account";
import type { Mappings } from "../../../provider/model/subjects/mappings";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf } from "../../support/keys";

function problems(mappings: object): string[] {
  return codesAndPaths(accountDiagnostics({ name: "A", mappings: mappings as Mappings }));
}

const to = (...subjects: string[]) => subjects.map((subject) => ({ subject, weight: 1 }));

describe("the mappings of an account", () => {
  for (const [mappings, ...expected] of [
    [{ "a b": to("c") }, 'NA1101 mappings["a b"]'],
    [{ "*a": to("c") }, 'NA1101 mappings["*a"]'],
    [{ "$1.a": to("c") }, 'NA1102 mappings["$1.a"]'],
    [{ "{{x}}": to("c") }, 'NA1102 mappings["{{x}}"]'],
    [{ "a\"'": to("c") }, `NA1103 mappings["a\\"'"]`],
    [{ "a.*": to("c"), "a.b": to("d") }, 'NA1104 mappings["a.b"]'],
    [{ a: [] }, "NA1105 mappings.a"],
    [{ a: to("b", "b") }, "NA1107 mappings.a[1].subject"],
    ...[0, 101, 1.5, "5"].map((weight): [object, string] => [
      { a: [{ subject: "b", weight }] },
      "NA1008 mappings.a[0].weight",
    ]),
    [{ a: [{ subject: "b" }, { subject: "c", weight: 1 }] }, "NA1108 mappings.a"],
    [{ a: ["b", "c"].map((subject) => ({ subject, weight: 60, cluster: "x" })) }, "NA1108 mappings.a"],
    [{ a: [{ subject: "b", cluster: "" }] }, "NA1110 mappings.a[0].cluster"],
    [{ a: [{ subject: "a", cluster: "x" }] }, "NA1109 mappings.a[0].subject"],
    [
      {
        a: [
          { subject: "a", weight: 10 },
          { subject: "b", cluster: "x", weight: 50 },
        ],
      },
      "NA1109 mappings.a[0].subject",
    ],
    [{ a: to("b..c") }, "NA1101 mappings.a[0].subject"],
    [{ "a.*": to("b.*") }, 'NA1106 mappings["a.*"][0].subject'],
    [{ "a.>": to("b") }, 'NA1106 mappings["a.>"][0].subject'],
    [{ "a.*": to("b.$2") }, 'NA1106 mappings["a.*"][0].subject'],
    [{ "a.*": to("b.$0") }, 'NA1106 mappings["a.*"][0].subject'],
    [{ a: to("b.{{wildcard(1)}}") }, "NA1106 mappings.a[0].subject"],
    ...[
      "{{wildcard()}}",
      "{{WILDCARD(1)}}",
      "{{partition(0)}}",
      "{{split(1)}}",
      "{{left(1,x)}}",
      "{{other(1)}}",
      "{{x",
      "{{random(1,2)}}",
    ].map((token): [object, string] => [{ "a.*": to(`b.${token}`) }, 'NA1106 mappings["a.*"][0].subject']),
    [{ a: "b" }, "NA1003 mappings.a"],
    [{ a: [{ subject: "b", wieght: 1 }] }, "NA1001 mappings.a[0].wieght"],
    [{ toString: to("b") }, "NA1013 mappings.toString"],
  ] as [object, ...string[]][]) {
    it(`should be rejected when they are ${JSON.stringify(mappings)}`, () => {
      assert.deepEqual(problems(mappings), expected);
    });
  }

  it("should accept every function of nats-server", () => {
    const functions = ["Partition(3,1,2)", "partition(3)", "random(5)", "splitFromLeft(1,2)", "SplitFromRight(2,2)"];
    const more = ["sliceFromLeft(1,2)", "SliceFromRight(2,1)", "split(1,-)", "left(1,1)", "Right(2,1)", "wildcard(2)"];
    const subjects = [...functions, ...more].map((name) => `x.{{${name}}}.>`);
    assert.deepEqual(problems({ "a.*.*.>": to("$2.$1.>", ">", ...subjects) }), []);
    assert.deepEqual(problems({ "b'": to("$x.y", "{{partition(2)}}.{{random(3)}}", "$") }), []);
    const clusters = ["x", "y"].map((cluster) => ({ subject: cluster, cluster }));
    assert.deepEqual(problems({ c: [...clusters, { subject: "z", weight: 100 }] }), []);
    assert.deepEqual(problems({ c: [...clusters, { subject: "c", weight: 10 }] }), []);
    assert.deepEqual(problems({ x: [...clusters, { subject: "z" }] }), []);
  });

  it("should be normalized to a stable order, without default weights", () => {
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    const mappings = {
      b: [
        { subject: "z", weight: 50 },
        { subject: "y", weight: 50 },
      ],
      a: [{ subject: "x", weight: 100 }],
    };
    assert.equal(
      JSON.stringify(normalizeAccount({ ...account, mappings }).mappings),
      '{"a":[{"subject":"x"}],"b":[{"subject":"y","weight":50},{"subject":"z","weight":50}]}',
    );
    assert.equal(normalizeAccount({ ...account, mappings: {} }).mappings, undefined);
  });
});

describe("the message trace of an account", () => {
  it("should have a destination without wildcards, and a sampling from 1 to 100", () => {
    const trace = (destination: string, sampling: number) =>
      accountDiagnostics({ name: "A", trace: { destination, sampling } }).map(({ path }) => path);
    assert.deepEqual([trace("t", 1), trace("t", 100)], [[], []]);
    for (const [destination, sampling] of [
      ["t.*", 0],
      ["a b", 101],
    ] as const) {
      assert.deepEqual(trace(destination, sampling), ["trace.destination", "trace.sampling"]);
    }
  });
});
