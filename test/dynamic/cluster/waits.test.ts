import assert from "node:assert/strict";
import { getClusterWaits, type RouteTerms } from "../../../provider/dynamic/cluster/waits";
import type { Place } from "../../../provider/servers/place";
import { keyOf, seedOf } from "../../support/keys";

const SYSTEM = keyOf("account", "SYS");
/** No server listens on this address, so that a verification fails: a failure shows that there was one. */
const CHECK = {
  url: "nats://127.0.0.1:1",
  systemAccount: SYSTEM,
  signer: seedOf("account", "signer"),
  serverNames: ["nats-static", "nats-operator"],
  accounts: {},
};
const PLACE: Place = { kind: "docker", engine: { host: "unix:///one.sock" }, container: "one" };
const PEER = { host: "127.0.0.1", clusterPort: 6222 };
const TERMS: RouteTerms = {
  clusterName: "nats",
  servers: {
    static: { ...PEER, config: `\nsystem_account: "${SYSTEM}"\n` },
    operator: { host: "127.0.0.1", clusterPort: 6223, config: "" },
  },
  places: { static: PLACE, operator: PLACE },
  routePassword: "one",
};

describe("waiting for the routes of a cluster", () => {
  const isWaited = async (before: RouteTerms | undefined, check?: typeof CHECK) => {
    try {
      await getClusterWaits(TERMS, before, check).waitUntilJoined([]);
      return false;
    } catch {
      return true;
    }
  };

  it("should happen between two restarts when nothing relevant has changed", async () => {
    const before = { ...TERMS, places: { ...TERMS.places, static: { ...PLACE, container: "two" } } };
    assert.equal(await isWaited(before, CHECK), true);
  });

  for (const [what, before] of Object.entries<RouteTerms | undefined>({
    "the cluster's name has changed": { ...TERMS, clusterName: "other" },
    "the routes' password has changed": { ...TERMS, routePassword: "other" },
    "the system account has changed": {
      ...TERMS,
      servers: { ...TERMS.servers, static: { ...PEER, config: `\nsystem_account: "${keyOf("account", "B")}"\n` } },
    },
    "the system account was an ordinary one": {
      ...TERMS,
      servers: { ...TERMS.servers, static: { ...PEER, config: `\naccounts {\n  ${SYSTEM} {}\n}\n` } },
    },
    "a server was on another Docker Engine": {
      ...TERMS,
      places: { ...TERMS.places, static: { ...PLACE, engine: { host: "unix:///two.sock" } } },
    },
    "the running configuration is unknown": undefined,
  })) {
    it(`should not happen between two restarts when ${what}`, async () => {
      assert.equal(await isWaited(before, CHECK), false);
    });
  }

  it("should not happen when the verification is skipped", async () => {
    assert.equal(await isWaited(TERMS), false);
    await getClusterWaits(TERMS, TERMS, undefined).waitForRoutes([]);
  });

  it("should happen at the end, whatever has changed", async () => {
    await assert.rejects(getClusterWaits(TERMS, undefined, CHECK).waitForRoutes([]), { code: "NA5020" });
  });
});
