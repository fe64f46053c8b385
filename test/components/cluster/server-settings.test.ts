import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type MixedAuthClusterArgs, type ServerSettings } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

type Args = Partial<MixedAuthClusterArgs<"docker", "static" | "operator">>;

describe("the settings of servers", () => {
  closingGates();
  const warnings = collectWarnings();

  function cluster(name: string, args: Args, users: object = { u: {} }): MixedAuthCluster {
    const operator = new Operator(`${name}-KO`);
    const a = new Account(`${name}-A`, { operator, users });
    return new MixedAuthCluster(name, { operator, accounts: [a], ...args });
  }

  /** Returns the value of an option in each configuration. */
  async function optionIn({ configs }: MixedAuthCluster, option: string): Promise<(string | undefined)[]> {
    const both = await Promise.all([valueOf(configs.static), valueOf(configs.operator)]);
    return both.map((config) => new RegExp(`^${option}: (.*)$`, "m").exec(config)?.[1]);
  }

  /** Returns the label of each container that determines whether it is replaced. */
  async function restartLabels(name: string, operator: Operator, args: Args): Promise<readonly unknown[]> {
    const accounts = [new Account(`${name}-A`, { operator, users: { u: {} } })];
    await valueOf(new MixedAuthCluster(name, { operator, accounts, clusterName: "nats", ...args }).checked);
    const containers = ofType("Container").filter((one) => one.name.startsWith(`${name}-`));
    return containers
      .sort((one, other) => one.name.localeCompare(other.name))
      .map(({ inputs }) =>
        (inputs.labels as { label: string; value: string }[]).find(({ label }) => label.endsWith("restart-for")),
      );
  }

  it("should be in both configurations, those of a server in place of those of the cluster", async () => {
    const settings: Args["settings"] = pulumi.output({ maxPayload: "2MiB", pingMax: 3 });
    const one = cluster("one", { settings, operatorServer: { settings: { maxPayload: pulumi.output("4MiB") } } });
    await valueOf(one.checked);
    assert.deepEqual(await optionIn(one, "max_payload"), ["2097152", "4194304"]);
    assert.deepEqual(await optionIn(one, "ping_max"), ["3", "3"]);
    const two = cluster("two", {
      settings: { debug: true },
      servers: { static: { mode: "static", settings: { debug: false } }, operator: { mode: "operator" } },
    });
    assert.deepEqual(await optionIn(two, "debug"), [undefined, "true"]);
  });

  it("should replace the containers only for settings that need a restart", async () => {
    const operator = new Operator("KO");
    const extra = "client_advertise: 'a:1'";
    const monitored = { staticServer: { monitoringPort: 8222 } };
    const labels = await Promise.all(
      [
        {},
        { settings: {} },
        { settings: { maxPayload: 5, debug: true, serverTags: ["a"], extra } },
        { settings: { maxPending: "65MiB" } },
        { settings: { extra: "max_closed_clients: 5" } },
        { operatorServer: { settings: { lameDuckDuration: "30s" } } },
        monitored,
        { ...monitored, settings: { monitoringBasePath: "/a" } },
      ].map((args, index) => restartLabels(`c${index}`, operator, args)),
    );
    const [plain, empty, reloaded, pending, ofExtra, ofOperator, port, path] = labels;
    assert.deepEqual([empty, reloaded], [plain, plain]);
    for (const both of [pending, ofExtra]) {
      assert.notDeepEqual(both?.[0], plain?.[0]);
      assert.notDeepEqual(both?.[1], plain?.[1]);
    }
    assert.notDeepEqual(ofOperator?.[0], plain?.[0]);
    assert.deepEqual(ofOperator?.[1], plain?.[1]);
    assert.deepEqual(path?.[0], plain?.[0]);
    assert.notDeepEqual(path?.[1], port?.[1]);
  });

  it("should have the path of monitoring in its URL", async () => {
    const args = { settings: { monitoringBasePath: "/nats" }, staticServer: { monitoringPort: 8222 } };
    const { monitoringUrls } = cluster("monitored", args);
    assert.equal(await valueOf(pulumi.output(monitoringUrls.static)), "http://127.0.0.1:8222/nats");
    assert.equal(monitoringUrls.operator, undefined);
  });

  it("should be rejected at once, at the arguments that contain them", async () => {
    const settings = { maxPayload: "65MiB", lameDuckDuration: "1s", extra: "port: 1", maxPaylod: 1 } as ServerSettings;
    const own = { lameDuckGracePeriod: "1h", extra: "a { password: secret }", monitoringBasePath: "/a" };
    const { gate, configs } = cluster("wrong", { settings, staticServer: { settings: own } });
    const reason = await reasonOf(gate);
    assert.deepEqual(codesAndPathsIn(reason), [
      "NA1001 settings.maxPaylod",
      "NA1780 settings.lameDuckDuration",
      "NA1791 settings.extra.port",
      "NA1793 staticServer.settings.extra.a.password",
    ]);
    assert.doesNotMatch(String(reason), /secret[^.]*\}/);
    assert.doesNotMatch(await valueOf(configs.static), /password/);
    const together = { maxPayload: "65MiB", monitoringBasePath: "/a" };
    assert.deepEqual(codesAndPathsIn(await reasonOf(cluster("together", { settings: together }).gate)), [
      "NA1782 settings.maxPayload",
      "NA1786 settings.monitoringBasePath",
    ]);
    const malformed = { settings: "fast", operatorServer: { settings: 5 } } as unknown as Args;
    assert.deepEqual(codesAndPathsIn(await reasonOf(cluster("malformed", malformed).gate)), [
      "NA1003 settings",
      "NA1003 operatorServer.settings",
    ]);
  });

  it("should be registered without the text of extra options, which may contain a secret by mistake", async () => {
    const extra = "a { password: hidden }";
    const args = {
      settings: { maxPayload: 5, extra },
      staticServer: { settings: pulumi.output({ extra, pingMax: 5 }) },
    };
    await reasonOf(cluster("hidden", args).gate);
    const [component] = ofType("MixedAuthCluster");
    assert.deepEqual(component?.inputs.settings, { maxPayload: 5 });
    assert.deepEqual(component.inputs.staticServer, { settings: { pingMax: 5 } });
  });

  it("should warn of what may not have the intended effect, once", async () => {
    const settings: ServerSettings = { maxPayload: "9MiB", maxSubscriptions: 5, trace: true };
    const operatorServer = { settings: { maxPending: "65MiB" } };
    const users = { u: { limits: { subscriptions: 6 } }, v: { bearer: true } };
    const accept = { "warned-A.users.v.bearer": "tested", "warned-A.users.u.limits.subscriptions": "tested" };
    await valueOf(cluster("warned", { settings, operatorServer, parity: { accept } }, users).checked);
    const report = warnings.find((text) => text.includes("NA1783"));
    assert.deepEqual(codesAndPathsIn(report), [
      "NA1783 settings.maxPayload",
      'NA1787 accounts[0]("warned-A").users.u.limits.subscriptions',
      'NA1414 accounts[0]("warned-A").users.v.bearer',
      "NA2017 operatorServer.settings.maxPending",
    ]);
  });

  it("should warn of nothing when there is nothing to warn of", async () => {
    await valueOf(cluster("quiet", { settings: { maxPayload: "2MiB", debug: true } }).checked);
    assert.deepEqual(warnings, []);
  });
});
