import assert from "node:assert/strict";
import fc from "fast-check";
import {
  extraDiagnostics,
  extraLines,
  isExtraOption,
  keepRestarting,
  REJECTED_OPTIONS,
} from "../../provider/config/extra";
import { renderStaticConfig } from "../../provider/config/static";
import { parseConfig, type IncludedFiles } from "../../provider/language/parse";
import { plainValues } from "../support/config-values";
import { codesAndPaths } from "../support/diagnostics";
import { DOCUMENTATION } from "../support/documentation";
import { worldOf, type World } from "../support/world";
import { renderText } from "../../provider/config/lines";

const NO_FILES: IncludedFiles = {
  include: () => ({ file: "", text: "" }),
  environment: () => undefined,
};

function valuesOf(text: string): Record<string, unknown> {
  return plainValues(parseConfig({ file: "nats.conf", text }, NO_FILES)) as Record<string, unknown>;
}

const found = (text: string) => codesAndPaths(extraDiagnostics(text));

describe("extraDiagnostics", () => {
  it("should accept options that nothing else determines", () => {
    const text = "max_closed_clients: 10; no_fast_producer_stall = yes\nserver_metadata { region: 'eu' } # why";
    assert.deepEqual(extraDiagnostics(text), []);
    assert.deepEqual(extraDiagnostics(""), []);
    assert.deepEqual(extraDiagnostics('{ "max_sub_tokens": 16, "unknown_option": [1, [2, {}], "x"] }'), []);
  });

  it("should report a syntax error with its line, and a missing variable", () => {
    for (const [text, words] of [
      ["a: 1\nb: [", /line 2/],
      ["a: $HOME", /line 1/],
      ["a: 1\n}\nb: 2", /line 3/],
    ] as const) {
      const [first, ...more] = extraDiagnostics(text);
      assert.deepEqual([first?.code, first?.path, more], ["NA1790", "", []]);
      assert.match(first?.problem ?? "", words);
    }
    assert.deepEqual(found("x: 5\nmax_closed_clients: $x"), ["NA1790 x"]);
    for (const name of [`a"'b`, `a'"`, `""`, `"a\nb"`, `'\u0001'`]) {
      assert.deepEqual(found(`server_metadata { ${name}: 1 }`), ["NA1790 server_metadata"], name);
    }
  });

  for (const option of REJECTED_OPTIONS.filter((one) => one !== "include")) {
    it(`should reject ${option}, in any case and any notation`, () => {
      const upper = option.toUpperCase();
      for (const text of [`${option}: 1`, `${upper} { a: 1 }`, `'${upper}' = [ ]`, `{ "${option}": "x" }`]) {
        assert.deepEqual(
          extraDiagnostics(text).flatMap(({ code, path }) => (code === "NA1791" ? [path.toLowerCase()] : [])),
          [option],
          text,
        );
      }
    });
  }

  it("should reject included files, also in a block", () => {
    for (const text of ["include other.conf", "INCLUDE 'x'", "server_metadata { include ./a }"]) {
      assert.deepEqual(found(text), ["NA1791 include"]);
    }
  });

  it("should report an option that is set twice, in another case or by another name", () => {
    assert.deepEqual(found("max_closed_clients: 1\nMax_Closed_Clients: 1"), ["NA1792 Max_Closed_Clients"]);
    assert.deepEqual(found("max_sub_tokens: 1\nmax_subscription_tokens: 2"), ["NA1792 max_subscription_tokens"]);
    assert.deepEqual(found("a: 1\na: 1\na: 1"), ["NA1792 a", "NA1792 a"]);
  });

  it("should report what may be a secret, at any depth, and show no value", () => {
    for (const [text, path] of [
      ["a { b: [ { Password: hidden } ] }", "a.b[0].Password"],
      ["a { pass: hidden }", "a.pass"],
      ["auth_token: hidden", "auth_token"],
      ["a { encryption_key: hidden }", "a.encryption_key"],
      [`a: [ "SUAMK2FG4MI6UE3ACF3FK3OIQBCEIEZV7NSWFFEW63UXMRLFM2XLAXK4GY" ]`, "a[0]"],
      ["server_metadata { a: eyJ0eXAiOiJKV1QifQ.eyJqdGkiOiJoaWRkZW4.aGlkZGVu }", "server_metadata.a"],
      ["a: nats://user:hidden@host:4222", "a"],
      ["a: $2a$11$hidden", "a"],
      ["a (\n-----BEGIN PRIVATE KEY-----\nhidden\n)\n", "a"],
    ] as const) {
      assert.deepEqual(found(text), [`NA1793 ${path}`]);
      assert.doesNotMatch(JSON.stringify(extraDiagnostics(text)), /hidden|MK2FG/);
    }
    assert.deepEqual(found("max_sub_tokens: 1, max_subscription_tokens2: 2, client_advertise: 'nats://host:1'"), []);
  });

  it("should report all problems at once", () => {
    assert.deepEqual(found("port: 1\nPORT: 2\na { token: x }\ninclude x\nmax_payload: 5"), [
      "NA1791 include",
      "NA1791 port",
      "NA1791 PORT",
      "NA1791 max_payload",
      "NA1792 PORT",
      "NA1793 a.token",
    ]);
  });
});

