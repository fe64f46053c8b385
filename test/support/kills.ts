import assert from "node:assert/strict";
import fc from "fast-check";
import { SEED } from "./seed";
import { stackOn, type PlaceName } from "./pod-stack";
import { STEP_TIMEOUT, succeeded, type StackOutputs } from "./stack";
import { byCreds, bySeed, Clients, crosses } from "./stack-clients";
import type { Declaration, DeclaredAccount } from "../stack/programs/declared/declaration";

const stays: DeclaredAccount = { users: { test: {} } };
const comes: DeclaredAccount = { roles: { reader: {} }, users: { test: {}, reads: { role: "reader" } } };

/** A change of the program: accounts, which both servers reload, or what makes one of them move to a new place. */
type Kind = "accounts" | "port" | "operator";

/** An update that is killed right after a step. */
interface Kill {
  readonly kind: Kind;
  readonly step: string;
}

/** The steps of an update of each kind, in their order. */
const STEPS: Readonly<Record<Kind, readonly string[]>> = {
  accounts: [
    "update configuration-attempt",
    "try static",
    "put operator",
    "reload operator",
    "reload static",
    "removeRemains static",
    "update cluster-configuration",
  ],
  port: ["put static", "stop static", "start static", "removeRemains static"],
  operator: ["start operator"],
};

const ALL = (Object.keys(STEPS) as Kind[]).flatMap((kind) => STEPS[kind].map((step): Kill => ({ kind, step })));

/** Those of them that are another thing to do in a container, and a sample of those in a pod. */
const IN_CONTAINERS = ["put operator", "reload static", "stop static", "start static", "start operator"];
const IN_PODS = ["try static", "reload operator", "stop static"];

/** How often updates are killed after random steps, in place of once after each: what `npm run kills` sets. */
const { KILLS } = process.env;

function killsOn(place: PlaceName): readonly Kill[] {
  if (KILLS !== undefined) {
    const count = Number(KILLS);
    return fc.sample(fc.constantFrom(...ALL), { numRuns: count, seed: SEED });
  }
  switch (place) {
    case "process":
      return ALL;
    case "docker":
      return ALL.filter(({ step }) => IN_CONTAINERS.includes(step));
    case "kubernetes":
      return ALL.filter(({ step }) => IN_PODS.includes(step));
  }
}

/** Creates the tests of killed updates of servers in some place. */
export function describeKills(place: PlaceName): void {
  describe(`an update that is killed (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    /** What the program has beside one account. */
    const has: Record<Kind, boolean> = { accounts: false, port: false, operator: false };
    let kept: Pick<StackOutputs, "seeds" | "creds"> | undefined;

    const declaration = (): Declaration => ({
      accounts: { stays, ...(has.accounts ? { comes } : {}) },
      ...(has.port ? { staticServer: { clientPort: stack.sparePort } } : {}),
      ...(has.operator ? { operator: { name: "renamed" } } : {}),
    });

    it("should be finished by the next update when it creates the stack and is killed before the state has the running servers", async () => {
      await stack.declare(declaration());
      await killAndGoOn("create cluster-configuration");
    });

    for (const [index, { kind, step }] of killsOn(place).entries()) {
      it(`should be finished by the next update, with the same keys, when it changes the ${kind} and is killed after "${step}" (${index + 1})`, async () => {
        has[kind] = !has[kind];
        await stack.declare(declaration());
        await killAndGoOn(step);
      });
    }

    /** Kills an update after a step, unlocks the stack as documented, and updates again. */
    async function killAndGoOn(step: string): Promise<void> {
      await stack.killAfter(step.replace(/(?<= )(?:static|operator)$/, (entry) => stack.serverOf(entry)));
      succeeded(await stack.unlock());
      succeeded(await stack.up());
      await assertConverged();
    }

    async function assertConverged(): Promise<void> {
      const { seeds, creds, checked } = await stack.outputs();
      assert.match(checked, /are one cluster/);
      assert.ok(kept === undefined || kept.seeds["stays/test"] === seeds["stays/test"], "a client's seed is lost");
      assert.ok(kept === undefined || kept.creds["stays/test"] === creds["stays/test"], "a client's creds are lost");
      kept = { seeds, creds };
      const onStatic = await clients.connect(await stack.urlOf(stack.serverOf("static")), bySeed(seeds["stays/test"]));
      const onOperator = await clients.connect(
        await stack.urlOf(stack.serverOf("operator")),
        byCreds(creds["stays/test"]),
      );
      await crosses(onStatic, onOperator, "one");
      await crosses(onOperator, onStatic, "two");
      await clients.close();
      assert.deepEqual(await stack.leftOvers(), []);
      assert.deepEqual(await stack.processes(), []);
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    }
  });
}
