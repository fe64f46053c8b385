import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, UserSet, type FromReferenceArgs } from "../../../provider";
import { signReference } from "../../../provider/jwt/reference";
import type { Account as AccountModel } from "../../../provider/model/account/account";
import { toReferenceContent } from "../../../provider/model/account/reference";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { mockEngine, valueOf } from "../../support/mocks";
import { throughState } from "../../support/references";
import { codesAndPathsIn } from "../reports";

import { BILLING, exported, OPERATOR } from "./team";

const VALID: AccountModel = { name: "billing", publicKey: keyOf("account", "billing"), users: {} };

describe("problems of accounts across stacks", () => {
  closingGates();

  const found = async (args: Partial<FromReferenceArgs>, name = "billing") => {
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    return codesAndPathsIn(
      await reasonOf(Account.fromReference(name, { operator, ...args } as FromReferenceArgs).gate),
    );
  };

  it("should report a reference that is missing, malformed, changed, or of another account", async () => {
    const reference = await exported();
    const changed = { ...reference, account: { ...reference.account, limits: {} } };
    assert.deepEqual(await found({ reference }), []);
    assert.deepEqual(await found({ reference: pulumi.output(undefined) }), ["NA4100 reference"]);
    assert.deepEqual(await found({ reference: pulumi.output("eyJ") as never }), ["NA4101 reference"]);
    assert.deepEqual(await found({ reference: { ...reference, version: 3 } as never }), ["NA4102 reference.version"]);
    assert.deepEqual(await found({ reference: changed }), ["NA4103 reference.signature"]);
    assert.deepEqual(await found({ reference }, "orders"), ["NA4105 reference.account.name"]);
    assert.deepEqual(await found({ reference, name: "billing" }, "other"), []);
    assert.deepEqual(await found({ reference, operator: undefined as never, sign: true } as never), [
      "NA1001 sign",
      "NA1002 operator",
    ]);
  });

  it("should check the account of a reference like any other, since its stack can run any program", async () => {
    const { jwt } = await exported();
    const sign = (account: object) =>
      signReference(
        {
          ...toReferenceContent({ account: VALID, others: [], activations: [], jwt }),
          account: account as AccountModel,
        },
        pairOf("account", "billing"),
      );
    const key = keyOf("user", "u");
    const user = { publicKey: key, signingKey: keyOf("account", "u") };
    assert.deepEqual(await found({ reference: sign({ ...VALID, users: 5 }) }), ["NA1003 reference.account.users"]);
    assert.deepEqual(
      await found({
        reference: sign({ ...VALID, unheard: 1, users: { u: { ...user, publicKey: "U", odd: true } } }),
      }),
      [
        "NA1001 reference.account.unheard",
        "NA1001 reference.account.users.u.odd",
        "NA1302 reference.account.users.u.publicKey",
      ],
    );
    const authorization = { users: ["u"], issuer: keyOf("account", "service") };
    assert.deepEqual(await found({ reference: sign({ ...VALID, users: { u: user }, authorization }) }), [
      "NA4106 reference.account.authorization",
    ]);
  });

  it("should report keys of other accounts of the cluster, also generated ones", async () => {
    const operator = new Operator("KO", OPERATOR);
    const own = new Account("own", { operator, users: { u: {} }, roles: { device: {} } });
    const set = new UserSet("devices", { account: own, role: "device", users: ["d-1"] });
    const publicKey = await valueOf(own.users.u.publicKey);
    const { "d-1": ofSet = "" } = await valueOf(set.publicKeys);
    const users = { stolen: { publicKey }, "of-set": { publicKey: ofSet } };
    const thief = new Account("billing", { ...BILLING, users });
    const reference = throughState(await valueOf(thief.reference));
    const billing = Account.fromReference("from", { reference, operator, name: "billing" });
    const { gate } = new MixedAuthCluster("nats", { operator, accounts: [own, billing] });
    assert.deepEqual(
      codesAndPathsIn(await reasonOf(gate)).filter((found) => found.startsWith("NA1710")),
      ["of-set", "stolen"].map((user) => `NA1710 accounts[1]("billing").reference.account.users.${user}`),
    );
  });

  it("should report an account of the cluster that has a different key than the reference expects", async () => {
    const orders = new Account("orders", {
      seed: seedOf("account", "orders"),
      exports: [{ subject: "o", type: "stream" }],
    });
    const imports = [{ account: orders, subject: "o", type: "stream" as const }];
    const reference = await exported({ seed: BILLING.seed, users: { u: {} }, imports });
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    const billing = Account.fromReference("billing", { reference, operator });
    const problems = async (seed: string, name: string) => {
      const exporter = new Account(name, {
        operator,
        name: "orders",
        seed,
        exports: [{ subject: "o", type: "stream" }],
      });
      const { gate } = new MixedAuthCluster(name, { operator, accounts: [billing, exporter] });
      return codesAndPathsIn(await reasonOf(gate));
    };
    assert.deepEqual(await problems(seedOf("account", "orders"), "same"), []);
    assert.deepEqual(await problems(seedOf("account", "new"), "replaced"), ['NA4109 accounts[0]("billing").reference']);
  });

  it("should report an account that signs itself in a cluster, a reference in place of an account, and a missing seed", async () => {
    const operator = new Operator("KO", OPERATOR);
    const account = new Account("billing", { users: { u: {} } });
    const { gate } = new MixedAuthCluster("nats", { operator, accounts: [account] });
    assert.deepEqual(codesAndPathsIn(await reasonOf(gate)), ['NA4108 accounts[0]("billing").operator']);
    const accounts = [account.reference] as unknown as Account[];
    const other = new MixedAuthCluster("other", { operator, accounts });
    assert.deepEqual(codesAndPathsIn(await reasonOf(other.gate)), ["NA4050 accounts[0]"]);
    const keyless = new Account("A", { publicKey: keyOf("account", "A"), authorization: { users: [] } });
    assert.deepEqual(
      codesAndPathsIn(await reasonOf(keyless.gate)).filter((each) => each.startsWith("NA41")),
      ["NA4107 publicKey", "NA4106 authorization"],
    );
  });

  it("should report problems of a reference for the account that imports from it", async () => {
    const reference = { ...(await exported()), signature: "" };
    await mockEngine();
    const imports = [{ account: reference, subject: "billing.status", type: "service" as const }];
    const account = new Account("orders", { users: { u: {} }, imports });
    assert.deepEqual(codesAndPathsIn(await reasonOf(account.gate)), ["NA4103 imports[0].account.signature"]);
    const exports = [{ subject: "s", type: "stream" as const, importers: [reference] }];
    const exporter = new Account("exporter", { users: { u: {} }, exports });
    assert.deepEqual(codesAndPathsIn(await reasonOf(exporter.gate)), ["NA4103 exports[0].importers[0].signature"]);
  });
});
