import assert from "node:assert/strict";
import { provider as accountClaims } from "../../../provider/dynamic/account-claims";
import { provider as clusterConfiguration } from "../../../provider/dynamic/cluster-configuration";
import { DETAILS } from "../../../provider/dynamic/life-cycle/details";
import { foldingExcept, withFolding } from "../../../provider/dynamic/life-cycle/folding";
import { withStateVersion, type LifeCycle } from "../../../provider/dynamic/life-cycle/life-cycle";
import { UNKNOWN } from "../../../provider/dynamic/life-cycle/unknown";

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

  it("should stay as an earlier version stored them when a refresh finds a difference, so that secrets keep their names", async () => {
    const folded = withFolding(STOPPED, { inputs: FOLDING, state: FOLDING });
    const provider = withStateVersion(folded, { 3: (state) => FOLDING.fold(state as unknown as Place) });
    const stored = { folder: "/a", condition: "in force", stateVersion: 2 };
    const { props } = (await provider.read?.("a", stored as never)) ?? {};
    assert.deepEqual(props, { folder: "/a", condition: "stopped", stateVersion: 2 });
  });
});
