import assert from "node:assert/strict";
import { provider as accountClaims } from "../../../provider/dynamic/account-claims";
import { HIDDEN } from "../../../provider/dynamic/life-cycle/hidden";
import type { LifeCycle } from "../../../provider/dynamic/life-cycle/life-cycle";
import { provider as operatorClaims } from "../../../provider/dynamic/operator-claims";
import { keyOf, seedOf } from "../../support/keys";
import { Deployed } from "../../support/life-cycle";

const signer = seedOf("operator", "given");
const systemAccount = keyOf("account", "SYS");
const CLAIMS: [string, LifeCycle<object, object>, object][] = [
  [
    "an account",
    accountClaims as unknown as LifeCycle<object, object>,
    { name: "A", publicKey: keyOf("account", "A"), users: {}, signer },
  ],
  [
    "an operator",
    operatorClaims as unknown as LifeCycle<object, object>,
    {
      name: "KO",
      publicKey: keyOf("operator", "given"),
      signingKeys: [keyOf("operator", "signing")],
      systemAccount,
      signer,
    },
  ],
];

describe("outputs that become secrets", () => {
  for (const [whose, provider, plain] of CLAIMS) {
    it(`should update the claims of ${whose}, because the engine hides them in an update only, with the same JWT`, async () => {
      const deployed = new Deployed(provider);
      await deployed.up(plain);
      const { jwt } = deployed.outs as { jwt: string };
      for (const inputs of [{ ...plain, [HIDDEN]: true }, plain]) {
        assert.deepEqual((await deployed.preview(inputs)).replaces, []);
        assert.equal(await deployed.up(inputs), true);
        assert.equal((deployed.outs as { jwt: string }).jwt, jwt);
        assert.equal(await deployed.up(inputs), false);
      }
    });
  }
});
