import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, MixedAuthCluster, Nkey, Operator, type SignedReference } from "../../../provider";
import { readToken } from "../../../provider/jwt/sign";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

import { BILLING, exported, OPERATOR, unknown } from "./team";

describe("accounts across stacks", () => {
  closingGates();

  const claimsOf = async ({ jwt }: Account) => {
    const { iss, name, sub, nats } = readToken(await valueOf(jwt));
    return { iss, claims: { name, sub, nats } };
  };

  it("should sign themselves without an operator, with the same claims as an operator signs", async () => {
    const account = new Account("billing", BILLING);
    const { iss, claims } = await claimsOf(account);
    assert.equal(iss, keyOf("account", "billing"));
    assert.equal(claims.sub, iss);
    await mockEngine();
    const signed = await claimsOf(new Account("billing", { ...BILLING, operator: new Operator("KO", OPERATOR) }));
    assert.equal(signed.iss, keyOf("operator", "signing"));
    assert.deepEqual(signed.claims, claims);
  });

  it("should be rendered from a reference as from one program, on both servers", async () => {
    const rendered = async (billingOf: (operator: Operator) => Account) => {
      await mockEngine();
      const operator = new Operator("KO", OPERATOR);
      const billing = billingOf(operator);
      const orders = new Account("orders", {
        operator,
        seed: seedOf("account", "orders"),
        users: { clerk: { seed: seedOf("user", "clerk") } },
        imports: [{ account: billing, subject: "billing.status", type: "service" }],
      });
      const auth = new AuthConfiguration("nats", { operator, accounts: [billing, orders] });
      const text = await valueOf(auth.static.authorization);
      const preload = await valueOf(auth.operator.resolverPreload);
      return { text, ...(await claimsOf(billing)), hasJwt: preload[keyOf("account", "billing")], parity: auth.parity };
    };
    const reference = await exported();
    const one = await rendered((operator) => new Account("billing", { ...BILLING, operator }));
    const other = await rendered((operator) => Account.fromReference("billing", { reference, operator }));
    assert.equal(other.text, one.text);
    assert.deepEqual([other.claims, other.iss], [one.claims, one.iss]);
    assert.ok(other.hasJwt !== undefined);
    assert.deepEqual(await valueOf(other.parity), await valueOf(one.parity));
  });

  it("should give a cluster the accounts, names and checks of an account of its own", async () => {
    const reference = await exported();
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    const billing = Account.fromReference("billing", { reference: pulumi.output(reference), operator });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [billing] });
    assert.match((await reasonOf(cluster.gate)) ?? "", /exports\[0\]\.importers\[0\] = "orders".*\[NA1703\]/);
    assert.equal(await valueOf(billing.publicKey), keyOf("account", "billing"));
    assert.deepEqual(await valueOf(billing.reference), reference);
    assert.equal(billing.signer, undefined);
  });

  it("should be registered with their terms, so that policies can read them", async () => {
    const reference = await exported();
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    await valueOf(Account.fromReference("billing", { reference, operator }).jwt);
    const { inputs = {} } = ofType("Account").find(({ name }) => name === "billing") ?? {};
    assert.equal(inputs.publicKey, keyOf("account", "billing"));
    assert.deepEqual(inputs.limits, { connections: 10 });
    assert.deepEqual(Object.keys(inputs.users as object), ["ann", "bob"]);
  });

  describe("with private exports", () => {
    const orders = { seed: seedOf("account", "orders"), users: { clerk: {} } };
    const wanted = { subject: "billing.paid", type: "stream" as const };

    /** Exports from billing to the account of a reference, and returns the reference of billing. */
    const exportTo = (...importers: (pulumi.Input<SignedReference> | string)[]) =>
      exported({ seed: BILLING.seed, exports: [{ ...wanted, importers }], users: { ann: {} } });

    it("should sign an activation for each importer that they name by its reference", async () => {
      const importer = await exported(orders, "orders");
      const reference = await exportTo(pulumi.output(importer), "local");
      const [activation, ...more] = reference.activations;
      assert.deepEqual(more, []);
      const { sub, iss, nats } = readToken(activation?.token ?? "");
      assert.deepEqual([sub, iss], [keyOf("account", "orders"), keyOf("account", "billing")]);
      assert.deepEqual([nats.subject, nats.kind], ["billing.paid", "stream"]);
      assert.deepEqual(reference.account.exports?.[0]?.importers, ["local", "orders"]);
      assert.deepEqual(reference.accounts, { [keyOf("account", "orders")]: "orders" });
    });

    it("should be imported with the activation in the exporter's reference, in every program", async () => {
      const importer = await exported(orders, "orders");
      const reference = await exportTo(importer);
      await mockEngine();
      const imports = [{ account: pulumi.output(reference) as pulumi.Output<SignedReference>, ...wanted }];
      const imported = await exported({ ...orders, imports }, "orders");
      const [{ token } = { token: "" }] = imported.account.imports ?? [];
      assert.equal(token, reference.activations[0]?.token);
      await mockEngine();
      const operator = new Operator("KO", OPERATOR);
      const billing = Account.fromReference("billing", { reference, operator });
      const accounts = [billing, Account.fromReference("orders", { reference: imported, operator })];
      const { static: server, operator: mode } = new AuthConfiguration("nats", { operator, accounts });
      assert.ok((await valueOf(server.authorization)).includes(`account: "${keyOf("account", "billing")}", subject`));
      const preload = await valueOf(mode.resolverPreload);
      const { nats } = readToken(preload[keyOf("account", "orders")] ?? "");
      assert.deepEqual(
        (nats.imports as { token: string }[]).map((entry) => entry.token),
        [token],
      );
      await mockEngine();
      const own = new Operator("KO", OPERATOR);
      const exporter = Account.fromReference("billing", { reference, operator: own });
      const settings = { ...orders, operator: own, imports: [{ account: exporter, ...wanted }] };
      const { imports: tokens } = readToken(await valueOf(new Account("orders", settings).jwt)).nats as {
        imports: { token: string }[];
      };
      assert.deepEqual(
        tokens.map((entry) => entry.token),
        [token],
      );
    });

    it("should report an import that the exporter's reference does not permit", async () => {
      const importer = await exported(orders, "orders");
      const reference = await exportTo(importer);
      const byName = await exportTo("orders");
      const other = await exportTo(await exported({ ...orders, seed: seedOf("account", "other") }, "orders"));
      await mockEngine();
      const problems = async (account: SignedReference, name: string, subject = wanted.subject) => {
        const given = new Account(name, { ...orders, imports: [{ account, ...wanted, subject }] });
        return valueOf(given.jwt).then(
          () => [],
          (error: unknown) => codesAndPathsIn(String(error)),
        );
      };
      assert.deepEqual(await problems(reference, "orders"), []);
      assert.deepEqual(await problems(reference, "stranger"), ["NA1523 imports[0].subject"]);
      assert.deepEqual(await problems(reference, "orders2", "billing.other"), ["NA1521 imports[0].subject"]);
      await mockEngine();
      assert.deepEqual(await problems(byName, "orders"), ["NA4110 imports[0]"]);
      await mockEngine();
      assert.deepEqual(await problems(other, "orders"), ["NA4110 imports[0]"]);
    });

    it("should be reported when nothing can sign the activations", async () => {
      const importer = await exported(orders, "orders");
      await mockEngine();
      const exports = [{ ...wanted, importers: [importer] }];
      const publicKey = keyOf("account", "elsewhere");
      const operator = new Operator("KO", OPERATOR);
      const account = new Account("A", { operator, publicKey, exports, users: { u: {} } });
      assert.deepEqual(codesAndPathsIn(await reasonOf(account.gate)), ["NA4107 publicKey"]);
      assert.equal(await valueOf(new Account("B", { operator, publicKey }).reference), undefined);
    });
  });

  it("should not exist in a program that uses none: its claims have the same inputs as before", async () => {
    const operator = new Operator("KO", OPERATOR);
    const exports = pulumi.secret([{ subject: "s", type: "stream" as const, importers: ["b"] }]);
    const account = new Account("A", { operator, exports, users: { u: {} } });
    await valueOf(account.jwt);
    const { inputs = {} } = ofType("AccountClaims").find(({ name }) => name === "A") ?? {};
    assert.deepEqual(
      Object.keys(inputs).filter((key) => ["grants", "grantSigner", "remembered", "activations"].includes(key)),
      [],
    );
  });

  it("should open all gates while a reference is unknown, and know what does not depend on it", async () => {
    const operator = new Operator("KO", OPERATOR);
    const reference = unknown<SignedReference>();
    const billing = Account.fromReference("billing", { reference, operator });
    const key = new Nkey("key", { kind: "account" });
    const orders = new Account("orders", {
      key,
      imports: [{ account: reference, subject: "billing.paid", type: "stream" }],
      exports: [{ subject: "s", type: "stream", importers: [reference] }],
    });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [billing] });
    assert.deepEqual(await Promise.all([billing, orders, cluster].map(({ gate }) => reasonOf(gate))), [
      undefined,
      undefined,
      undefined,
    ]);
  });
});
