import assert from "node:assert/strict";
import { signClaims } from "../../provider/jwt/sign";
import type { Account } from "../../provider/model/account/account";
import { readActivation } from "../../provider/read/claims/activation";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import type { StoredTokens } from "../../provider/read/store";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { signAccount, signOldActivation, UNLIMITED } from "./sign";
import {
  accountToken,
  activationToken,
  exporter,
  EXPORTER,
  importing,
  IMPORTER,
  NOW,
  storeOf,
  token,
} from "./store-tokens";

const SIGNING = keyOf("account", "exporter signing");
const PRIVATE = { subject: "private.>", type: "stream", importers: [] } as const;
const PERMITTED = { exporter: "exporter", importer: "importer", subject: "private.a", type: "stream" } as const;

/** Returns the import read from a store, and the diagnostics. */
async function importOf(
  activation: string,
  from: Account = exporter,
  seedOfKey?: StoredTokens["seedOf"],
): Promise<[entry: unknown, leftOut: string[]]> {
  const tokens = await Promise.all([from, importing(activation)].map((account) => accountToken(account)));
  const { accounts, leftOut } = await storeOf(
    tokens.map((own) => ({ token: own, users: [] })),
    seedOfKey,
  );
  return [accounts.importer?.imports?.[0], codesAndPaths(leftOut)];
}

describe("readActivation", () => {
  it("should read exporter, importer and subject", async () => {
    const read = readActivation(await activationToken("exporter signing", { expires: ISSUED_AT + 60 }), "it");
    assert.deepEqual(read, {
      version: 2,
      exporter: EXPORTER,
      importer: IMPORTER,
      subject: "private.a",
      type: "stream",
      issuerAccount: EXPORTER,
      issuer: SIGNING,
      issuedAt: ISSUED_AT,
      expires: ISSUED_AT + 60,
      leftOut: [],
    });
  });

  it("should read version 1, in which the claim `type` is the kind of the export", async () => {
    const {
      version,
      exporter: from,
      type,
      subject,
      leftOut,
    } = readActivation(await signOldActivation(PERMITTED), "it");
    assert.deepEqual([version, from, type, subject, leftOut], [1, EXPORTER, "stream", "private.a", []]);
  });

  it("should reject the JWT of an account, and an activation of an unknown kind", async () => {
    const { jwt } = await accountToken(exporter);
    assert.throws(() => readActivation(jwt, "x.jwt"), { code: "NA3002", origin: "x.jwt" });
    const claims = { name: "a", sub: IMPORTER, nats: { kind: "queue", type: "activation", version: 2 } };
    const strange = await signClaims(claims, pairOf("account", "exporter"), { issuedAt: ISSUED_AT });
    assert.throws(
      () => readActivation(strange, "x.jwt"),
      (error) => error instanceof Unreadable && codesAndPaths(error.diagnostics).join() === "NA3014 nats.kind",
    );
  });
});

