import assert from "node:assert/strict";
import fc from "fast-check";
import { SEED } from "../support/seed";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { describeOn, TARGETS, type TargetName } from "../support/stack-servers";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

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

/** Those of them that are another thing to do in a container. */
const IN_CONTAINERS = ["put operator", "reload static", "stop static", "start static", "start operator"];

/** How often updates are killed after random steps, in place of once after each: what `npm run kills` sets. */
const { KILLS } = process.env;

function killsOn(target: TargetName): readonly Kill[] {
  if (KILLS !== undefined) {
    const count = Number(KILLS);
    return fc.sample(fc.constantFrom(...ALL), { numRuns: count, seed: SEED });
  }
  return target === "process" ? ALL : ALL.filter(({ step }) => IN_CONTAINERS.includes(step));
}

describeOn(TARGETS, "an update that is killed", function (target) {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: [target] });
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

  for (const [index, { kind, step }] of killsOn(target).entries()) {
    it(`should be finished by the next update, with the same keys, when it changes the ${kind} and is killed after "${step}" (${index + 1})`, async () => {
      has[kind] = !has[kind];
      await stack.declare(declaration());
      await killAndGoOn(step);
    });
  }

  /** Kills an update after a step, unlocks the stack as documented, and updates again. */
  async function killAndGoOn(step: string): Promise<void> {
    await stack.killAfter(step);
    succeeded(await stack.unlock());
    succeeded(await stack.up());
    await assertConverged();
  }

  async function assertConverged(): Promise<void> {
    const { clientUrls, seeds, creds, checked } = await stack.outputs();
    assert.match(checked, /are one cluster/);
    assert.ok(kept === undefined || kept.seeds["stays/test"] === seeds["stays/test"], "a client's seed is lost");
    assert.ok(kept === undefined || kept.creds["stays/test"] === creds["stays/test"], "a client's creds are lost");
    kept = { seeds, creds };
    const onStatic = await clients.connect(clientUrls.static, bySeed(seeds["stays/test"]));
    const onOperator = await clients.connect(clientUrls.operator, byCreds(creds["stays/test"]));
    await crosses(onStatic, onOperator, "one");
    await crosses(onOperator, onStatic, "two");
    await clients.close();
    assert.deepEqual(await stack.servers.leftOvers(), []);
    assert.deepEqual(await stack.processes(), []);
    succeeded(await stack.preview("--refresh", "--expect-no-changes"));
  }
});
