import assert from "node:assert/strict";
import fc from "fast-check";
import { credsText } from "../../provider/jwt/creds";
import { readCreds, readJwt, readSeed } from "../../provider/read/creds";
import { Unreadable } from "../../provider/read/unreadable";
import { seedOf } from "../support/keys";
import { TOKENS } from "./documentation";

const JWT = TOKENS["A/test"];
const SEED = seedOf("user", "creds");
const TEXT = credsText(JWT, SEED);

describe("readCreds", () => {
  for (const [what, text] of [
    ["this package wrote it", TEXT],
    ["lines end as on Windows", TEXT.replaceAll("\n", "\r\n")],
    ["something stands before and behind it", `for A/test\n\n${TEXT}\n--- end ---\n`],
    ["it has no empty lines", TEXT.replaceAll(/\n+/g, "\n").trim()],
  ] as const) {
    it(`should find the JWT and the seed when ${what}`, () => {
      assert.deepEqual(readCreds(text, "a.creds"), { jwt: JWT, seed: SEED });
    });
  }

  it("should say that it is none when a part is missing, and repeat no seed", () => {
    for (const text of ["", JWT, SEED, TEXT.split("IMPORTANT")[0] ?? "", TEXT.replace(JWT, `${JWT} ${SEED}`)]) {
      assert.throws(
        () => readCreds(text, "a.creds"),
        (error) => error instanceof Unreadable && !error.message.includes(SEED),
      );
    }
  });

  it("should be done in no time when a text is hostile", () => {
    for (const text of ["-".repeat(1_000_000), "-\n".repeat(500_000), `---${"a-".repeat(500_000)}`]) {
      assert.throws(() => readCreds(text, "a.creds"), Unreadable);
    }
  }).timeout(2_000);

  it("should either read a text or say why not, whatever the text", () => {
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
  it("should find a seed alone in a file, and in one with words around it", () => {
    assert.equal(readSeed(`${SEED}\n`, "a.nk"), SEED);
    assert.equal(readSeed(TEXT, "a.creds"), SEED);
  });

  it("should say that there is none, and repeat nothing", () => {
    assert.throws(() => readSeed(`${SEED} ${SEED}`, "a.nk"), {
      message: "a.nk cannot be read: it holds no seed, which begins with S",
    });
  });
});

describe("readJwt", () => {
  it("should find a JWT alone in a file, and in one with words around it", () => {
    assert.equal(readJwt(`\n${JWT}\n`), JWT);
    assert.equal(readJwt(TEXT), JWT);
  });
});
