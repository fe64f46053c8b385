import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repairKilledWrite } from "../../tools/killed-write";
import { temporaryFolder } from "../support/local-server";

describe("restoring a state after an engine was killed while writing it", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder("state");
    file = join(folder, "local.json");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(state: string, attributes?: string): void {
    writeFileSync(file, state);
    writeFileSync(`${file}.bak`, '{"before": 1}');
    if (attributes !== undefined) writeFileSync(`${file}.attrs`, attributes);
  }

  it("should change nothing when the state is complete", async () => {
    write('{"now": 1}', '{"user": 1}');
    assert.equal(await repairKilledWrite(file), false);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"now": 1}', true]);
  });

  it("should remove the attributes when only they are truncated", async () => {
    write('{"now": 1}', "");
    assert.equal(await repairKilledWrite(file), true);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"now": 1}', false]);
  });

  it("should use the backup when the state is truncated", async () => {
    write('{"now', '{"user": 1}');
    assert.equal(await repairKilledWrite(file), true);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"before": 1}', false]);
  });

  it("should do nothing when there is no state", async () => {
    assert.equal(await repairKilledWrite(file), false);
  });
});
