import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKOUT, STEP_TIMEOUT, succeeded, testStack, type Program, type StackOutputs } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients } from "../support/stack-clients";
import { YamlProject } from "../support/yaml-project";

const EXAMPLE: Program = { folder: "examples/yaml", project: "yaml-example" };

describe("the example in YAML, deployed in containers", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(EXAMPLE, { targets: ["docker"] });
  const project = new YamlProject(join(stack.folder, "yaml"), EXAMPLE.project);
  const clients = new Clients();

  before("the program, with the package in its folder", async () => {
    await project.create();
    await copyFile(join(CHECKOUT, EXAMPLE.folder, "Pulumi.yaml"), join(project.folder, "Pulumi.yaml"));
    stack.runProject(project.folder);
  });

  it("should carry a request between its accounts and servers", async () => {
    succeeded(await stack.up());
    const { clientUrls, seeds, creds, checked } = await stack.outputs();
    assert.equal(checked, "nats-static and nats-operator are one cluster, nats, and have loaded all 4 accounts");
    const running = (await stack.engine.containers()).map(({ State }) => State);
    assert.deepEqual(running, ["running", "running"]);
    const responder = await clients.connect(clientUrls.static, bySeed(seeds["A/test"]));
    const requestor = await clients.connect(clientUrls.operator, byCreds(creds["B/test"]));
    await answer(responder, "test", "hello");
    assert.equal((await ask(requestor, "test", "?")).string(), "hello");
  });

  it("should have what the page promises in its outputs, with secrets hidden", async () => {
    const outputs = (await stack.outputs()) as StackOutputs & { readonly parity: string };
    assert.deepEqual(Object.keys(outputs.publicKeys).sort(), ["A/test", "B/test", "SYS/sys"]);
    assert.match(outputs.parity, /^# Parity/);
    const { output } = succeeded(await stack.show("stack", "output"));
    assert.match(output, /^ +creds +\[secret\]$/m);
    assert.match(output, /^ +seeds +\[secret\]$/m);
  });

  it("should leave nothing when it is destroyed", async () => {
    await clients.close();
    succeeded(await stack.destroy());
    assert.deepEqual(await stack.servers.belongings(), []);
    assert.deepEqual(await stack.sealedResources(), []);
  });
});
