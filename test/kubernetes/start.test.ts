import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { attempt } from "../../tools/lib/run";
import { testContext, testNamespace, serverImage } from "../support/kubernetes";
import { temporaryFolder } from "../support/local-server";
import { CHECKOUT, STEP_TIMEOUT } from "../support/stack";

/** What `npm start` needs of a checkout, beside its packages. */
const FILES = [
  ...["dist", "examples", "provider", "tools"],
  ...["Pulumi.yaml", "package.json", "package-lock.json", "tsconfig.json"],
];

describe("npm start -- --target kubernetes", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const namespace = testNamespace();
  let checkout: string;

  before("a copy of the checkout, since its stack belongs to the user", () => {
    checkout = join(temporaryFolder("start"), "checkout");
    mkdirSync(checkout);
    const filter = (path: string) => !path.includes("node_modules");
    FILES.forEach((file) => {
      cpSync(join(CHECKOUT, file), join(checkout, file), { recursive: true, filter });
    });
    symlinkSync(join(CHECKOUT, "node_modules"), join(checkout, "node_modules"));
    // Its folder has other programs, also one that is called `node`.
    mkdirSync(join(checkout, "bin"));
    symlinkSync(process.env.KUBECTL ?? assert.fail(), join(checkout, "bin/kubectl"));
  });

  after("no file is left", () => {
    rmSync(dirname(checkout), { recursive: true });
  });

  /** Runs a script of package.json. @returns its output */
  async function run(script: string, ...args: string[]): Promise<string> {
    const path = [join(checkout, "bin"), process.env.PATH].join(delimiter);
    const { code, stdout, stderr } = await attempt(process.execPath, ["tools/bootstrap.mjs", script, ...args], {
      cwd: checkout,
      env: { ...process.env, KUBERNETES_CONTEXT: testContext(), PATH: path },
    });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  const pods = async () => (await namespace.kubectl(["get", "pods", "--output", "name"])).trim().split("\n");

  it("should deploy the example, and show the exchange between its pods", async () => {
    const config = { namespace: namespace.name, image: serverImage() };
    const options = Object.entries(config).flatMap(([name, value]) => ["--config", `${name}=${value}`]);
    const output = await run("start", "--target", "kubernetes", "--skip-preview", ...options);
    assert.equal(output.match(/^ {2}✓ .+$/gm)?.length, 3, output);
    assert.match(output, /✓ B\/test \([^)]*\) asks "test", A\/test \([^)]*\) answers/);
    assert.deepEqual((await pods()).sort(), ["pod/nats-operator-0", "pod/nats-static-0"]);
  });

  it("should leave nothing after npm run destroy", async () => {
    await run("destroy");
    assert.deepEqual(await pods(), [""]);
    assert.equal(existsSync(join(checkout, ".pulumi-local")), false);
  });
});
