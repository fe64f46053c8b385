import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findExecutable, isRecent, versionOf } from "../../../provider/servers/process/executable";
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

  it("should be the first of its name on PATH that can be run, when it is given by a name", () => {
    const path = executables.saying("hello", "on-path");
    writeFileSync(join(executables.folder, "unrunnable"), "");
    mkdirSync(join(executables.folder, "sub/on-path"), { recursive: true });
    process.env.PATH = [".", join(executables.folder, "sub"), "/nowhere", executables.folder].join(":");
    assert.equal(findExecutable("on-path"), path);
    assert.equal(findExecutable("unrunnable"), undefined);
    assert.equal(findExecutable("not-there"), undefined);
  });

  it("should be the file itself, by its absolute path, when it is given by a path", () => {
    const path = executables.saying("hello", "by-path");
    process.env.PATH = "";
    assert.equal(findExecutable(path), path);
    assert.equal(findExecutable(relative(process.cwd(), path)), path);
    assert.equal(findExecutable("/nowhere/nats-server"), undefined);
  });

  it("should have a version when it is a nats-server", () => {
    assert.match(versionOf(natsServer()) ?? "", /^2\.\d+\.\d+$/);
    assert.equal(versionOf(executables.saying("nats-server: v2.16.0-preview.1")), "2.16.0-preview.1");
  });

  it("should have none when it is something else, or does not run", () => {
    assert.equal(versionOf(executables.saying("git version 2.40.1")), undefined);
    assert.equal(versionOf("/nowhere/nats-server"), undefined);
  });

  it("should be recent when it says which configuration it has loaded", () => {
    assert.deepEqual(["2.9.25", "2.10.22", "2.11.0", "2.15.2", "2.100.0", "3.0.0"].map(isRecent), [
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
