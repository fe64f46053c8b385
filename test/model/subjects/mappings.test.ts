import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalAccount } from "../../../provider/model/account/account";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import type { Mappings } from "../../../provider/model/subjects/mappings";
import { keyOf } from "../../support/keys";

function problems(mappings: object): string[] {
  return accountDiagnostics({ name: "A", mappings: mappings as Mappings }).map(formatDiagnostic);
}

const to = (...subjects: string[]) => subjects.map((subject) => ({ subject, weight: 1 }));

describe("the mappings of an account", () => {
  for (const [mappings, ...expected] of [
    [{ "a b": to("c") }, /^mappings\["a b"\]: contains white space/],
    [{ "*a": to("c") }, /^mappings\["\*a"\]: has the token "\*a"/],
    [{ "$1.a": to("c") }, /^mappings\["\$1\.a"\]: has the token "\$1", which has a meaning of its own/],
    [{ "{{x}}": to("c") }, /^mappings\["\{\{x\}\}"\]: has the token "\{\{x\}\}"/],
    [{ "a\"'": to("c") }, /: has both kinds of quotes, which a static configuration cannot write/],
    [{ "a.*": to("c"), "a.b": to("d") }, /^mappings\["a\.b"\]: overlaps with the mapping of "a\.\*"/],
    [{ a: [] }, /^mappings\.a = \[\]: maps messages to nothing/],
    [{ a: to("b", "b") }, /^mappings\.a\[1\]\.subject = "b": is the subject of \[0\] already/],
    ...[0, 101, 1.5, "5"].map((weight): [object, RegExp] => [
      { a: [{ subject: "b", weight }] },
      /^mappings\.a\[0\]\.weight = .*: is no weight; a weight is a whole number from 1 to 100/,
    ]),
    [
      { a: [{ subject: "b" }, { subject: "c", weight: 1 }] },
      /^mappings\.a: has weights that are 101 of a hundred together\. /,
    ],
    [
      { a: ["b", "c"].map((subject) => ({ subject, weight: 60, cluster: "x" })) },
      /^mappings\.a: has weights that are 120 of a hundred together in cluster "x"/,
    ],
    [{ a: [{ subject: "b", cluster: "" }] }, /^mappings\.a\[0\]\.cluster = "": is no name of a cluster/],
    [
      { a: [{ subject: "a", cluster: "x" }] },
      /^mappings\.a\[0\]\.subject = "a": is the source itself, for which other clusters lose/,
    ],
    [
      {
        a: [
          { subject: "a", weight: 10 },
          { subject: "b", cluster: "x", weight: 50 },
        ],
      },
      /^mappings\.a\[0\]\.subject = "a": is the source itself/,
    ],
    [{ "a.*": to("b.*") }, /subject = "b\.\*": has a "\*"; a wildcard of the source comes back by its number/],
    [{ "a.>": to("b") }, /subject = "b": must end in ">" exactly when the source \("a\.>"\) does/],
    [{ "a.*": to("b.$2") }, /subject = "b\.\$2": names the wildcard 2, and the source has 1/],
    [{ "a.*": to("b.$0") }, /names the wildcard 0, and the source has 1/],
    [{ a: to("b.{{wildcard(1)}}") }, /has "\{\{wildcard\(1\)\}\}", and the source has no wildcards/],
    ...[
      "{{wildcard()}}",
      "{{WILDCARD(1)}}",
      "{{partition(0)}}",
      "{{split(1)}}",
      "{{left(1,x)}}",
      "{{other(1)}}",
      "{{x",
      "{{random(1,2)}}",
    ].map((token): [object, RegExp] => [
      { "a.*": to(`b.${token}`) },
      /, which is no function of nats-server with the arguments that it takes/,
    ]),
    [{ a: "b" }, /^mappings\.a = "b": is not a list/],
    [{ a: [{ subject: "b", wieght: 1 }] }, /^mappings\.a\[0\]\.wieght: is no key that is known here/],
  ] as [object, ...RegExp[]][]) {
    it(`should be refused when they are ${JSON.stringify(mappings)}`, () => {
      const said = problems(mappings);
      assert.equal(said.length, expected.length, said.join("\n"));
      expected.forEach((line, index) => {
        assert.match(said[index] ?? "", line);
      });
    });
  }

  it("should be all that nats-server can do", () => {
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

  it("should be in a stable order, without what holds anyway", () => {
    const account = { name: "A", publicKey: keyOf("account", "A"), users: {} };
    const mappings = {
      b: [
        { subject: "z", weight: 50 },
        { subject: "y", weight: 50 },
      ],
      a: [{ subject: "x", weight: 100 }],
    };
    assert.equal(
      JSON.stringify(normalAccount({ ...account, mappings }).mappings),
      '{"a":[{"subject":"x"}],"b":[{"subject":"y","weight":50},{"subject":"z","weight":50}]}',
    );
    assert.equal(normalAccount({ ...account, mappings: {} }).mappings, undefined);
  });
});

describe("the message trace of an account", () => {
  it("should go to one subject, for a hundred messages at most", () => {
    const trace = (destination: string, sampling: number) =>
      accountDiagnostics({ name: "A", trace: { destination, sampling } }).map(formatDiagnostic);
    assert.deepEqual([trace("t", 1), trace("t", 100)], [[], []]);
    assert.match(
      trace("t.*", 0).join(),
      /^trace\.destination = "t\.\*": has a wildcard.*trace\.sampling = 0: is not a sampling/,
    );
    assert.match(trace("a b", 101).join(), /^trace\.destination = "a b": contains white space.*trace\.sampling = 101/);
  });
});
