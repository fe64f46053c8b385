import assert from "node:assert/strict";
import { accountClaimsProvider, provider as accountClaims } from "../../../provider/dynamic/account-claims";
import { provider as clusterConfiguration } from "../../../provider/dynamic/cluster-configuration";
import { DETAILS } from "../../../provider/dynamic/life-cycle/details";
import { foldingExcept, withFolding } from "../../../provider/dynamic/life-cycle/folding";
import { withStateVersion, type LifeCycle } from "../../../provider/dynamic/life-cycle/life-cycle";
import { readTimes } from "../../../provider/dynamic/life-cycle/shown-times";
import { STATE_VERSION } from "../../../provider/dynamic/life-cycle/state-version";
import { packingConfigs } from "../../../provider/dynamic/state/configuration-texts";
import { packText } from "../../../provider/dynamic/state/packed-texts";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";
import { mapServers } from "../../../provider/model/cluster/servers";
import { keyOf, seedOf } from "../../support/keys";
import { Deployed } from "../../support/life-cycle";

const START = 1_800_000_000;
const HOUR = 3_600;

const OUTLINES = { one: "port: (of one)", store: "port: (of store)" };

interface Place {
  readonly folder: string;
  readonly condition: string;
}

const FOLDING = foldingExcept<Place, "condition">(["condition"]);

/** A provider that finds the resource stopped whenever it reads it. */
const STOPPED: LifeCycle<Place, Place> = {
  create: (inputs) => Promise.resolve({ id: "a", outs: inputs }),
  read: (id, state = { folder: "", condition: "" }) =>
    Promise.resolve({ id, props: { ...state, condition: "stopped" } }),
};

describe("folded properties of earlier states and unknown details", () => {
  for (const [name, provider] of Object.entries({ accountClaims, clusterConfiguration })) {
    it(`should count as a change without an error when the details of ${name} are unknown as a whole`, async () => {
      const lifeCycle = provider as unknown as LifeCycle<object, object>;
      const effect = await lifeCycle.diff?.("id", { stateVersion: 3 }, { [DETAILS]: UNKNOWN });
      assert.deepEqual(effect, { changes: true, replaces: [], deleteBeforeReplace: false });
    });
  }

  it("should not change an account whose state and inputs have times as numbers, and one text", async () => {
    let now = START;
    const provider = accountClaimsProvider(() => now);
    const user = (version: number) => ({ publicKey: keyOf("user", `u${version}`), signingKey: keyOf("account", "u") });
    const account = (version: number) => ({
      name: "A",
      publicKey: keyOf("account", "A"),
      users: { u: { ...user(version), rotation: { version: String(version), overlap: "1h" } } },
      imports: [{ account: keyOf("account", "B"), subject: "s", type: "stream" }],
      signer: seedOf("operator", "signing"),
    });
    const present = new Deployed(provider);
    await present.up(account(1));
    await present.up(account(2));
    const { id, inputs, outs } = present;
    assert.deepEqual(readTimes(outs.previous), {
      users: { u: [{ ...user(1), until: START + HOUR }] },
    });
    const numbers = { previous: readTimes(outs.previous ?? {}), revoked: {} };
    const stored = Deployed.from(provider, {
      id,
      inputs: { ...inputs, ...numbers },
      outs: { ...outs, ...numbers, stateVersion: 3 } as unknown as typeof outs,
    });
    assert.deepEqual((await stored.preview(account(2))).inputs, inputs);
    assert.equal(await stored.up(account(2)), false);
    now += HOUR;
    assert.equal(await stored.up(account(2)), true);
    assert.deepEqual(stored.outs.previous, {});
  });

  it("should not change servers whose state and inputs have the configurations beside the details", async () => {
    const servers = { one: { host: "127.0.0.1", clusterPort: 1 }, store: { host: "127.0.0.1", clusterPort: 2 } };
    const configs = { one: "port: 3", store: "port: 4" };
    const configured = mapServers(servers, (server, name) => ({ ...server, config: configs[name as "one"] }));
    const details = { clusterName: "nats", attempt: "1", places: {}, store: { id: "s", folders: {} } };
    const state = { condition: { one: "in force", store: "in force" }, applied: "a", routePassword: "p" };
    const news = { ...OUTLINES, [DETAILS]: { ...details, servers: configured } };
    const lifeCycle = clusterConfiguration as unknown as LifeCycle<object, object>;
    const { inputs } = (await lifeCycle.check?.({ ...configs, [DETAILS]: { ...details, servers } }, news)) ?? {};
    assert.deepEqual(inputs, news);
    for (const [olds, changes] of [
      [{ ...state, ...configs, stateVersion: 3, [DETAILS]: { ...details, servers } }, false],
      [{ ...state, stateVersion: 4, [DETAILS]: { ...details, servers: configured } }, false],
      [{ ...state, ...configs, one: "port: 5", stateVersion: 3, [DETAILS]: { ...details, servers } }, true],
    ] as const) {
      assert.equal((await lifeCycle.diff?.("nats", olds, news))?.changes, changes);
    }
  });

  it("should stay as an earlier version stored them when a refresh finds a difference, so that secrets keep their names", async () => {
    const folded = withFolding(STOPPED, { inputs: FOLDING, state: FOLDING });
    const provider = withStateVersion(folded, { 3: (state) => FOLDING.fold(state as unknown as Place) });
    const stored = { folder: "/a", condition: "in force", stateVersion: 2 };
    const { props } = (await provider.read?.("a", stored as never)) ?? {};
    assert.deepEqual(props, { folder: "/a", condition: "stopped", stateVersion: 2 });
  });

  it("should keep a large configuration among the details when a refresh finds a difference, and move it at an update", async () => {
    interface Configured extends Place {
      readonly servers: { readonly one: { readonly config: string } };
    }
    const folding = packingConfigs(foldingExcept<Configured, "condition">(["condition"]));
    const provider = withStateVersion(
      withFolding(STOPPED as unknown as LifeCycle<Configured, Configured>, { inputs: folding, state: folding }),
    );
    const config = "# one of thousands of users\n".repeat(5_000);
    const details = { folder: "/a", servers: { one: { config: packText(config) } } };
    const stored = { condition: "in force", stateVersion: STATE_VERSION, [DETAILS]: details };
    const { props } = (await provider.read?.("a", stored)) ?? {};
    assert.deepEqual(props, { ...stored, condition: "stopped" });
    const { outs } = await provider.create(stored as never);
    assert.deepEqual(outs, {
      condition: "in force",
      stateVersion: STATE_VERSION,
      "__config:one": packText(config),
      [DETAILS]: { folder: "/a", servers: { one: { config: "" } } },
    });
  });
});
