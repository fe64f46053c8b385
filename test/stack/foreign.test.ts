import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigFiles } from "../../provider/servers/server";
import { ForeignServers } from "../support/foreign-servers";
import { failed, FOREIGN, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { identitiesOf } from "../support/stack-tokens";
import { YamlProject } from "../support/yaml-project";

const NAMES = ["n1", "n2"] as const;
const TYPE = "pulumi-nodejs:dynamic/nats-auth:ClusterVerification";

/** The outputs of the program in YAML. */
const OUTPUTS = [
  ...["routes", "configs", "tlsFiles", "remoteFiles", "seeds", "creds", "verified", "condition", "resolverPreload"],
  ...["staticAuthorization", "operatorAuthorization", "accountPublicKeys", "userPublicKeys", "clientUrls", "parity"],
  ...["operatorJwt", "operatorPublicKey", "systemAccount", "helmValues", "leafNodeUrls", "websocketUrls", "mqttUrls"],
];
const SECRETS = ["creds", "helmValues", "remoteFiles", "routes", "seeds", "tlsFiles"];

interface Outputs {
  readonly routes: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, string>>;
  readonly condition: string;
  readonly seed: string;
  readonly verified?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly operatorJwt?: string;
  readonly helmValues?: Readonly<
    Record<string, { readonly config: { readonly merge: Readonly<Record<string, unknown>> } }>
  >;
}

describe("a stack whose servers something else deploys", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(FOREIGN);
  const servers = new ForeignServers();
  const project = new YamlProject(join(stack.folder, "yaml"), FOREIGN.project);
  let args: Record<string, object>;

  after(() => {
    servers.remove();
  });

  const outputs = async () => (await stack.outputs()) as unknown as Outputs;

  async function deploy(): Promise<void> {
    for (const name of NAMES) {
      const text = await readFile(join(stack.folder, `${name}.json`), "utf8");
      await servers.start(name, JSON.parse(text) as ConfigFiles);
    }
  }

  it("should verify servers that were started with its configurations", async () => {
    stack.config.folder = stack.folder;
    stack.config.subject = "test";
    // The keys are not known yet.
    stack.config.verify = true;
    succeeded(await stack.preview());
    stack.config.verify = false;
    succeeded(await stack.up());
    await deploy();
    stack.config.verify = true;
    succeeded(await stack.up());
    const { verified = {} } = await outputs();
    assert.deepEqual(
      NAMES.map((name) => [verified[name]?.configuration, verified[name]?.accounts, verified[name]?.routes]),
      [
        ["digest", ["A", "SYS"], ["n2"]],
        ["digest", ["A", "SYS"], ["n1"]],
      ],
    );
    const { output } = succeeded(await stack.up());
    assert.match(output, /\d+ unchanged/);
    assert.doesNotMatch(output, /created|updated/);
  });

  it("should keep every secret encrypted", async () => {
    const { seed, routes } = await outputs();
    const [, password = "?"] = /route:([0-9a-f]+)@/.exec(routes.n1 ?? "") ?? [];
    assert.ok(seed.startsWith("SU") && password.length > 40);
    const raw = await stack.rawState();
    for (const secret of [seed, password]) {
      assert.ok(!raw.includes(secret));
      assert.ok(!stack.transcript.includes(secret));
    }
  });

  it("should fail with the servers and what to do when they have not loaded a change, and pass when they have", async () => {
    stack.config.subject = "test.more";
    const { output } = failed(await stack.up());
    assert.match(output, /the deployment has 2 problems:/);
    for (const name of NAMES) {
      assert.match(output, new RegExp(`servers\\.${name}: has loaded the configuration sha256:.*\\[NA5086\\]`));
    }
    await deploy();
    succeeded(await stack.up());
  });

  it("should show a server that has ended as drift", async () => {
    await servers.stop("n2");
    const refreshed = succeeded(await stack.refresh("--diff"));
    assert.match(refreshed.output, /servers\.n2: cannot be reached at nats:\/\/127\.0\.0\.1:\d+ .*\[NA5080\]/);
    const { output } = failed(await stack.up());
    assert.match(output, /\[NA5080\]/);
    await deploy();
    succeeded(await stack.up());
    const state = (await stack.resources()).find(({ type }) => type === TYPE);
    assert.equal(state?.outputs?.condition, "as declared");
  });

  it("should report all invalid arguments in the preview", async () => {
    stack.config.servers = {
      n1: { url: "http://127.0.0.1:4222" },
      n3: { url: "nats://127.0.0.1:4222", digest: "abc" },
    };
    const { output } = failed(await stack.preview());
    assert.match(output, /servers\.n1\.url = .*\[NA4090\]/);
    assert.match(output, /servers\.n3\.mode: is missing.*\[NA1002\]/);
    assert.match(output, /servers\.n3\.digest = .*\[NA4091\]/);
  });

  it("should keep every key and JWT, and render the same bytes, when a program in YAML continues it", async () => {
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = stack.ports;
    const address = { host: "127.0.0.1", bindAddress: "127.0.0.1" };
    const users = { test: { permissions: { publish: { allow: ["test.>"] } } } };
    args = {
      operator: { name: "KO", systemAccount: { users: { sys: {} } } },
      accounts: { A: { exports: [{ subject: "test.more", type: "service" }], users } },
      servers: {
        n1: { ...address, mode: "static", clientPort: staticPort, clusterPort: staticClusterPort },
        n2: { ...address, mode: "operator", clientPort: operatorPort, clusterPort: operatorClusterPort },
      },
      verification: { user: "sys", timeout: "3s" },
      helmValues: { releases: { static: { name: "nats-static" }, operator: { name: "nats-operator" } } },
    };
    await project.create();
    const former = identitiesOf(await stack.resources());
    stack.runProject(project.folder);
    await project.write("nats-auth:Configuration", args, OUTPUTS);
    succeeded(await stack.up());
    assert.deepEqual(identitiesOf(await stack.resources()), former);
    const { configs, routes, verified, condition, helmValues, operatorJwt } = await outputs();
    for (const name of NAMES) {
      const files = JSON.parse(await readFile(join(stack.folder, `${name}.json`), "utf8")) as ConfigFiles;
      assert.deepEqual({ "nats.conf": configs[name], "routes.conf": routes[name] }, files);
      assert.equal(verified?.[name]?.configuration, "digest");
    }
    assert.equal(condition, "as declared");
    assert.deepEqual(
      [helmValues?.static?.config.merge.accounts !== undefined, helmValues?.operator?.config.merge.operator],
      [true, operatorJwt],
    );
    const { output } = succeeded(await stack.up());
    assert.match(output, /\n\s+\d+ unchanged\n/);
  });

  it("should hide the secrets of the program in YAML in the state and in outputs", async () => {
    const { seeds, creds, routes } = (await outputs()) as unknown as Record<string, Record<string, string>>;
    const [, password = "?"] = /route:([0-9a-f]+)@/.exec(routes?.n1 ?? "") ?? [];
    const secrets = [...Object.values(seeds ?? {}), ...Object.values(creds ?? {}), password];
    assert.ok(secrets.length === 5 && password.length > 40);
    const shown = succeeded(await stack.show("stack", "output")).output;
    for (const text of [shown, await stack.rawState(), stack.transcript]) {
      assert.ok(!secrets.some((secret) => text.includes(secret)), "a secret is shown");
    }
    const hidden = [...shown.matchAll(/^ +(\w+) +\[secret\]$/gm)].map(([, name]) => name);
    assert.deepEqual(hidden, SECRETS);
  });

  it("should report the problems of a verification in YAML with all others", async () => {
    const verification = {
      user: "sys",
      timeout: "soon",
      servers: {
        n1: { url: "http://127.0.0.1", tls: { handshakeFirst: "yes" } },
        n3: { url: "nats://127.0.0.1:4222", digest: "abc" },
      },
      tls: { ca: "no certificate", serverName: "n.example.org" },
    };
    const accounts = { A: { users: { test: { permissions: { publish: { allow: ["a..b"] } } } } } };
    const helmValues = { releases: { static: { name: "a name" } } };
    await project.write("nats-auth:Configuration", { ...args, accounts, verification, helmValues }, OUTPUTS);
    const { output } = failed(await stack.preview());
    const found = [...output.matchAll(/^\s+- (\S+?)(?: = .*?)?: .*\[(NA\d{4})\]$/gm)];
    assert.deepEqual(found.map(([, path, code]) => `${code} ${path}`).sort(), [
      "NA1002 verification.servers.n3.mode",
      "NA1003 verification.servers.n1.tls.handshakeFirst",
      "NA1003 verification.tls.ca",
      "NA1006 verification.timeout",
      "NA1101 accounts.A.users.test.permissions.publish.allow[0]",
      "NA2100 helmValues.releases.static.name",
      "NA4090 verification.servers.n1.url",
      "NA4091 verification.servers.n3.digest",
    ]);
    assert.match(output, /configuration "nats" has 8 problems:/);
    await project.write("nats-auth:Configuration", args, OUTPUTS);
  });

  it("should leave the servers alone when it is destroyed", async () => {
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.sealedResources(), []);
    for (const name of NAMES) {
      assert.equal(await servers.condition(name), "running");
    }
  });
});