describe("the lines of extra options", () => {
  const render = (text: string) => renderText([extraLines(text)]);

  it("should be the same when only order, case, comments or formatting differ", () => {
    const text = "b: 1 # one\nA { y: 'x', X: [] }";
    assert.equal(render(text), 'a {\n  X: []\n  y: "x"\n}\nb: 1\n');
    assert.equal(render("a {\nX [ ]\ny: x\n}\nB = 1"), render(text));
  });

  it("should keep only options that need a restart for the comparison of servers that start", () => {
    assert.equal(keepRestarting("client_advertise: 'a:1'\nServer_Metadata { a: b }"), undefined);
    assert.equal(keepRestarting("client_advertise: 'a:1', unknown: 1"), "unknown: 1\n");
  });

  const value = fc.letrec<{ value: unknown; scalar: unknown }>((tie) => ({
    scalar: fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("$HOME", "true", "}", "1k", "include x", "# a", "a\nport: 1", '"'),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.boolean(),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    ),
    value: fc.oneof(
      { depthSize: "small" },
      tie("scalar"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[^'"\\\p{Cc}]{1,8}$/u), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const options = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/).filter(isExtraOption), value, { maxKeys: 4 });

  /** Writes options as a program could, as JSON. */
  const toText = (known: Record<string, unknown>) => renderText([extraLines(JSON.stringify(known))]);

  it("should be read back as the same values", () => {
    fc.assert(
      fc.property(options, (known) => {
        const json = JSON.stringify(known);
        fc.pre(canRead(json));
        const rendered = toText(known);
        assert.deepEqual(valuesOf(rendered), valuesOf(json));
        assert.equal(render(rendered), rendered);
      }),
    );
  });

  /** JSON that is not in the language, such as a number before a bracket, or other escapes. */
  function canRead(json: string): boolean {
    try {
      valuesOf(json);
      return extraDiagnostics(json).every(({ code }) => code !== "NA1790");
    } catch {
      return false;
    }
  }

  describe("in a configuration", () => {
    let world: World;

    before(async () => {
      world = await worldOf(DOCUMENTATION);
    });

    it("should change nothing else, whatever they are, if they are accepted", () => {
      const listener = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };
      const bare = valuesOf(renderStaticConfig(world.model, listener).text);
      fc.assert(
        fc.property(options, (known) => {
          const extra = JSON.stringify(known);
          fc.pre(canRead(extra) && extraDiagnostics(extra).length === 0);
          const all = valuesOf(renderStaticConfig(world.model, { ...listener, settings: { extra } }).text);
          assert.deepEqual(all, { ...bare, ...valuesOf(extra) });
        }),
      );
    });
  });
});
