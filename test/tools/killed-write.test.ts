import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mendKilledWrite } from "../../tools/killed-write";
import { temporaryFolder } from "../support/local-server";

describe("a state that an engine was killed while writing", () => {
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

  it("should be left alone when it is whole", async () => {
    write('{"now": 1}', '{"user": 1}');
    assert.equal(await mendKilledWrite(file), false);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"now": 1}', true]);
  });

  it("should stay, without what the backend notes beside it, when that is cut", async () => {
    write('{"now": 1}', "");
    assert.equal(await mendKilledWrite(file), true);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"now": 1}', false]);
  });

  it("should be the one before when it is cut itself", async () => {
    write('{"now', '{"user": 1}');
    assert.equal(await mendKilledWrite(file), true);
    assert.deepEqual([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)], ['{"before": 1}', false]);
  });

  it("should be nothing to mend when there is none", async () => {
    assert.equal(await mendKilledWrite(file), false);
  });
});
