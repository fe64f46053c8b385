import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../../provider/resources/handlers";
import { temporaryFolder } from "../support/local-server";

describe("the version of the package", () => {
  const versionIn = (content: object) => {
    const folder = temporaryFolder("handlers");
    writeFileSync(join(folder, "package.json"), JSON.stringify(content));
    return packageVersion(join(folder, "index.js"), "./package.json");
  };

  it("should be read from its package.json", () => {
    assert.equal(versionIn({ name: "pulumi-nats-auth", version: "1.2.3" }), "1.2.3");
  });

  it("should be unknown in a bundle, whose package.json is that of the program", () => {
    assert.equal(versionIn({ name: "app", version: "1.2.3" }), undefined);
  });
});
