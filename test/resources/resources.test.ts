import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "../support/stack-programs";

const RESOURCES = join(CHECKOUT, "provider/resources");
const PREFIX = "./dynamic/";

/** The handler files that resource classes name: these paths are in people's states. */
function handlers(): string[] {
  const texts = readdirSync(RESOURCES).map((name) => readFileSync(join(RESOURCES, name), "utf8"));
  return texts.flatMap((text) => [...text.matchAll(/super\(\s*"([\w-]+)",/g)].flatMap(([, name = ""]) => name)).sort();
}

function exportedPaths(): Record<string, unknown> {
  const { exports } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { exports: object };
  return Object.fromEntries(Object.entries(exports).filter(([path]) => path.startsWith(PREFIX)));
}

describe("dynamic resources", () => {
  it("should keep the paths of handlers that states contain", () => {
    assert.deepEqual(handlers(), [
      "account-claims",
      "activation",
      "cluster-check",
      "cluster-configuration",
      "cluster-folder",
      "cluster-names",
      "cluster-verification",
      "configuration-attempt",
      "nkey",
      "operator-claims",
      "server-process",
      "user",
      "user-set-keys",
    ]);
  });

  it("should have each handler exported by the package, and nothing else beside them", () => {
    assert.deepEqual(
      exportedPaths(),
      Object.fromEntries(handlers().map((name) => [PREFIX + name, `./dist/dynamic/${name}.js`])),
    );
    assert.ok(handlers().every((name) => existsSync(join(CHECKOUT, `provider/dynamic/${name}.ts`))));
  });
});
