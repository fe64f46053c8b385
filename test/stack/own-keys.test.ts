import assert from "node:assert/strict";
import { createAccount, createOperator, createUser, type KeyPair } from "nkeys.js";
import { formatCreds } from "../../provider/jwt/sign";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import type { Declaration } from "./programs/declared/declaration";

const seed = (pair: KeyPair): string => new TextDecoder().decode(pair.getSeed());

describe("keys that a program supplies, with an explicit docker provider", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"] });
  const clients = new Clients();
  const keys = { operator: createOperator(), system: createAccount(), account: createAccount() };
  const users = { seeded: createUser(), alone: createUser() };
  let declaration: Declaration;
  let outputs: StackOutputs;

  before("an update whose environment names no Docker Engine", async () => {
    const { DOCKER_HOST: dockerHost } = process.env;
    declaration = {
      operator: {
        seed: seed(keys.operator),
        systemAccount: { name: "SYS", seed: seed(keys.system), users: { sys: {} } },
      },
      accounts: {
        A: {
          exports: [],
          imports: [],
          limits: {},
          seed: seed(keys.account),
          users: {
            seeded: { seed: seed(users.seeded) },
            alone: { publicKey: users.alone.getPublicKey() },
            made: { permissions: {} },
          },
        },
      },
      ...(dockerHost === undefined ? {} : { dockerHost }),
    };
    await stack.declare(declaration);
    stack.env.DOCKER_HOST = undefined;
    succeeded(await stack.up());
    outputs = await stack.outputs();
  });

  it("should be used as they are", () => {
    assert.deepEqual(
      { ...outputs.publicKeys, "SYS/sys": undefined, "A/made": undefined },
      {
        KO: keys.operator.getPublicKey(),
        SYS: keys.system.getPublicKey(),
        A: keys.account.getPublicKey(),
        "A/seeded": users.seeded.getPublicKey(),
        "A/alone": users.alone.getPublicKey(),
        "SYS/sys": undefined,
        "A/made": undefined,
      },
    );
  });

  it("should accept a user with a supplied seed", async () => {
    const onStatic = await clients.connect(outputs.clientUrls.static, bySeed(seed(users.seeded)));
    const onOperator = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/seeded"]));
    await crosses(onStatic, onOperator, "seeded");
  });

  it("should have no seed and no creds of a user with only a supplied public key", () => {
    for (const texts of [outputs.seeds, outputs.creds]) {
      // JSON has no undefined: such an output is null, or is not there.
      const given = Object.keys(texts).filter((user) => (texts[user] ?? undefined) !== undefined);
      assert.deepEqual(given.sort(), ["A/made", "A/seeded", "SYS/sys"]);
    }
  });

  it("should refuse a preview in which two users have one key, which may be generated", async () => {
    const other = (user: object) => ({
      ...declaration.accounts,
      B: { exports: [], imports: [], limits: {}, users: { u: user } },
    });
    for (const user of [
      { publicKey: outputs.publicKeys["A/made"] ?? "" },
      { seed: outputs.seeds["A/made"] ?? "" },
      { publicKey: users.seeded.getPublicKey() },
    ]) {
      await stack.declare({ ...declaration, accounts: other(user) });
      const { output } = failed(await stack.preview());
      assert.match(output, /accounts\[1\]\("B"\)\.users\.u = "U\w{55}": is already used by .*\[NA1710\]/);
    }
    await stack.declare(declaration);
    succeeded(await stack.preview("--diff", "--expect-no-changes"));
  });

  it("should accept that user's own seed, on the operator server with the JWT", async () => {
    const own = seed(users.alone);
    const creds = formatCreds(outputs.jwts?.["A/alone"] ?? "", own);
    const onStatic = await clients.connect(outputs.clientUrls.static, bySeed(own));
    const onOperator = await clients.connect(outputs.clientUrls.operator, byCreds(creds));
    await crosses(onStatic, onOperator, "alone");
    await crosses(onOperator, onStatic, "alone");
  });

  it("should change nothing at a second update, empty lists or not", async () => {
    const unchanged = /^ +\d+ unchanged$/m;
    const { output } = succeeded(await stack.up());
    assert.match(output, unchanged);
    assert.doesNotMatch(output, /updated|created|replaced|deleted/);
  });

  it("should report a remedy when the supplied public key is removed", async () => {
    const { A } = declaration.accounts ?? {};
    const withAlone = (alone: object) =>
      stack.declare({ ...declaration, accounts: { A: { ...A, users: { ...A?.users, alone } } } });
    await withAlone({});
    assert.match(failed(await stack.preview()).output, /\[NA5032\]/);
    await withAlone({ rotation: { version: 1, overlap: "none" } });
    succeeded(await stack.preview());
    await stack.declare(declaration);
  });

  it("should show no seed", async () => {
    const shown = stack.transcript + (await stack.rawState());
    for (const pair of [...Object.values(keys), ...Object.values(users)]) {
      assert.ok(!shown.includes(seed(pair)), "a seed is shown");
    }
  });

  it("should leave nothing behind when destroyed, through the same provider", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.engine.belongings(), []);
    assert.deepEqual(await stack.processes(), []);
  });
});
