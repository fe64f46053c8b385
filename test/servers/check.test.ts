import assert from "node:assert/strict";
import { ROUTES_FILE } from "../../provider/config/listener";
import { credsText } from "../../provider/jwt/creds";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { checkCluster, type ExpectedCluster } from "../../provider/servers/check";
import { DOCUMENTATION } from "../support/documentation";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { filesOf, freeListeners, newPair, startPair, urlOf, type Pair } from "../support/pair";
import { CHECK_SIGNER, ISSUED_AT, worldOf, type World } from "../support/world";

/** Milliseconds for checks that are to fail. */
const SOON = 300;

describe("asking the servers of a cluster", () => {
  let world: World;
  let pair: Pair;
  let creds: string;

  before(async () => {
    world = await worldOf(DOCUMENTATION);
    pair = await startPair(world);
    const claims = scopedUserClaims({
      name: "check",
      publicKey: keyOf("user", "check"),
      account: world.model.systemAccount,
    });
    const jwt = await signClaims(claims, pairOf("account", CHECK_SIGNER), { issuedAt: ISSUED_AT });
    creds = credsText(jwt, seedOf("user", "check"));
  });

  after(() => {
    pair.stop();
  });

  function expected(change: Partial<ExpectedCluster> = {}): ExpectedCluster {
    const accounts = world.model.accounts.map(({ publicKey, name }) => [publicKey, name] as const);
    return {
      clusterName: "nats",
      serverNames: ["nats-static", "nats-operator"],
      accounts: Object.fromEntries(accounts),
      ...change,
    };
  }

  const failing = (change: Partial<ExpectedCluster>, message: RegExp) =>
    assert.rejects(checkCluster(urlOf(pair, "operator"), creds, expected(change), SOON), message);

  it("should say in words what was found when all is as it should be", async () => {
    assert.equal(
      await checkCluster(urlOf(pair, "operator"), creds, expected()),
      "nats-static and nats-operator are one cluster, nats, and know all 3 accounts",
    );
  });

  it("should name both servers and the account when no server knows it", async () => {
    const stranger = keyOf("account", "stranger");
    const accounts = { ...expected().accounts, [stranger]: "stranger" };
    await failing({ accounts }, new RegExp(`server nats-static does not know.* account stranger \\(${stranger}\\)`));
    await failing({ accounts }, new RegExp(`server nats-operator does not know.* account stranger \\(${stranger}\\)`));
  });

  it("should name the cluster that the servers are in when it is another one", async () => {
    await failing({ clusterName: "other" }, /server nats-static says it is in the cluster nats/);
  });

  it("should name the server that does not answer when there is no such server", async () => {
    await failing(
      { serverNames: ["nats-operator", "third"] },
      /server third does not answer over the route: it is not linked to the other one/,
    );
  });

  it("should leave what happens to the servers to those who ask", async () => {
    await assert.rejects(
      checkCluster(urlOf(pair, "operator"), creds, expected({ clusterName: "other" }), SOON),
      (error: Error) => !error.message.includes("keep running"),
    );
  });

  it("should name the clock, and another server on that address, when its credentials are not accepted", async () => {
    const claims = scopedUserClaims({
      name: "check",
      publicKey: keyOf("user", "check"),
      account: world.model.systemAccount,
    });
    const validity = { issuedAt: ISSUED_AT, expires: ISSUED_AT + 60 };
    const expired = await signClaims(claims, pairOf("account", CHECK_SIGNER), validity);
    await assert.rejects(
      checkCluster(urlOf(pair, "operator"), credsText(expired, seedOf("user", "check")), expected(), SOON),
      /could not log in to the operator server at .*Authorization Violation.*hold for a minute.*clock.*another server/s,
    );
  });

  it("should say where it could not log in, and no secret, when the address is out of reach", async () => {
    await assert.rejects(checkCluster("nats://127.0.0.1:1", creds, expected(), SOON), (error: Error) => {
      assert.match(error.message, /could not log in to the operator server at nats:\/\/127\.0\.0\.1:1/);
      assert.equal(error.message.includes(seedOf("user", "check")), false);
      return true;
    });
  });

  it("should say that the static server does not answer when the route is missing", async () => {
    const alone = await newPair(await freeListeners("alone"));
    try {
      for (const side of ["static", "operator"] as const) {
        await alone.servers[side].put({ ...filesOf(side, world, alone.listeners), [ROUTES_FILE]: "" });
        await alone.servers[side].start();
      }
      const cluster = expected({ clusterName: "alone", serverNames: ["alone-static", "alone-operator"] });
      await assert.rejects(
        checkCluster(urlOf(alone, "operator"), creds, cluster, SOON),
        /server alone-static does not answer over the route/,
      );
    } finally {
      alone.stop();
    }
  });
});
