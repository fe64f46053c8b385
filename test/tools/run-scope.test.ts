import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identity } from "../../tools/lib/processes";
import { sweepRuns } from "../../tools/run-scope";
import { temporaryFolder } from "../support/local-server";

/** The prefix of the temporary folders of a run that has ended: no process has this identity. */
const ENDED = "nats-auth-4194305-1-";

describe("sweeping the temporary folders of runs that were killed", () => {
  let folder: string;
  let tmpdir: string | undefined;

  before(() => {
    folder = temporaryFolder("sweep");
    tmpdir = process.env.TMPDIR;
    process.env.TMPDIR = folder;
  });

  after(() => {
    if (tmpdir === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = tmpdir;
    rmSync(folder, { recursive: true });
  });

  it("should remove their folders, and keep those of runs that go on, links and other files", async () => {
    const kept = [`nats-auth-${identity()}-x`, "other"].map((name) => join(folder, name));
    for (const path of [...kept, join(folder, `${ENDED}x`)]) mkdirSync(path);
    writeFileSync(join(folder, "other/file"), "");
    symlinkSync(join(folder, "other"), join(folder, `${ENDED}link`));
    await sweepRuns();
    assert.equal(existsSync(join(folder, `${ENDED}x`)), false);
    for (const path of [...kept, join(folder, "other/file"), join(folder, `${ENDED}link`)]) {
      assert.equal(existsSync(path), true, path);
    }
  });
});
