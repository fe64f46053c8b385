import assert from "node:assert/strict";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { TlsEngine } from "../support/engine-tls";
import type { Declaration } from "./programs/declared/declaration";

describe("a Docker Engine over TLS, given by an explicit docker provider", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["docker"], logs: true });
  let engine: TlsEngine | undefined;
  let declaration: Declaration;

  before("an engine", async function () {
    engine = await TlsEngine.start();
    if (engine === undefined) {
      this.skip();
    }
    declaration = {
      accounts: { A: { users: { test: {} } } },
      dockerHost: engine.host,
      dockerMaterial: engine.material,
    };
    await stack.declare(declaration);
    stack.env.DOCKER_HOST = undefined;
  });

  after("the engine is no longer used", () => {
    engine?.stop();
  });

  it("should have a cluster at an update, and no change in a preview after a refresh", async () => {
    succeeded(await stack.up("--diff"));
    assert.match((await stack.outputs()).checked, /one cluster/);
    succeeded(await stack.refresh("--diff"));
    succeeded(await stack.preview("--diff", "--expect-no-changes"));
  });

  it("should have a cluster after an update that moves a server to another container", async () => {
    await stack.declare({ ...declaration, staticServer: { clientPort: stack.sparePort } });
    succeeded(await stack.up("--diff"));
  });

  it("should not reveal its key: in the state, in previews, in the output and the logs of the CLI", async () => {
    const lines = (engine?.material.keyMaterial ?? "").split("\n").filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
    assert.ok(lines.length > 10);
    for (const [where, text] of [
      ["the state", await stack.rawState()],
      ["the output", stack.transcript],
      ["the logs", await stack.logs()],
    ] as const) {
      // Nothing of the text goes into the message: it would show what must not be shown.
      assert.ok(!lines.some((line) => text.includes(line)), `the key of the engine stands in ${where}`);
    }
  });
});
