import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOwned, removeOwned } from "../../tools/lib/owned";
import { temporaryFolder } from "../support/local-server";

const OTHER_USER = 65534;

describe("removing a folder in clean-up", () => {
  let folder: string;
  let target: string;

  beforeEach(() => {
    folder = temporaryFolder("owned");
    target = join(folder, "target");
    mkdirSync(target);
    writeFileSync(join(target, "file"), "");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("should remove this user's folder with its content, and accept a missing one", async () => {
    assert.equal(isOwned(target), true);
    await removeOwned(target);
    assert.equal(existsSync(target), false);
    assert.equal(isOwned(target), false);
    await removeOwned(target);
  });

  it("should refuse a symbolic link, and keep it and its target", async () => {
    const link = join(folder, "link");
    symlinkSync(target, link);
    assert.equal(isOwned(link), false);
    await assert.rejects(removeOwned(link), /symbolic link/);
    assert.deepEqual([existsSync(link), existsSync(join(target, "file"))], [true, true]);
  });

  it("should refuse a folder of another user", async function () {
    if (process.geteuid?.() !== 0) this.skip();
    chownSync(target, OTHER_USER, OTHER_USER);
    assert.equal(isOwned(target), false);
    await assert.rejects(removeOwned(target), /another user/);
    assert.equal(existsSync(join(target, "file")), true);
  });
});
