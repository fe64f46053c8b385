import assert from "node:assert/strict";
import { linksOf, type Links } from "../../provider/resources/cluster-links";
import type { Place } from "../../provider/servers/places";
import { keyOf, seedOf } from "../support/keys";

const SYSTEM = keyOf("account", "SYS");
/** Nobody listens there: whoever is asked does not answer, which shows that he was asked. */
const CHECK = {
  url: "nats://127.0.0.1:1",
  systemAccount: SYSTEM,
  signer: seedOf("account", "signer"),
  serverNames: ["nats-static", "nats-operator"],
};
const PLACE: Place = { kind: "docker", engine: { host: "unix:///one.sock" }, container: "one" };
const LINKS: Links = {
  clusterName: "nats",
  servers: {
    static: { host: "127.0.0.1", clusterPort: 6222, config: `\nsystem_account: "${SYSTEM}"\n` },
    operator: { host: "127.0.0.1", clusterPort: 6223, config: "" },
  },
  places: { static: PLACE, operator: PLACE },
  routePassword: "one",
};
const { static: ofStatic } = LINKS.servers;

describe("waiting for the links of a cluster", () => {
  const isWaited = async (before: Links | undefined, check?: typeof CHECK) => {
    try {
      await linksOf(LINKS, before, check).linkedInBetween();
      return false;
    } catch {
      return true;
    }
  };

  it("should be done between two restarts when nothing that matters has changed", async () => {
    const before = { ...LINKS, places: { ...LINKS.places, static: { ...PLACE, container: "two" } } };
    assert.equal(await isWaited(before, CHECK), true);
  });

  for (const [what, before] of Object.entries<Links | undefined>({
    "the cluster's name has changed": { ...LINKS, clusterName: "other" },
    "the routes' password has changed": { ...LINKS, routePassword: "other" },
    "the system account has changed": {
      ...LINKS,
      servers: { ...LINKS.servers, static: { ...ofStatic, config: `\nsystem_account: "${keyOf("account", "B")}"\n` } },
    },
    "the system account was an ordinary one": {
      ...LINKS,
      servers: { ...LINKS.servers, static: { ...ofStatic, config: `\naccounts {\n  ${SYSTEM} {}\n}\n` } },
    },
    "a server was on another Docker Engine": {
      ...LINKS,
      places: { ...LINKS.places, static: { ...PLACE, engine: { host: "unix:///two.sock" } } },
    },
    "nobody knows what runs": undefined,
  })) {
    it(`should not be done between two restarts when ${what}`, async () => {
      assert.equal(await isWaited(before, CHECK), false);
    });
  }

  it("should not be done at all when nobody may ask", async () => {
    assert.equal(await isWaited(LINKS), false);
    await linksOf(LINKS, LINKS, undefined).linked();
  });

  it("should be done at the end whatever has changed", async () => {
    await assert.rejects(linksOf(LINKS, undefined, CHECK).linked(), /could not log in/);
  });
});
