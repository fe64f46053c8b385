import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCreds } from "../../provider/jwt/sign";
import { readCreds, readJwt, readSeed } from "../../provider/read/creds";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { seedOf } from "../support/keys";
import { TOKENS } from "./documentation";

const JWT = TOKENS["A/test"];
const SEED = seedOf("user", "creds");
const TEXT = formatCreds(JWT, SEED);

describe("readCreds", () => {
  for (const [condition, text] of [
    ["this package has written the file", TEXT],
    ["lines end with CRLF", TEXT.replaceAll("\n", "\r\n")],
    ["there is text before and after them", `for A/test\n\n${TEXT}\n--- end ---\n`],
    ["the file has no empty lines", TEXT.replaceAll(/\n+/g, "\n").trim()],
  ] as const) {
    it(`should find the JWT and the seed when ${condition}`, () => {
      assert.deepEqual(readCreds(text, "a.creds"), { jwt: JWT, seed: SEED });
    });
  }

  it("should reject a file without a JWT or a seed, and not repeat the seed", () => {
    for (const text of ["", JWT, SEED, TEXT.split("IMPORTANT")[0] ?? "", TEXT.replace(JWT, `${JWT} ${SEED}`)]) {
      assert.throws(
        () => readCreds(text, "a.creds"),
        (error) => error instanceof Unreadable && error.code === "NA3007" && !error.message.includes(SEED),
      );
    }
  });

  it("should read a hostile text in linear time", () => {
    for (const text of ["-".repeat(1_000_000), "-\n".repeat(500_000), `---${"a-".repeat(500_000)}`]) {
      assert.throws(() => readCreds(text, "a.creds"), Unreadable);
    }
  }).timeout(2_000);

  it("should either read a text or throw Unreadable, whatever the text", () => {
    const lines = fc.array(fc.oneof(fc.string(), fc.constantFrom(...TEXT.split("\n"))));
    fc.assert(
      fc.property(lines, (all) => {
        try {
          readCreds(all.join("\n"), "a.creds");
        } catch (error) {
          assert.ok(error instanceof Unreadable, String(error));
        }
      }),
    );
  });
});

describe("readSeed", () => {
  it("should find a seed on its own, and in a file with other text", () => {
    assert.equal(readSeed(`${SEED}\n`, "a.nk"), SEED);
    assert.equal(readSeed(TEXT, "a.creds"), SEED);
  });

  it("should reject a file without a seed, and not repeat its text", () => {
    assert.throws(
      () => readSeed(`${SEED} ${SEED}`, "a.nk"),
      (error) => error instanceof Unreadable && error.code === "NA3008" && !error.message.includes(SEED),
    );
  });
});

describe("readJwt", () => {
  it("should find a JWT on its own, and in a file with other text", () => {
    assert.equal(readJwt(`\n${JWT}\n`), JWT);
    assert.equal(readJwt(TEXT), JWT);
  });
});
