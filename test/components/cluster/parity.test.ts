import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator, type ParitySettings } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { registered, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { pathsIn } from "../reports";

const NAME = "A.signingKeys";
function cluster(parity?: ParitySettings): MixedAuthCluster {
  const operator = new Operator("KO");
  const account = new Account("A", { operator, signingKeys: [keyOf("account", "elsewhere")], users: { u: {} } });
  return new MixedAuthCluster("nats", { operator, accounts: [account], ...(parity === undefined ? {} : { parity }) });
}

/** Returns the paths of the problems that keep a cluster from being deployed; none if it is deployed. */
async function problemsOf({ network }: MixedAuthCluster): Promise<string[]> {
  const message = await valueOf(network).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  return pathsIn(message);
}

describe("the parity of a cluster", () => {
  closingGates();
  const warnings = collectWarnings();

  for (const parity of [undefined, { mode: "strict" }] as const) {
    it(`should report a security gap as an error when the mode is ${parity?.mode ?? "not set"}`, async () => {
      assert.deepEqual(await problemsOf(cluster(parity)), [NAME]);
      assert.deepEqual(warnings, []);
      assert.deepEqual(
        registered.filter(({ type }) => type.startsWith("docker")),
        [],
      );
    });
  }

  it("should warn of bearers whose JWTs the monitoring port of the operator server shows", async () => {
    const operator = new Operator("KO");
    const account = new Account("A", { operator, users: { u: { bearer: true } } });
    const args = { operator, accounts: [account], parity: { accept: { "A.users.u.bearer": "a test" } } };
    for (const [servers, count] of [
      [{}, 0],
      [{ staticServer: { monitoringPort: 8222 } }, 0],
      [{ operatorServer: { monitoringPort: 8223 } }, 1],
    ] as const) {
      warnings.length = 0;
      await reasonOf(new MixedAuthCluster("nats", { ...args, ...servers }).gate);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(warnings.filter((text) => text.includes("users.u.bearer") && text.includes("NA1412")).length, count);
    }
  });

  it("should report a security gap as a warning only when the mode is lenient", async () => {
    const lenient = cluster({ mode: "lenient" });
    assert.deepEqual(await problemsOf(lenient), []);
    await valueOf(lenient.checked);
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]?.includes(`- ${NAME} = ["A`), warnings[0]);
  });

  it("should report a reason, and no problem, when a security gap is accepted", async () => {
    const accepted = cluster({ accept: { [NAME]: "It signs the users of the other site." } });
    assert.deepEqual(await problemsOf(accepted), []);
    const { rows, summary } = await valueOf(accepted.parity);
    assert.deepEqual(
      rows.flatMap(({ name, accepted: reason }) => (reason === undefined ? [] : [[name, reason]])),
      [[NAME, "It signs the users of the other site."]],
    );
    assert.deepEqual([summary.open, summary.accepted, warnings.length], [0, 1, 0]);
  });

  it("should reject an acceptance that matches no security gap, has no reason, or is malformed", async () => {
    const stale = await problemsOf(cluster({ mode: "lenient", accept: { "A.signingKey": "…", [NAME]: " " } }));
    assert.deepEqual(stale, ['parity.accept["A.signingKey"]', `parity.accept["${NAME}"]`]);
    const odd = { mode: "lax", accept: { [NAME]: 1 }, accepted: {} } as unknown as ParitySettings;
    const misfits = await problemsOf(cluster(odd));
    assert.deepEqual(misfits, ["parity.accepted", "parity.mode", `parity.accept["${NAME}"]`, NAME]);
  });

  describe("with a claim that depends on the version of the servers", () => {
    const TRAFFIC = "A.jetstream.clusterTraffic";
    const withImage = (image: string) => {
      const operator = new Operator("KO");
      const account = new Account("A", { operator, jetstream: { clusterTraffic: "owner" }, users: { u: {} } });
      return new MixedAuthCluster("nats", { operator, accounts: [account], jetstream: {}, image });
    };

    it("should report an error when the image states an old version", async () => {
      assert.deepEqual(await problemsOf(withImage("nats:2.11.11")), [TRAFFIC]);
    });

    it("should report nothing when the image states a version with support", async () => {
      assert.deepEqual(await problemsOf(withImage("nats:2.15.2-alpine")), []);
      assert.deepEqual(warnings, []);
    });

    it("should warn when the image states no version", async () => {
      const cluster = withImage("nats:latest");
      assert.deepEqual(await problemsOf(cluster), []);
      await valueOf(cluster.checked);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /- A\.jetstream\.clusterTraffic = "owner": .*2\.12\.4.*\[NA2016\]/);
    });
  });

  it("should list the operator first, then each account, also when there are errors", async () => {
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
