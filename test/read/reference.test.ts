import assert from "node:assert/strict";
import fc from "fast-check";
import { renderStaticAuthorization } from "../../provider/config/static";
import { accountClaims } from "../../provider/jwt/claims";
import { signReference } from "../../provider/jwt/reference";
import { signClaims } from "../../provider/jwt/sign";
import { normalizeAccount, type Account, type AccountDeclaration } from "../../provider/model/account/account";
import {
  toDeclaration,
  toModel,
  toReferenceContent,
  type SignedReference,
} from "../../provider/model/account/reference";
import { isRecord } from "../../provider/model/form/shape";
import { parityReport } from "../../provider/parity/report";
import { readReference } from "../../provider/read/reference";
import { models } from "../differential/models";
import { EXPORTER, IMPORTER } from "../parity/everything";
import { codesAndPaths } from "../support/diagnostics";
import { hostileText } from "../support/arbitraries";
import { keyOf, pairOf } from "../support/keys";
import { referenceTo, throughState } from "../support/references";
import { ISSUED_AT, worldOf } from "../support/world";
import { runs } from "../support/seed";

/** Replaced keys and a revocation, as the claims of an account remember them. */
const REMEMBERED = {
  previous: { users: { clerk: [{ publicKey: keyOf("user", "replaced"), until: "changed" as const }] } },
  revoked: { [keyOf("user", "removed")]: { at: ISSUED_AT, by: [{ signingKey: keyOf("account", "A role reader") }] } },
};

/** Reads a reference that must be valid. */
function readValid(reference: SignedReference): SignedReference {
  const read = readReference(throughState(reference));
  assert.deepEqual(read.diagnostics, []);
  assert.ok(read.reference !== undefined);
  return read.reference;
}

/** The places of a JSON value: the path of each member, also of lists and objects. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const members = Array.isArray(value) || isRecord(value) ? Object.entries(value as object) : [];
  return [...(path.length === 0 ? [] : [path]), ...members.flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

/** Returns a copy of a JSON value with one member replaced, or removed for undefined. */
function withMember(value: unknown, [key = "", ...rest]: readonly string[], member: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = rest.length === 0 ? member : withMember(copy[key], rest, member);
  return JSON.parse(JSON.stringify(copy));
}

