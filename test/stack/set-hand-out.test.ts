import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import type { DeclaredSet } from "./programs/declared/declaration";

describe("creds of a set that an update hands out", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const folder = join(temporaryFolder("handed-out"), "creds");

  const names = Array.from({ length: 12 }, (_, index) => `d-${index}`);
  const devices: DeclaredSet = {
    role: "device",
    users: Object.fromEntries(names.map((name) => [name, {}])),
    handOut: folder,
  };
  const declare = (sets: Record<string, DeclaredSet>) =>
    stack.declare({ accounts: { A: { roles: { device: {} }, sets } } });
  const written = () =>
    Object.fromEntries(
      readdirSync(folder).map((file) => [
        `A/${file.replace(/\.creds$/, "")}`,
        readFileSync(join(folder, file), "utf8"),
      ]),
    );

  beforeEach(() => mkdirSync(folder, { recursive: true }));

  it("should be written by an update, but not by a preview", async () => {
    await declare({ devices });
    succeeded(await stack.preview());
    assert.deepEqual(written(), {});
    succeeded(await stack.up());
    const { creds } = await stack.outputs();
    assert.deepEqual(written(), Object.fromEntries(names.map((name) => [`A/${name}`, creds[`A/${name}`]])));
    const before = written();
    await declare({ devices: { ...devices, rotation: { version: 2 } } });
    succeeded(await stack.preview());
    assert.deepEqual(written(), before);
    await declare({ devices });
  });

  it("should not be written when the account refuses the keys", async () => {
    const before = written();
    await declare({ meters: devices });
    assert.match(failed(await stack.up()).output, /\[NA1916\]/);
    assert.deepEqual(written(), before);
  });

  it("should fail the update when they cannot be written", async () => {
    await declare({ devices });
    rmSync(folder, { recursive: true });
    assert.match(failed(await stack.up()).output, /ENOENT/);
    mkdirSync(folder);
    succeeded(await stack.up());
    assert.deepEqual(Object.keys(written()).length, names.length);
  });
});
