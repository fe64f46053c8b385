import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { HIDDEN } from "../../provider/dynamic/life-cycle/hidden";
import { readToken } from "../../provider/jwt/sign";
import { AccountClaims } from "../../provider/resources/account-claims";
import { Activation } from "../../provider/resources/activation";
import { Nkey } from "../../provider/resources/nkey";
import { User } from "../../provider/resources/user";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { mockEngine, ofType, valueOf } from "../support/mocks";

const account = keyOf("account", "A");

/** Declares a resource of each kind whose JWT contains an input of the program. */
const DECLARED: Readonly<
  Record<string, (input: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions) => { jwt: pulumi.Output<string> }>
> = {
  AccountClaims: (subject, opts) =>
    new AccountClaims(
      "of",
      {
        name: "A",
        publicKey: account,
        users: {},
        exports: [{ subject, type: "service" }],
        signer: seedOf("operator", "O"),
      },
      opts,
    ),
  Activation: (subject, opts) =>
    new Activation(
      "of",
      { exporter: account, importer: keyOf("account", "B"), subject, type: "stream", signer: seedOf("account", "A") },
      opts,
    ),
  User: (name, opts) => new User("of", { name, account }, opts),
};

/** How the transformations of programs change options: in place, by copies that add to lists, by copies of lists. */
const TRANSFORMATIONS: Readonly<Record<string, pulumi.ResourceTransformation>> = {
  nothing: () => undefined,
  "merged options": ({ props, opts }) => ({
    props: { ...props },
    opts: pulumi.mergeOptions(opts, { additionalSecretOutputs: ["publicKey"] }),
  }),
  "replaced secret outputs": ({ props, opts }) => ({
    props,
    opts: { ...opts, additionalSecretOutputs: ["publicKey"] },
  }),
  "replaced properties": ({ props, opts }) => ({
    props: Object.fromEntries(Object.entries(props as object).filter(([key]) => key !== HIDDEN)),
    opts,
  }),
};

class Parent extends pulumi.ComponentResource {
  constructor(transformation: pulumi.ResourceTransformation) {
    super("test:index:Parent", "parent", {}, { transformations: [transformation] });
  }
}

describe("outputs that a resource derives from secret inputs", () => {
  beforeEach(mockEngine);

  for (const [type, declare] of Object.entries(DECLARED)) {
    for (const [what, transformation] of Object.entries(TRANSFORMATIONS)) {
      const declarations: Record<string, (input: pulumi.Input<string>) => { jwt: pulumi.Output<string> }> = {
        "a transformation": (input) => declare(input, { transformations: [transformation] }),
        "a transformation of a parent": (input) => declare(input, { parent: new Parent(transformation) }),
      };
      for (const [where, declareWith] of Object.entries(declarations)) {
        it(`should be secrets of ${type}, and only then, with ${where} (${what})`, async () => {
          assert.equal(await pulumi.isSecret(declareWith(pulumi.secret("orders")).jwt), true);
          assert.equal(ofType(type)[0]?.inputs[HIDDEN], true);
          await mockEngine();
          const { jwt } = declareWith("orders");
          assert.match(await valueOf(jwt), /^eyJ/);
          assert.equal(await pulumi.isSecret(jwt), false);
        });
      }
    }
  }

  it("should not be the only ones: seeds stay secrets when a transformation replaces the list of secret outputs", async () => {
    const transformations = [TRANSFORMATIONS["replaced secret outputs"] ?? assert.fail()];
    const { seed, publicKey } = new Nkey("of", { kind: "account" }, { transformations });
    assert.match(await valueOf(seed), /^SA/);
    assert.deepEqual(await Promise.all([seed, publicKey].map(pulumi.isSecret)), [true, true]);
  });

  it("should not be secret by the key of a role that signs, but by the name of the user, and if the JWT is a credential", async () => {
    const signers = () => pulumi.output(0).apply(() => new Map([[keyOf("account", "r"), pairOf("account", "r")]]));
    const role = { account: keyOf("account", "A"), signingKey: keyOf("account", "r"), signers };
    for (const [own, isSecret] of [
      [{ name: "u" }, false],
      [{ name: pulumi.secret("u") }, true],
      [{ name: "u", bearer: true }, true],
      [{ name: "u", bearer: pulumi.output(false) }, true],
    ] as const) {
      await mockEngine();
      const { jwt } = new User("u", { ...role, ...own });
      assert.equal(readToken(await valueOf(jwt)).iss, keyOf("account", "r"));
      assert.equal(await pulumi.isSecret(jwt), isSecret);
    }
  });

  it("should not be in plain text in a user that gets its signer as earlier versions of this package did", () => {
    const args = { name: "u", account: keyOf("account", "A"), signer: seedOf("account", "r") };
    assert.throws(() => new User("u", args), /no argument `signer`/);
  });
});
