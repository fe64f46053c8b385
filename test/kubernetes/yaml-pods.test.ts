import assert from "node:assert/strict";
import { join } from "node:path";
import type { Declaration } from "../stack/programs/declared/declaration";
import { podStack } from "../support/pod-stack";
import { DECLARED, STEP_TIMEOUT, succeeded } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, publishRefusal, refuses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { identitiesOf } from "../support/stack-tokens";
import { YamlProject } from "../support/yaml-project";

const OUTPUTS = ["clientUrls", "checked", "creds", "seeds"];

const SERVERS = { static: { mode: "static" }, operator: { mode: "operator", replicas: 2 } } as const;

/** The network of pods is that of a test. */
const ACCEPTED = Object.fromEntries(
  ["clients", "routes", "monitoring"].map((listener) => [`(servers).*.${listener}`, "A test."]),
);

type Accounts = NonNullable<Declaration["accounts"]>;

const ACCOUNTS = {
  A: { exports: [{ subject: "test", type: "service" }], users: { test: {}, other: {} } },
  B: { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
} satisfies Accounts;

describe("a cluster in pods that a program in YAML continues", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const stack = podStack();
  const { pods } = stack;
  const project = new YamlProject(join(stack.folder, "yaml"), DECLARED.project);
  const clients = new Clients();
  let former: { readonly lives: unknown; readonly identities: unknown };

  const found = async () => ({ lives: await pods.lives(), identities: identitiesOf(await stack.resources()) });
  const loginsOf = async (user: string) => {
    const { seeds, creds } = await stack.outputs();
    return { "static-0": bySeed(seeds[user]), "operator-0": byCreds(creds[user]), "operator-1": byCreds(creds[user]) };
  };

  async function write(accounts: Accounts = ACCOUNTS): Promise<void> {
    const args = {
      operator: { name: "KO", systemAccount: { name: "SYS", users: { sys: {} } } },
      accounts,
      servers: SERVERS,
      image: stack.config.image,
      target: { kubernetes: stack.targetOf({}) },
      parity: { accept: ACCEPTED },
    };
    await project.write("nats-auth:Cluster", args, OUTPUTS);
  }

  before("a cluster of a TypeScript program", async () => {
    await stack.declare({ accounts: ACCOUNTS, servers: SERVERS });
    succeeded(await stack.up());
    former = await found();
    await project.create();
    stack.runProject(project.folder);
    await write();
  });

  it("should change no key and no pod", async () => {
    assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), ["Cluster nats"]);
    succeeded(await stack.up());
    assert.deepEqual(await found(), former);
  });

  it("should change nothing when it is updated again, also after a refresh", async () => {
    succeeded(await stack.up("--refresh", "--expect-no-changes"));
  });

  it("should exchange requests between pods of both modes", async () => {
    const [a, b] = [await loginsOf("A/test"), await loginsOf("B/test")];
    const answering = await answer(await clients.connect(await stack.urlOf("static-0"), a["static-0"]), "test", "here");
    const asking = await clients.connect(await stack.urlOf("operator-1"), b["operator-1"]);
    assert.equal((await ask(asking, "test", "hello?")).string(), "here");
    answering.unsubscribe();
  });

  it("should preview a changed permission and a removed user, and enforce both by reloads", async () => {
    const removed = await loginsOf("A/other");
    const permissions = { publish: { deny: ["forbidden"] } };
    await write({ ...ACCOUNTS, A: { ...ACCOUNTS.A, users: { test: { permissions } } } });
    const { output } = succeeded(await stack.preview("--diff"));
    assert.match(output, /\+ *users\.test\.permissions\.publish\.deny "forbidden"/);
    assert.ok(changedResources(output).includes("User nats/A/other"), output);
    succeeded(await stack.up());
    assert.deepEqual(await pods.lives(), former.lives);
    const present = await loginsOf("A/test");
    for (const server of ["static-0", "operator-0", "operator-1"] as const) {
      const client = await clients.connect(await stack.urlOf(server), present[server]);
      assert.match(await publishRefusal(client, "forbidden"), /Permissions Violation for Publish/i);
      await refuses(clients, await stack.urlOf(server), removed[server]);
    }
  });

  it("should leave nothing when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(await pods.belongings(), []);
  });
});
