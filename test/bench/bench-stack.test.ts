import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BenchStack } from "./bench-stack";

describe("the stack of a benchmark", function () {
  this.timeout(300_000);

  it("should have no file in the folder of its program, where a benchmark that is killed would leave it", async () => {
    const folder = join(__dirname, "programs/empty");
    const files = readdirSync(folder);
    const stack = new BenchStack("empty", { BENCH_USERS: "1" });
    try {
      await stack.init();
      const { bytes } = await stack.measureMemory("up", {});
      assert.deepEqual(readdirSync(folder), files);
      assert.ok((await stack.stateBytes()) > 0);
      // The engine and a Node.js process take more than this process would alone.
      assert.ok(bytes > 100 * 1024 * 1024, `${bytes} bytes`);
    } finally {
      await stack.dispose();
    }
  });
});
