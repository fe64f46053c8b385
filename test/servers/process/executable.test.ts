import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findExecutable, isSupportedVersion, readVersion } from "../../../provider/servers/process/executable";
import { Executables } from "../../support/executables";
import { natsServer } from "../../support/local-server";

describe("the executable of a server", () => {
  const { PATH: before } = process.env;
  const executables = new Executables();

  afterEach(() => {
    process.env.PATH = before;
  });

  after(() => {
    executables.remove();
  });

  it("should be the first executable of its name on PATH", () => {
    const path = executables.saying("hello", "on-path");
    writeFileSync(join(executables.folder, "unrunnable"), "");
    mkdirSync(join(executables.folder, "sub/on-path"), { recursive: true });
    process.env.PATH = [".", join(executables.folder, "sub"), "/nowhere", executables.folder].join(":");
    assert.equal(findExecutable("on-path"), path);
    assert.equal(findExecutable("unrunnable"), undefined);
    assert.equal(findExecutable("not-there"), undefined);
  });

  it("should be the file with its absolute path when the program sets a path", () => {
    const path = executables.saying("hello", "by-path");
    process.env.PATH = "";
    assert.equal(findExecutable(path), path);
    assert.equal(findExecutable(relative(process.cwd(), path)), path);
    assert.equal(findExecutable("/nowhere/nats-server"), undefined);
  });

  it("should have a version when it is a nats-server", () => {
    assert.match(readVersion(natsServer()) ?? "", /^2\.\d+\.\d+$/);
    assert.equal(readVersion(executables.saying("nats-server: v2.16.0-preview.1")), "2.16.0-preview.1");
  });

  it("should have no version when it is another program or cannot be run", () => {
    assert.equal(readVersion(executables.saying("git version 2.40.1")), undefined);
    assert.equal(readVersion("/nowhere/nats-server"), undefined);
  });

  it("should be supported when it logs the digest of the loaded configuration", () => {
    assert.deepEqual(["2.9.25", "2.10.22", "2.11.0", "2.15.2", "2.100.0", "3.0.0"].map(isSupportedVersion), [
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
