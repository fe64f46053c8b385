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

  it("should be a version of that key, and the claims' business", async () => {
    const operator = new Operator("KO", { rotation: { version: 2, overlap: "24h" } });
    await valueOf(operator.jwt);
    assert.equal(inputsOf("Nkey", "KO/signing")?.version, 2);
    assert.equal(inputsOf("Nkey", "KO/identity")?.version, undefined);
    assert.deepEqual(inputsOf("OperatorClaims", "KO")?.rotation, { version: 2, overlap: "24h" });
  });

  it("should be refused when it is none, and beside a key that the program gives", async () => {
    const reason = (args: object) => reasonOf(new Operator("KO", args).gate);
    assert.match(
      await reason({ rotation: { version: {}, overlap: "soon" } }),
      /2 problems:.*rotation\.version.*rotation\.overlap/s,
    );
    assert.match(await reason({ rotation: "2" }), /rotation = "2": is not an object/);
    const signer = seedOf("operator", "signing");
    assert.match(await reason({ signer, rotation: { version: 2 } }), /rotation\.version = 2: stands beside a key/);
    assert.equal(await reason({ signer, rotation: { overlap: "24h" } }), "");
  });
});

describe("the identity of an operator", () => {
  beforeEach(mockEngine);

  it("should be told as a secret as long as it is kept", async () => {
    const seed = seedOf("operator", "given");
    const { identitySeed, publicKey } = new Operator("KO", { seed });
    assert.equal(await valueOf(identitySeed), seed);
    assert.equal(await pulumi.isSecret(identitySeed), true);
    assert.equal(await pulumi.isSecret(publicKey), false);
  });

  it("should be no resource when it is offline, so that no state has its seed", async () => {
    const operator = new Operator("KO", { identity: "offline" });
    // Nothing was ever signed here, which is said where the JWT would come from.
    await assert.rejects(valueOf(operator.jwt), /there is no JWT of the operator yet/);
    assert.equal(inputsOf("Nkey", "KO/identity"), undefined);
    assert.equal(inputsOf("OperatorClaims", "KO")?.signer, undefined);
    assert.equal(await valueOf(operator.identitySeed), undefined);
  });

  it("should be refused when it is neither kept nor offline, or offline beside a seed", async () => {
    const reason = (args: object) => reasonOf(new Operator("KO", args).gate);
    assert.match(await reason({ identity: "gone" }), /identity = "gone": is not "kept" or "offline"/);
    const seed = seedOf("operator", "given");
    assert.match(await reason({ identity: "offline", seed }), /identity = "offline": stands beside a seed/);
    assert.equal(await reason({ identity: "kept", seed }), "");
  });
});
