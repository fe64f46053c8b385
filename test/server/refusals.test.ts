import assert from "node:assert/strict";
import { AuthorizationError } from "@nats-io/transport-node";
import { formatCreds, signClaims } from "../../provider/jwt/sign";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { by, Clients } from "../support/clients";
import { DOCUMENTATION } from "../support/documentation";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { startPair, urlOf, type Pair } from "../support/pair";
import { SIDES } from "../support/sides";
import { ISSUED_AT, loginOf, worldOf, type World } from "../support/world";

describe("clients that both servers refuse", () => {
  let world: World;
  let pair: Pair;
  const clients = new Clients();

  before(async () => {
    world = await worldOf(DOCUMENTATION);
    pair = await startPair(world);
  });

  after(async () => {
    await clients.close();
    pair.stop();
  });

  /** The claims of a user of A, signed by a key. */
  async function credsSignedBy(signer: string, user: string): Promise<string> {
    const claims = scopedUserClaims({
      name: "test",
      publicKey: keyOf("user", user),
      account: keyOf("account", "A"),
    });
    const jwt = await signClaims(claims, pairOf("account", signer), { issuedAt: ISSUED_AT });
    return formatCreds(jwt, seedOf("user", user));
  }

  for (const side of SIDES) {
    const refused = (authenticator?: Parameters<Clients["connect"]>[1]) =>
      assert.rejects(clients.connect(urlOf(pair, side), authenticator), AuthorizationError);

    describe(`the ${side} server`, () => {
      it("should refuse a client without credentials", () => refused());

      it("should refuse a seed when its user is not listed", () => refused(by.seed(seedOf("user", "A/stranger"))));

      it("should refuse creds when their user is not listed and a key of no account signed them", async () => {
        await refused(by.creds(await credsSignedBy("A/stranger", "A/stranger")));
      });

      it("should refuse creds with another user's seed", async () => {
        const { jwt } = loginOf(world, "A/test");
        await refused(by.creds(formatCreds(jwt, seedOf("user", "A/stranger"))));
      });
    });
  }

  it("should refuse a listed user's seed without the JWT on the operator server", async () => {
    const { seed } = loginOf(world, "A/test");
    await assert.rejects(clients.connect(urlOf(pair, "operator"), by.seed(seed)), AuthorizationError);
  });

  it("should refuse a listed user's JWT on the operator server when another key signed it again", async () => {
    const creds = await credsSignedBy("A/stranger", "A/test");
    await assert.rejects(clients.connect(urlOf(pair, "operator"), by.creds(creds)), AuthorizationError);
  });

  it("should refuse a JWT on the operator server when the account's own identity key signed it", async () => {
    const creds = await credsSignedBy("A", "A/test");
    await assert.rejects(clients.connect(urlOf(pair, "operator"), by.creds(creds)), AuthorizationError);
  });

  it("should refuse a JWT on the operator server when the signing key of another user of another account signed it", async () => {
    const creds = await credsSignedBy("B/test", "A/test");
    await assert.rejects(clients.connect(urlOf(pair, "operator"), by.creds(creds)), AuthorizationError);
  });

  it("should accept the same users with the right credentials", async () => {
    const { seed, creds } = loginOf(world, "A/test");
    await clients.connect(urlOf(pair, "static"), by.seed(seed));
    await clients.connect(urlOf(pair, "operator"), by.creds(creds));
  });
});
