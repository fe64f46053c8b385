import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, Activation, MixedAuthCluster, Nkey, Operator, type AccountReference } from "../../../provider";
import { readToken } from "../../../provider/jwt/sign";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";

/** Returns the activations in an account's JWT, by the subject of the import. */
async function tokensIn({ jwt }: { jwt: pulumi.Output<string> }): Promise<Record<string, string | undefined>> {
  const { imports = [] } = readToken(await valueOf(jwt)).nats as { imports?: { subject: string; token?: string }[] };
  return Object.fromEntries(imports.map(({ subject, token }) => [subject, token]));
}

const service = (subject: string, terms: object = {}) => ({ subject, type: "service" as const, ...terms });

describe("the activations that an account creates for its imports", () => {
  let operator: Operator;

  beforeEach(async () => {
    await mockEngine();
    operator = new Operator("KO");
  });

  it("should be signed by the exporting account, for private exports only", async () => {
    const exports = [service("a.>", { importers: ["B"] }), service("b")];
    const a = new Account("A", { operator, exports });
    const imports = [
      { account: a, ...service("a.x/y") },
      { account: a, ...service("b") },
    ];
    const b = new Account("B", { operator, imports });
    const { "a.x/y": token, b: none } = await tokensIn(b);
    const { iss, sub } = readToken(token ?? "");
    assert.deepEqual([iss, sub, none], [await valueOf(a.publicKey), await valueOf(b.publicKey), undefined]);
    assert.deepEqual(
      ofType("Activation").map(({ name }) => name),
      ["B/service a.x%2Fy of A"],
    );
    assert.equal((await tokensIn(a)).a, undefined);
  });

  it("should be created for both accounts when they import from each other and one is referred to by its key", async () => {
    const key = new Nkey("A", { kind: "account" });
    const later: AccountReference = { accountName: "A", publicKey: key.publicKey, signer: key.seed };
    const b = new Account("B", {
      operator,
      exports: [service("b", { importers: ["A"] })],
      imports: [{ account: later, ...service("a") }],
    });
    const a = new Account("A", {
      operator,
      key,
      exports: [service("a", { importers: ["B"] })],
      imports: [{ account: b, ...service("b") }],
    });
    assert.equal(readToken((await tokensIn(a)).b ?? "").iss, await valueOf(b.publicKey));
    assert.equal(readToken((await tokensIn(b)).a ?? "").iss, await valueOf(key.publicKey));
  });

  it("should be created when it is not known yet whether an export is private", async () => {
    const exports = pulumi.output([service("a")]);
    const a = new Account("A", { operator, exports });
    const b = new Account("B", { operator, imports: [{ account: a, ...service("a") }] });
    assert.notEqual((await tokensIn(b)).a, undefined);
  });

  it("should be shared when a service is imported twice", async () => {
    const a = new Account("A", { operator, exports: [service("a", { importers: ["B"] })] });
    const imports = ["x", "y"].map((localSubject) => ({ account: a, ...service("a", { localSubject }) }));
    const b = new Account("B", { operator, imports });
    assert.notEqual((await tokensIn(b)).a, undefined);
    assert.equal(ofType("Activation").length, 1);
  });

  it("should be the given token when the program does not have the exporter's seed", async () => {
    const publicKey = keyOf("account", "elsewhere");
    const elsewhere: AccountReference = { accountName: "A", publicKey };
    const key = new Nkey("B", { kind: "account" });
    const signer = seedOf("account", "elsewhere");
    const { jwt } = new Activation("a", { exporter: publicKey, importer: key.id, ...service("a"), signer });
    const imports = [{ account: elsewhere, ...service("a"), token: jwt }];
    const b = new Account("B", { operator, key, imports });
    assert.equal((await tokensIn(b)).a, await valueOf(jwt));
  });

  it("should be required by the cluster when nothing can sign them", async () => {
    const a = new Account("A", {
      operator,
      publicKey: keyOf("account", "elsewhere"),
      exports: [service("a", { importers: ["B"] }), service("b")],
      users: { u: {} },
    });
    const b = new Account("B", {
      operator,
      imports: ["a", "b"].map((subject) => ({ account: a, ...service(subject) })),
    });
    const { network } = new MixedAuthCluster("c", { operator, accounts: [a, b] });
    await assert.rejects(valueOf(network), /1 problem:\n.*accounts\[1\]\("B"\)\.imports\[0\] = "a": /);
  });

  it("should be issued after the revocations of the export", async () => {
    const a = new Account("A", {
      operator,
      exports: [service("a", { importers: ["B"], revocations: { "*": "2100-01-01T00:00:00Z" } })],
    });
    const b = new Account("B", { operator, imports: [{ account: a, ...service("a") }] });
    assert.equal(readToken((await tokensIn(b)).a ?? "").iat, 4_102_444_801);
  });
});
