import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Operator } from "../../../provider";
import { seedOf } from "../../support/keys";
import { mockEngine, registered, valueOf } from "../../support/mocks";

const inputsOf = (type: string, name: string) =>
  registered.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.inputs;

async function reasonOf(gate: Promise<void>): Promise<string> {
  return gate.then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
}

describe("the rotation of an operator's signing key", () => {
  beforeEach(mockEngine);

  it("should set the version of the signing key, and pass the overlap to the claims", async () => {
    const operator = new Operator("KO", { rotation: { version: 2, overlap: "24h" } });
    await valueOf(operator.jwt);
    assert.equal(inputsOf("Nkey", "KO/signing")?.version, 2);
    assert.equal(inputsOf("Nkey", "KO/identity")?.version, undefined);
    assert.deepEqual(inputsOf("OperatorClaims", "KO")?.rotation, { version: 2, overlap: "24h" });
  });

  it("should be rejected when it is malformed, or has a version next to a given signer", async () => {
    const reason = (args: object) => reasonOf(new Operator("KO", args).gate);
    assert.match(
      await reason({ rotation: { version: {}, overlap: "soon" } }),
      /2 problems:.*rotation\.version.*rotation\.overlap/s,
    );
    assert.match(await reason({ rotation: "2" }), /rotation = "2": /);
    const signer = seedOf("operator", "signing");
    assert.match(await reason({ signer, rotation: { version: 2 } }), /rotation\.version = 2: /);
    assert.equal(await reason({ signer, rotation: { overlap: "24h" } }), "");
  });
});

describe("the identity key of an operator", () => {
  beforeEach(mockEngine);

  it("should be a secret output while it is managed", async () => {
    const seed = seedOf("operator", "given");
    const { identitySeed, publicKey } = new Operator("KO", { seed });
    assert.equal(await valueOf(identitySeed), seed);
    assert.equal(await pulumi.isSecret(identitySeed), true);
    assert.equal(await pulumi.isSecret(publicKey), false);
  });

  it("should not be a resource when it is offline, so that the state does not contain its seed", async () => {
    const operator = new Operator("KO", { identityKey: "offline" });
    // No JWT was ever signed here: the resource that would sign it reports that.
    await assert.rejects(valueOf(operator.jwt), /JWT/);
    assert.equal(inputsOf("Nkey", "KO/identity"), undefined);
    assert.equal(inputsOf("OperatorClaims", "KO")?.signer, undefined);
    assert.equal(await valueOf(operator.identitySeed), undefined);
  });

  it("should be rejected when it is neither managed nor offline, or offline with a seed", async () => {
    const reason = (args: object) => reasonOf(new Operator("KO", args).gate);
    assert.match(await reason({ identityKey: "gone" }), /identityKey = "gone"/);
    const seed = seedOf("operator", "given");
    assert.match(await reason({ identityKey: "offline", seed }), /identityKey = "offline": .*NA4006/);
    assert.equal(await reason({ identityKey: "managed", seed }), "");
  });
});
