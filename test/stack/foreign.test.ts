import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigFiles } from "../../provider/servers/server";
import { ForeignServers } from "../support/foreign-servers";
import { failed, FOREIGN, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";

const NAMES = ["n1", "n2"] as const;
const TYPE = "pulumi-nodejs:dynamic/nats-auth:ClusterVerification";

interface Outputs {
  readonly routes: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly verified?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("a stack whose servers something else deploys", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(FOREIGN);
  const servers = new ForeignServers();

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

  it("should leave the servers alone when it is destroyed", async () => {
    succeeded(await stack.destroy());
    for (const name of NAMES) {
      assert.equal(await servers.condition(name), "running");
    }
  });
});
