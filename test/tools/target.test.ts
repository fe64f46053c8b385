import assert from "node:assert/strict";
import { takeTarget } from "../../tools/target";

describe("the target that a person names to npm start", () => {
  it("should be taken out of the arguments, wherever it stands and however it is written", () => {
    for (const args of [
      ["--target", "process"],
      ["--target=process"],
      ["--config", "target=process"],
      ["--config=target=process"],
      ["-c", "target=process"],
    ]) {
      const all = ["--diff", ...args, "--config", "staticPort=14222"];
      assert.deepEqual(takeTarget(all), { target: "process", rest: ["--diff", "--config", "staticPort=14222"] });
    }
    assert.deepEqual(takeTarget(["--target", "docker"]), { target: "docker", rest: [] });
  });

  it("should be left to Pulumi when it is none of these, as a URN is", () => {
    for (const args of [
      [],
      ["--target", "urn:pulumi:local::x"],
      ["--config", "image=docker"],
      ["docker"],
      ["--target"],
    ]) {
      assert.deepEqual(takeTarget(args), { rest: args });
    }
  });
});