describe("readStore, for imports", () => {
  it("should list only accounts with a valid import as importers", async () => {
    const withToken = async (jwt: string) => {
      const tokens = [await accountToken(exporter), await accountToken(importing(jwt))];
      const { accounts } = await storeOf(tokens.map((own) => ({ token: own, users: [] })));
      return accounts.exporter?.exports?.[0]?.importers;
    };
    assert.deepEqual(await withToken(await activationToken()), ["importer"]);
    assert.deepEqual(await withToken(await activationToken("exporter", { expires: NOW })), []);
    assert.deepEqual(await withToken(""), []);
  });

  describe("for services with the deprecated claim `to`", () => {
    const by = (subject: string, to?: string, type = "service") => ({ account: EXPORTER, subject, to, type });

    /** Returns the local subjects of the imports that are adopted, and the diagnostics. */
    async function localsOf(...imports: object[]): Promise<[string[] | undefined, string[]]> {
      const exports = ["service", "stream"].map((type) => ({ type, subject: "a.>" }));
      const tokens = [
        token("exporter", await signAccount("exporter", { limits: UNLIMITED, exports })),
        token("importer", await signAccount("importer", { limits: UNLIMITED, imports })),
      ];
      const { accounts, leftOut } = await storeOf(tokens.map((own) => ({ token: own, users: [] })));
      const { importer } = accounts;
      const locals = importer && (importer.imports ?? []).map(({ subject, localSubject }) => localSubject ?? subject);
      return [locals, codesAndPaths(leftOut)];
    }

    for (const [when, ...imports] of [
      ["two import the same service", by("b", "a.x"), by("c", "a.x")],
      ["one imports part of what another one imports", by("b", "a.x"), by("c.*", "a.*")],
      ["the service of one is the local subject of another", by("b", "a.x"), by("a.x")],
    ] as const) {
      it(`should omit the account when ${when}`, async () => {
        assert.deepEqual(await localsOf(...imports), [undefined, ["NA3040 accounts.importer"]]);
      });
    }

    for (const [when, ...imports] of [
      ["has the local subject of another one", by("b", "a.x"), by("b", "a.y")],
      ["has other wildcards than the service", by("b", "a.x"), by("c", "a.y.*")],
      ["has a prefix with a wildcard", by("b", "a.x"), by("a.y", "p.*", "stream")],
      ["has an invalid subject", by("b", "a.x"), by("c", "a..y")],
    ] as const) {
      it(`should omit the import alone when it ${when}`, async () => {
        assert.deepEqual(await localsOf(...imports), [["b"], ["NA3041 accounts.importer.imports[1]"]]);
      });
    }

    it("should keep services whose local subjects do not overlap", async () => {
      assert.deepEqual(await localsOf(by("b", "a.x"), by("c", "a.y")), [["b", "c"], []]);
    });
  });

  describe("for a private import", () => {
    const reference = { accountName: "exporter", publicKey: EXPORTER };
    const terms = { subject: "private.a", type: "stream" };

    it("should keep the activation when no seed can sign a new one", async () => {
      const own = await activationToken();
      assert.deepEqual(await importOf(own), [{ ...terms, account: reference, token: own }, []]);
      const bySigningKey = await activationToken("exporter signing");
      const [entry] = await importOf(bySigningKey, { ...exporter, signingKeys: [SIGNING] });
      assert.deepEqual(entry, { ...terms, account: reference, token: bySigningKey });
    });

    it("should drop the activation when a seed of the exporting account can sign a new one", async () => {
      for (const label of ["exporter", "exporter signing"]) {
        const seeds = (key: string) => (key === keyOf("account", label) ? seedOf("account", label) : undefined);
        const [entry] = await importOf(await activationToken(), { ...exporter, signingKeys: [SIGNING] }, seeds);
        assert.deepEqual(entry, { ...terms, account: { ...reference, signer: seedOf("account", label) } });
      }
    });

    it("should report the validity of an activation when it keeps it", async () => {
      const [entry, leftOut] = await importOf(await activationToken("exporter", { expires: ISSUED_AT + 60 }));
      assert.ok(entry !== undefined);
      assert.deepEqual(leftOut, ["NA3030 accounts.importer.imports[0].token"]);
    });

    it("should omit the account when an activation is not a JWT", async () => {
      assert.deepEqual(await importOf("x.y.z"), [undefined, ["NA3040 accounts.importer"]]);
    });

    it("should keep an activation that expires when a seed of the exporting account could sign a new one", async () => {
      const seeds = (key: string) => (key === EXPORTER ? seedOf("account", "exporter") : undefined);
      const own = await activationToken("exporter", { expires: NOW + 60 });
      const [entry, leftOut] = await importOf(own, exporter, seeds);
      assert.equal((entry as { token?: string }).token, own);
      assert.deepEqual(leftOut, ["NA3030 accounts.importer.imports[0].token"]);
    });

    it("should drop the activation when the export is public", async () => {
      const [entry, leftOut] = await importOf(await activationToken(), {
        ...exporter,
        exports: [{ subject: "private.>", type: "stream" }],
      });
      assert.deepEqual([entry, leftOut], [{ ...terms, account: reference }, []]);
    });

    for (const [condition, activation, from] of [
      ["is signed by another account", () => activationToken("other"), exporter],
      ["is signed by a key that is not listed", () => activationToken("exporter signing"), exporter],
      ["is of version 1", () => signOldActivation(PERMITTED), exporter],
      [
        "is revoked",
        () => activationToken(),
        { ...exporter, exports: [{ ...PRIVATE, revocations: { [IMPORTER]: ISSUED_AT } }] },
      ],
    ] as const) {
      it(`should omit the import when the activation ${condition}`, async () => {
        const [entry, leftOut] = await importOf(await activation(), from);
        assert.equal(entry, undefined);
        assert.deepEqual(leftOut, ["NA3028 accounts.importer.imports[0]"]);
      });
    }
  });
});
