import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { toMapping } from "../../provider/model/shares/import-checks";
import { answer, ask, Clients } from "../support/clients";
import { codesAndPaths } from "../support/diagnostics";
import { arrived, arriving, flowsOf } from "../support/flows";
import { filesOf, freeListeners, newPair, startPair, withPair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, worldOf } from "../support/world";

type Imports = NonNullable<AccountDeclaration["imports"]>;
type Entry = Omit<Imports[number], "account">;

/** An account that imports from itself, and another one that imports the same subject if asked. */
function accounts(entry: Entry, isShared = false): AccountDeclaration[] {
  const { subject, type } = entry;
  const other: AccountDeclaration = { name: "B", users: { all: {} }, imports: [{ account: "A", subject, type }] };
  return [
    { name: "A", users: { all: {} }, exports: [{ subject, type }], imports: [{ ...entry, account: "A" }] },
    ...(isShared ? [other] : []),
  ];
}

const problemsOf = (model: readonly AccountDeclaration[]) =>
  codesAndPaths([...model.flatMap(accountDiagnostics), ...clusterDiagnostics(model)]);

/** Starts until a behavior that depends on chance is as good as certain. */
const STARTS = 64;

describe("an import from the same account", function () {
  this.timeout(60_000);

  for (const [what, entry, expected] of [
    ["a service twice", { subject: "own", type: "service" }, ["own", "own"]],
    ["a stream twice", { subject: "own", type: "stream" }, ["own", "own"]],
    ["a service under both subjects", { subject: "own", type: "service", localSubject: "local" }, ["local", "own"]],
    ["a stream under both subjects", { subject: "own", type: "stream", localSubject: "local" }, ["local", "own"]],
  ] as const) {
    it(`should fail validation, and deliver ${what} on both servers`, async () => {
      const model = accounts(entry);
      assert.ok(problemsOf(model).includes("NA1512 imports[0].account"));
      const world = await worldOf(model);
      const [published] = entry.type === "service" && "localSubject" in entry ? ["local"] : ["own"];
      await withPair(world, async (pair) => {
        for (const side of SIDES) {
          const flows = await flowsOf(pair, world, [side, side], ["A/all"], ["local", "own"]);
          const arrivals = expected.map((subject) => arrived(subject, subject)).join(", ");
          assert.equal(flows[arriving("A/all", published, "A/all")], arrivals, side);
        }
      });
    });
  }

  // The static server reads its accounts in the random order of a Go map, and finds the cycle in one of the two orders.
  it("should be a cycle for some starts of the static server when another account imports the service", async () => {
    const world = await worldOf(accounts({ subject: "own", type: "service", localSubject: "local" }, true));
    const pair = await newPair(await freeListeners());
    try {
      const files = (side: Side) => filesOf(side, world, pair.listeners);
      await assert.rejects(async () => {
        for (let start = 1; start <= STARTS; start += 1) {
          await pair.servers.static.try(files("static"));
        }
      }, /import forms a cycle/);
      await pair.servers.operator.try(files("operator"));
    } finally {
      pair.stop();
    }
  });

  for (const [subject, localSubject, asked, answered] of [
    ["own", "local", "local", "own"],
    ["own.*.x.*", "local.$2.$1", "local.a.b", "own.b.x.a"],
    ["own.>", "local.>", "local.a.b", "own.a.b"],
  ] as const) {
    it(`should be replaceable by a mapping on both servers when ${localSubject} stands for ${subject}`, async () => {
      const [source, destination] = toMapping({ subject, localSubject });
      const exports = [{ subject, type: "service" }] as const;
      const imports = [{ account: "A", subject, type: "service" }] as const;
      const model: AccountDeclaration[] = [
        { name: "A", users: { all: {} }, exports, mappings: { [source]: [{ subject: destination }] } },
        { name: "B", users: { all: {} }, imports },
      ];
      assert.deepEqual(problemsOf(model), []);
      const world = await worldOf(model);
      const pair = await startPair(world);
      const clients = new Clients();
      try {
        await answer(await clients.logIn(pair, "static", loginOf(world, "A/all")), answered, "here");
        for (const side of SIDES) {
          assert.equal(await ask(await clients.logIn(pair, side, loginOf(world, "A/all")), asked), "here");
          assert.equal(await ask(await clients.logIn(pair, side, loginOf(world, "B/all")), answered), "here");
        }
      } finally {
        await clients.close();
        pair.stop();
      }
    });
  }
});
