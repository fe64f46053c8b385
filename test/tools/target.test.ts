import assert from "node:assert/strict";
import { parseTarget } from "../../tools/target";

describe("the target on the command line of npm start", () => {
  it("should be separated from the other arguments in every notation and position", () => {
    for (const args of [
      ["--target", "process"],
      ["--target=process"],
      ["--config", "target=process"],
      ["--config=target=process"],
      ["-c", "target=process"],
    ]) {
      const all = ["--diff", ...args, "--config", "staticPort=14222"];
      assert.deepEqual(parseTarget(all), { target: "process", rest: ["--diff", "--config", "staticPort=14222"] });
    }
    assert.deepEqual(parseTarget(["--target", "docker"]), { target: "docker", rest: [] });
    assert.deepEqual(parseTarget(["--target", "kubernetes"]), { target: "kubernetes", rest: [] });
  });

  it("should stay among the arguments for Pulumi when it is not a platform, such as a URN", () => {
    for (const args of [
      [],
      ["--target", "urn:pulumi:local::x"],
      ["--config", "image=docker"],
      ["docker"],
      ["--target"],
    ]) {
      assert.deepEqual(parseTarget(args), { rest: args });
    }
  });
});
