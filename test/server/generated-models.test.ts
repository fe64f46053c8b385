import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics, type AccountDeclaration } from "../../provider/model/account";
import { clusterDiagnostics } from "../../provider/model/cluster";
import { importedSubject } from "../../provider/model/imports";
import { accounts, FREE_USER } from "../support/arbitraries";
import { around, decisionsOn } from "../support/decisions";
import { flowsOf, type Way } from "../support/flows";
import { keyOf } from "../support/keys";
import { withPair, type Pair } from "../support/pair";
import { worldOf, type World } from "../support/world";

const RUNS = 25;
/** Subjects asked about in one model: enough to meet each other, few enough to ask about all of them everywhere. */
const SUBJECTS = 60;

/** Asserts that two lists are equal, and shows what differs alone. */
function assertSame(actual: readonly string[], expected: readonly string[]): void {
  const difference = {
    missing: expected.filter((flow) => !actual.includes(flow)),
    strange: actual.filter((flow) => !expected.includes(flow)),
  };
  assert.deepEqual(difference, { missing: [], strange: [] });
  assert.deepEqual(actual, expected);
}

/** Every subject that a model names, and those around each. */
function subjectsOf(model: readonly AccountDeclaration[]): string[] {
  const named = model.flatMap(({ name, users = {}, exports = [], imports = [] }) => [
    ...Object.values(users).flatMap(({ permissions: { publish, subscribe } = {} }) =>
      [publish?.allow, publish?.deny, subscribe?.allow, subscribe?.deny].flatMap((list) => list ?? []),
    ),
    ...exports.map(({ subject }) => subject),
    ...imports.flatMap((entry) => {
      const subject = importedSubject(entry, keyOf("account", name));
      return [subject, entry.localSubject ?? subject];
    }),
  ]);
  return [...new Set([...named, ...named.flatMap(around)])].slice(0, SUBJECTS);
}

function isValid(model: readonly AccountDeclaration[]): boolean {
  return model.flatMap(accountDiagnostics).length + clusterDiagnostics(model).length === 0;
}

describe("generated models", () => {
  let models = 0;
  let counted = 0;

  after(() => {
    console.log(`    ${counted} decisions of ${models} generated models were the same on both servers`);
  });

  async function assertSameUsers(pair: Pair, world: World, model: readonly AccountDeclaration[], subjects: string[]) {
    for (const { name, users } of model) {
      for (const user of Object.keys(users ?? {})) {
        const ask = (side: "static" | "operator") =>
          decisionsOn(pair, side, world, `${name}/${user}`, `${name}/${FREE_USER}`, subjects);
        // One after the other: a route joins them, and each would hear what is asked of the other.
        const ofStatic = await ask("static");
        assert.deepEqual(await ask("operator"), ofStatic);
        counted += Object.keys(ofStatic).length;
      }
    }
  }

  async function assertSameFlows(pair: Pair, world: World, model: readonly AccountDeclaration[], subjects: string[]) {
    const users = model.map(({ name }) => `${name}/${FREE_USER}`);
    const plain = subjects.filter((subject) => !subject.includes(" "));
    const flows = (way: Way) => flowsOf(pair, world, way, users, plain);
    const local = await flows(["static", "static"]);
    const across = await flows(["static", "operator"]);
    assertSame(await flows(["operator", "operator"]), local);
    assertSame(await flows(["operator", "static"]), across);
    counted += 2 * (local.length + across.length);
  }

  it("should get the same decisions from both servers, which accept whatever the validation accepts", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(accounts.filter(isValid), async (model) => {
        const world = await worldOf(model);
        const subjects = subjectsOf(model);
        await withPair(world, async (pair) => {
          await assertSameUsers(pair, world, model, subjects);
          await assertSameFlows(pair, world, model, subjects);
        });
        models += 1;
      }),
      { numRuns: RUNS },
    );
  });
});
