import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator, UserSet } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, seedOf } from "../../support/keys";
import { mockEngine } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

const PLAIN = { accept: { "(servers).*.clients": "x", "(servers).*.routes": "x", "(servers).*.monitoring": "x" } };

describe("the size of the configurations of an entry in pods", () => {
  closingGates();

  /** Declares a cluster with two pods in static mode, and a set of users with long permissions. */
  async function problems(count: number, target: unknown = { kubernetes: { context: "kind" } }): Promise<string[]> {
    await mockEngine();
    const users = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`d-${index}`, { publicKey: keyOf("user", `d-${index}`) }]),
    );
    const operator = new Operator("KO", {
      seed: seedOf("operator", "KO"),
      systemAccount: { seed: seedOf("account", "SYS"), users: {} },
    });
    const subjects = Array.from({ length: 100 }, (_, index) => `devices.{{name()}}.values.of.sensor.${index}.>`);
    const roles = { device: { permissions: { publish: { allow: subjects } } } };
    const account = new Account("A", { operator, roles });
    new UserSet("devices", { account, role: "device", users });
    const isPods = typeof target === "object";
    const servers = { s: { mode: "static", ...(isPods ? { replicas: 2 } : {}) }, o: { mode: "operator" } };
    const args = { operator, accounts: [account], target, servers, ...(isPods ? { parity: PLAIN } : {}) };
    return codesAndPathsIn((await reasonOf(new MixedAuthCluster("nats", args as never).gate)) ?? "");
  }

  it("should be refused when a Secret cannot store them, and not on other platforms", async () => {
    assert.deepEqual(await problems(120), ["NA2216 servers.s"]);
    assert.deepEqual(await problems(60), []);
    assert.deepEqual(await problems(120, "docker"), []);
  });

  it("should not hide other problems", async () => {
    const found = await problems(120, { kubernetes: { context: "" } });
    assert.deepEqual(found, ["NA2200 target.kubernetes.context"]);
  });
});
