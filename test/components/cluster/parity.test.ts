import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator, type ParitySettings } from "../../../provider";
import { closingGates } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { registered, valueOf } from "../../support/mocks";

const NAME = "A.signingKeys";
const CONSEQUENCE =
  "whoever has the signing key of A can make users for the operator server: the static server knows none of them";

function cluster(parity?: ParitySettings): MixedAuthCluster {
  const operator = new Operator("KO");
  const account = new Account("A", { operator, signingKeys: [keyOf("account", "elsewhere")], users: { u: {} } });
  return new MixedAuthCluster("nats", { operator, accounts: [account], ...(parity === undefined ? {} : { parity }) });
}

/** What keeps a cluster from being deployed, line by line; nothing when it is deployed. */
async function problemsOf({ network }: MixedAuthCluster): Promise<string[]> {
  const message = await valueOf(network).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  return message.split("\n").slice(1);
}

describe("the parity of a cluster", () => {
  closingGates();
  const { warn } = console;
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    console.warn = (text: string) => warnings.push(text);
  });

  afterEach(() => {
    console.warn = warn;
  });

  for (const parity of [undefined, { mode: "strict" }] as const) {
    it(`should be an error of the cluster when security is lost and the mode is ${parity?.mode ?? "left out"}`, async () => {
      const [problem = "", ...others] = await problemsOf(cluster(parity));
      assert.ok(problem.startsWith(`  - ${NAME} = ["A`), problem);
      assert.ok(problem.includes(`: ${CONSEQUENCE}. Leave it out, or accept it with a reason: `), problem);
      assert.deepEqual([others, warnings], [[], []]);
      assert.deepEqual(
        registered.filter(({ type }) => type.startsWith("docker")),
        [],
      );
    });
  }

  it("should be a warning, and nothing else, when the mode is lenient", async () => {
    const lenient = cluster({ mode: "lenient" });
    assert.deepEqual(await problemsOf(lenient), []);
    await valueOf(lenient.checked);
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]?.includes(`- ${NAME} = `) && warnings[0].includes(CONSEQUENCE), warnings[0]);
  });

  it("should be nothing but a reason in the report when the loss is accepted", async () => {
    const accepted = cluster({ accept: { [NAME]: "It signs the users of the other site." } });
    assert.deepEqual(await problemsOf(accepted), []);
    const { rows, summary } = await valueOf(accepted.parity);
    assert.deepEqual(
      rows.flatMap(({ name, accepted: reason }) => (reason === undefined ? [] : [[name, reason]])),
      [[NAME, "It signs the users of the other site."]],
    );
    assert.deepEqual([summary.open, summary.accepted, warnings.length], [0, 1, 0]);
  });

  it("should be an error when something is accepted that is no loss, or without a reason, or in another shape", async () => {
    const stale = await problemsOf(cluster({ mode: "lenient", accept: { "A.signingKey": "…", [NAME]: " " } }));
    assert.deepEqual(
      stale.map((line) => line.split(":")[0]),
      ['  - parity.accept["A.signingKey"]', `  - parity.accept["${NAME}"] = " "`],
    );
    assert.match(stale[0] ?? "", /the nearest that does is "A\.signingKeys"/);
    const odd = { mode: "lax", accept: { [NAME]: 1 }, accepted: {} } as unknown as ParitySettings;
    const misfits = (await problemsOf(cluster(odd))).map((line) => line.trim().split(/[=:]/)[0]?.trim());
    assert.deepEqual(misfits, ["- parity.accepted", "- parity.mode", `- parity.accept["${NAME}"]`, `- ${NAME}`]);
  });

  it("should be reported when there is an error, too: operator first, then each account", async () => {
    const strict = cluster();
    const names = (await valueOf(strict.parity)).rows.map(({ name }) => name);
    await problemsOf(strict);
    assert.deepEqual(names, [
      "(operator)",
      "(operator).name",
      "(operator).systemAccount",
      "A",
      "A.name",
      "A.users.u",
      NAME,
      "SYS",
      "SYS.name",
    ]);
  });
});
