import assert from "node:assert/strict";
import { getClusterWaits, type RouteTerms } from "../../../provider/dynamic/cluster/waits";
import type { Place } from "../../../provider/servers/place";
import type { PreparedChange } from "../../../provider/servers/prepare";
import type { ConfigFiles } from "../../../provider/servers/server";
import { keyOf, seedOf } from "../../support/keys";
import { ScriptedServer } from "../../support/scripted-server";

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

/** The files of a server after the last finished update. */
const FILES: ConfigFiles = {
  "nats.conf": `cluster { name: "nats" }\nsystem_account: "${SYSTEM}"\n`,
  "routes.conf": 'authorization { password: "one" }\n',
};

/** The change of a server, in whose place there may be other files than those of the last finished update. */
function changeWith(found: ConfigFiles, formerly?: ConfigFiles): PreparedChange {
  const stateOf = (files: ConfigFiles) => ({ process: "running", files }) as const;
  const server = new ScriptedServer("static", [], stateOf(found));
  const predecessors = formerly === undefined ? [] : [new ScriptedServer("static", [], stateOf(formerly))];
  return {
    ...{ server, stage: "static", before: stateOf(found), previous: FILES, predecessors },
    ...{ prelude: undefined, next: { files: FILES, digest: "" }, isRepair: false },
  };
}

describe("waiting for the routes of a cluster", () => {
  const isWaited = async (
    previous: RouteTerms | undefined,
    check?: typeof CHECK,
    changes: readonly PreparedChange[] = [],
  ) => {
    const waits = getClusterWaits(TERMS, previous, check);
    await waits.protectStreams(changes);
    try {
      await waits.waitUntilJoined([]);
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
    "there is no former configuration": undefined,
  })) {
    it(`should not happen between two restarts when ${what}`, async () => {
      assert.equal(await isWaited(before, CHECK), false);
    });
  }

  it("should happen after an update that was refused or killed, whose files allow the same routes", async () => {
    const others = { ...FILES, "nats.conf": `${FILES["nats.conf"] ?? ""}max_subscriptions: 1\n` };
    for (const changes of [[changeWith(FILES)], [changeWith(others)], [changeWith({}, others)]]) {
      assert.equal(await isWaited(TERMS, CHECK, changes), true);
    }
    assert.equal(await isWaited(TERMS, CHECK, [changeWith({ "nats.conf": "edited {", "routes.conf": "one" })]), true);
  });

  for (const [what, files] of Object.entries<ConfigFiles>({
    "another password for routes": { ...FILES, "routes.conf": 'authorization { password: "other" }\n' },
    "another system account": { ...FILES, "nats.conf": `system_account: "${keyOf("account", "B")}"\n` },
    "another name of the cluster": { ...FILES, "nats.conf": 'cluster { name: "other" }\n' },
  })) {
    it(`should not happen after an update that was killed and has written ${what}`, async () => {
      assert.equal(await isWaited(TERMS, CHECK, [changeWith(FILES), changeWith(files)]), false);
      assert.equal(await isWaited(TERMS, CHECK, [changeWith({}, files)]), false);
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
