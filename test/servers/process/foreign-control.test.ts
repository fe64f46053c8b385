import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makePlace } from "../../../provider/servers/process/folder";
import { findForeignControl, isMapped } from "../../../provider/servers/process/foreign-control";
import { ServerError } from "../../../provider/servers/errors";
import { temporaryFolder } from "../../support/local-server";

/** The id of a different user, and of its group. */
const OTHER = 12_345;

describe("a folder that another user could change", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("control");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Creates a folder and returns its path. */
  function made(name: string, mode = 0o700): string {
    const path = join(folder, name);
    mkdirSync(path);
    chmodSync(path, mode);
    return path;
  }

  it("should not be found where only this user, or the administrator, can change the folders above", () => {
    const sticky = made("sticky", 0o1777);
    for (const path of [folder, made("own"), join(folder, "not/there/yet"), sticky, join(sticky, "new"), "/"]) {
      assert.equal(findForeignControl(path), undefined, path);
    }
  });

  it("should be found where everyone can write to it, or to one above it", () => {
    const open = made("open", 0o777);
    assert.match(findForeignControl(open) ?? "", /open/);
    assert.match(findForeignControl(join(open, "below/it")) ?? "", /open/);
    const link = join(folder, "link");
    symlinkSync("open", link);
    assert.match(findForeignControl(join(link, "below")) ?? "", /open/);
  });

  it("should be found where another user owns it or a link to it, or another group can write to it", function () {
    if (process.geteuid?.() !== 0) this.skip();
    const group = made("group", 0o770);
    assert.equal(findForeignControl(group), undefined);
    chownSync(group, 0, OTHER);
    assert.equal(findForeignControl(group), undefined, "folders of the administrator are trusted");
    const owned = made("owned");
    chownSync(owned, OTHER, OTHER);
    assert.match(findForeignControl(join(owned, "below")) ?? "", /owned.*12345/);
    const link = join(folder, "link");
    symlinkSync(made("target"), link);
    assert.equal(findForeignControl(link), undefined);
    lchownSync(link, OTHER, OTHER);
    assert.match(findForeignControl(join(link, "below")) ?? "", /link.*12345/);
  });

  it("should trust the owners of folders who do not exist in this user namespace", () => {
    const nobody = 65_534;
    assert.equal(isMapped(nobody, "         0          0 4294967295\n"), true);
    assert.equal(isMapped(nobody, "         0       1000          1\n         1     100000      65536\n"), true);
    assert.equal(isMapped(nobody, "      1000       1000          1\n"), false);
    assert.equal(isMapped(1_000, "      1000       1000          1\n"), true);
  });

  it("should end a loop of links", () => {
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    assert.equal(findForeignControl(join(folder, "a/below")), undefined);
  });

  it("should not become the place of a server", async () => {
    const open = made("open", 0o777);
    await assert.rejects(makePlace(join(open, "cluster"), "static", "/bin/true"), (error) => {
      assert.ok(error instanceof ServerError);
      assert.equal(error.code, "NA5070");
      return true;
    });
    assert.equal(existsSync(join(open, "cluster/static")), false);
    const place = await makePlace(join(folder, "cluster"), "static", "/bin/true");
    assert.equal(existsSync(join(place, "nats-server")), true);
  });
});
