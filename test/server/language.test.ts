import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfig } from "../../provider/language/parse";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { MAIN_FILE } from "../../provider/servers/server";
import { configDigest } from "../../provider/config/config-digest";
import { tryConfig } from "../support/local-server";

const scalar = fc.oneof(
  fc.constantFrom("1", "12k", "-5", "1.25", "3MiB", "007", "1e3", "9223372036854775807", "1.2.3.4", "10.0.0.1:4222"),
  fc.constantFrom("abc", "a.b.>", "nats://u:p@h:1", "true", "No", "on", "a\\tb", "it'", "*", "<&>", "9a", "1k2", "#a"),
  fc.constantFrom('"x"', '"\\x41\\n\\"{}#"', "'a # b'", "'\\n'", '""', '"\\xc3\\xa9\u2028"', "(\nblock )\n)\n"),
  fc.constant("2016-05-04T18:53:41Z"),
);
const gap = fc.constantFrom("", " ", "\t", "\n", " # c\n", "// c\n");
const separator = fc.constantFrom(": ", " : ", "=", " ");
const nextMember = fc.constantFrom("\n", ", ", "; ", " # c\n", "\n\n");
const nextItem = fc.constantFrom(" ,", "\n", " # c\n", ",\n");

/** A value as people write it, with its surroundings written in many ways. */
const { value } = fc.letrec<{ value: string; member: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc
      .tuple(gap, fc.array(tie("value"), { maxLength: 4 }), nextItem, fc.constantFrom(" ", "\n"))
      .map(([before, items, next, after]) => `[${before}${items.join(next)}${after}]`),
    fc
      .tuple(gap, fc.array(tie("member"), { maxLength: 4 }), nextMember, fc.constantFrom(" ", "\n"))
      .map(([before, members, next, after]) => `{${before}${members.join(next)}${after}}`),
  ),
  member: fc
    .tuple(fc.constantFrom("a", "b", '"k k"', "'q'", "Zed", "x-y"), separator, tie("value"))
    .map((parts) => parts.join("")),
}));

/** A configuration that nats-server takes, whatever the values: it asks nothing of keys that a variable refers to. */
function withAny(values: readonly string[]): string {
  const lines = values.flatMap((text, index) => [`v${index}: ${text}`, `server_name: $v${index}`]);
  return [...lines, "server_name: test", "listen: 127.0.0.1:-1", ""].join("\n");
}

const RUNS = 150;

describe("a configuration read by nats-server and by this package", function () {
  this.timeout(120_000);

  it("should have the same values, compared by the server's digest, or be refused by both", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 12 }), async (values) => {
        const text = withAny(values);
        const { digest, output } = await tryConfig({ [MAIN_FILE]: text });
        const read = () =>
          parseConfig(
            { file: MAIN_FILE, text },
            { include: () => assert.fail("nothing is included"), environment: () => undefined },
          );
        const [, unknown] = /unknown field "([^"]*)"/.exec(output) ?? [];
        if (digest !== undefined) {
          assert.equal(configDigest(read()), digest);
        } else if (unknown !== undefined) {
          // A block may close the map it stands in, and what follows is then a field of the server's.
          assert.notEqual(read().get(unknown), undefined, output);
        } else {
          assert.match(output, /^nats-server: (Parse error|variable reference)/);
          assert.throws(read, Unreadable);
        }
        accepted += digest === undefined ? 0 : 1;
      }),
      { numRuns: RUNS },
    );
    assert.ok(accepted > RUNS / 2, `only ${accepted} of ${RUNS} were accepted`);
  });
});