describe("the reference of an account", () => {
  /** Asserts that accounts render the same from their references as in one program. */
  async function assertSame(declared: readonly AccountDeclaration[], remembered: Parameters<typeof worldOf>[1] = {}) {
    const { model } = await worldOf(declared, remembered);
    const references = await Promise.all(model.accounts.map((account) => referenceTo(account, model.accounts)));
    const read = references.map(readValid);
    const accounts = read.map(toModel);
    const texts = [accounts, model.accounts].map((all) => renderStaticAuthorization({ ...model, accounts: all }).text);
    assert.equal(texts[0], texts[1]);
    assert.deepEqual(
      accounts.map((account) => accountClaims(account)),
      model.accounts.map((account) => accountClaims(normalizeAccount(account))),
    );
    return { read };
  }

  it("should render as the account does in one program, with everything that an account can have", async () => {
    await assertSame([EXPORTER, IMPORTER], { A: REMEMBERED });
  });

  it("should have the rows of the parity report that the account has in one program, with values in normal form", async () => {
    // The reference of an authorization contains the keys that its program creates. Sets are reported by the program that has them.
    const { authorization: _authorization, sets: _sets, ...exporter } = EXPORTER;
    const declared: AccountDeclaration[] = [exporter, IMPORTER];
    const { read } = await assertSame(declared);
    const operator = { name: "KO", systemAccount: "SYS" };
    const [own, referenced] = [declared, read.slice(1).map(toDeclaration)].map((accounts) =>
      parityReport({ operator, accounts, version: undefined }, {}).rows.map((row) => [row.name, row.class]),
    );
    assert.deepEqual(referenced, own);
  });

  it("should render as the account does in one program, for any accounts", async () => {
    await fc.assert(
      fc.asyncProperty(models, async (declared) => {
        await assertSame(declared);
      }),
      { numRuns: runs(30) },
    );
  });

  it("should carry any text", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        fc.pre(text.trim() !== "" && text.isWellFormed());
        const users = { [text]: { publicKey: keyOf("user", "u"), signingKey: keyOf("account", "u") } };
        const account = { name: "A", publicKey: keyOf("account", "A"), users, description: text };
        assert.deepEqual(readValid(await referenceTo(account)).account, account);
      }),
    );
  });

  it("should be the same whatever the order of its lists, and contain no seed", async () => {
    const { model } = await worldOf([EXPORTER, IMPORTER], { A: REMEMBERED });
    const [, account] = model.accounts;
    assert.ok(account !== undefined);
    const reversed = {
      ...account,
      exports: account.exports?.toReversed() ?? [],
      users: Object.fromEntries(Object.entries(account.users).toReversed()),
    };
    const [one, other] = await Promise.all([account, reversed].map((each) => referenceTo(each, model.accounts)));
    assert.deepEqual(one, other);
    assert.doesNotMatch(JSON.stringify(one), /\bS[OAUNCX][A-Z2-7]{56}/);
  });

  it("should be rejected when any part of it is changed or removed", async () => {
    const { model } = await worldOf([EXPORTER, IMPORTER], { A: REMEMBERED });
    const [, account] = model.accounts;
    assert.ok(account !== undefined);
    const activation = { importer: keyOf("account", "B"), subject: "prices.>", type: "stream" as const, token: "eyJ" };
    const reference = throughState(await referenceTo(account, model.accounts, [activation]));
    const places = placesOf(reference);
    assert.ok(places.length > 100);
    const replacements = [undefined, null, "changed", 0, [], {}, [["a", 1]]];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...replacements), (place, member) => {
        const changed = withMember(reference, place, member);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(reference));
        const { reference: read, diagnostics } = readReference(changed);
        assert.equal(read, undefined);
        assert.match(diagnostics[0]?.code ?? "", /^NA410[123]$/);
      }),
      { numRuns: runs(500) },
    );
  });

  describe("of a small account", () => {
    const account: Account = {
      name: "A",
      publicKey: keyOf("account", "A"),
      users: { u: { publicKey: keyOf("user", "u"), signingKey: keyOf("account", "u") } },
    };
    const found = (value: unknown) => codesAndPaths(readReference(value).diagnostics);

    it("should be required, of a supported version and well-formed", async () => {
      const reference = await referenceTo(account);
      assert.deepEqual(
        [undefined, null, "eyJ", {}, { accountName: "A", publicKey: "A" }, { ...reference, version: 3 }].map(found),
        [["NA4100 "], ["NA4100 "], ["NA4101 "], ["NA4101 "], ["NA4101 "], ["NA4102 version"]],
      );
      assert.deepEqual(found({ ...reference, account: { publicKey: account.publicKey } }), ["NA4101 account"]);
      assert.deepEqual(found({ ...reference, activations: undefined }), ["NA4101 activations"]);
      assert.deepEqual(found({ ...reference, seed: "x" }), ["NA4101 seed"]);
    });

    it("should be signed by the account itself, and by no other key", async () => {
      const { jwt } = await referenceTo(account);
      const content = toReferenceContent({ account, others: [], activations: [], jwt });
      const forged = signReference(content, pairOf("account", "B"));
      const otherKey = { ...forged, account: { ...account, publicKey: keyOf("account", "A") } };
      assert.deepEqual([forged, otherKey].map(found), [["NA4103 signature"], ["NA4103 signature"]]);
      const notAKey = signReference({ ...content, account: { ...account, publicKey: "A" } }, pairOf("account", "A"));
      assert.deepEqual(found(notAKey), ["NA4103 signature"]);
    });

    it("should contain a JWT of the account, signed by itself or an operator", async () => {
      const withJwt = async (changed: Partial<Account>, issuer = pairOf("account", "A")) => {
        const claims = accountClaims({ ...account, ...changed });
        const jwt = await signClaims(claims, issuer, { issuedAt: ISSUED_AT });
        const content = toReferenceContent({ account, others: [], activations: [], jwt });
        return found(signReference(content, pairOf("account", "A")));
      };
      assert.deepEqual(await withJwt({}), []);
      assert.deepEqual(await withJwt({}, pairOf("operator", "KO")), []);
      assert.deepEqual(await withJwt({}, pairOf("account", "B")), ["NA4104 jwt"]);
      assert.deepEqual(await withJwt({ name: "B" }), ["NA4104 jwt"]);
      assert.deepEqual(await withJwt({ publicKey: keyOf("account", "B") }), ["NA4104 jwt"]);
      const content = toReferenceContent({ account, others: [], activations: [], jwt: "eyJ" });
      assert.deepEqual(found(signReference(content, pairOf("account", "A"))), ["NA4104 jwt"]);
    });
  });
});
