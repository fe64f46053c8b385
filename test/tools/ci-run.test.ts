import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Unavailable } from "../../tools/lib/terminal";
import { temporaryFolder } from "../support/local-server";

const CHECKOUT = join(__dirname, "../..");

/** What a command of npm prints, and its exit code. */
interface Outcome {
  readonly prints: string;
  readonly code?: number;
}

const TESTS = "npm test -- --retry";
const IN_PODS = "npm run test:kubernetes -- --retry";

describe("the run of everything", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("ci-run");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the script in a folder of its own, with these outcomes of its commands. */
  function run(outcomes: Readonly<Record<string, Outcome>>) {
    mkdirSync(join(folder, ".ci"));
    cpSync(join(CHECKOUT, ".ci/run"), join(folder, ".ci/run"));
    const cases = Object.entries(outcomes).map(([command, { prints, code = 0 }], index) => {
      writeFileSync(join(folder, String(index)), prints);
      return `"${command.replace(/^npm /, "")}") cat ${join(folder, String(index))}; exit ${code};;`;
    });
    const npm = join(folder, "npm");
    const record = `echo "npm $*" >>${join(folder, "commands")}`;
    writeFileSync(npm, `#!/bin/sh\n${record}\ncase "$*" in ${cases.join(" ")} esac\nexit 1\n`);
    chmodSync(npm, 0o755);
    const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
    const { stdout, status } = spawnSync(join(folder, ".ci/run"), { env, encoding: "utf8" });
    const commands = readFileSync(join(folder, "commands"), "utf8").trim().split("\n");
    return { commands, status, lines: stdout.trim().split("\n") };
  }

  it("should run the tests, then those in pods, and end with the sum of both", () => {
    const { commands, status, lines } = run({
      [TESTS]: { prints: "10 passed, 0 failed, 2 skipped\n" },
      [IN_PODS]: { prints: "3 passed, 0 failed\n" },
    });
    assert.deepEqual(commands, [TESTS, IN_PODS]);
    assert.deepEqual([status, lines.at(-1)], [0, "13 passed, 0 failed"]);
  });

  it("should fail when either has a failed test, and still run the other", () => {
    const passes = { prints: "10 passed, 0 failed\n" };
    const fails = { prints: "1 passed, 2 failed\nnpm error\n", code: 1 };
    for (const outcomes of [
      { [TESTS]: passes, [IN_PODS]: fails },
      { [TESTS]: fails, [IN_PODS]: passes },
    ]) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      const { status, lines, commands } = run(outcomes);
      assert.deepEqual([status, lines.at(-1), commands.length], [1, "11 passed, 2 failed", 2]);
    }
  });

  it("should skip the tests in pods, with the reason, where no cluster can run", () => {
    const prints = "· Building\n\nerror: It requires root.\n       Name a context.\n";
    const { status, lines } = run({
      [TESTS]: { prints: "10 passed, 0 failed\n" },
      [IN_PODS]: { prints, code: Unavailable.exitCode },
    });
    assert.equal(status, 0);
    assert.deepEqual(lines.slice(-2), [
      "Skipped: npm run test:kubernetes -- --retry. It requires root. Name a context.",
      "10 passed, 0 failed",
    ]);
  });

  it("should repeat the failures of all parts before the sum", () => {
    const prints = (file: string) =>
      `${file}: 1 FAILED\n\nFailures in ${file}:\n  1) fails\n\nSlowest of 2 suites:\n  1 s\n0 passed\n1 passed, 1 failed\n`;
    const { lines } = run({
      [TESTS]: { prints: prints("a.test.ts"), code: 1 },
      [IN_PODS]: { prints: prints("b.test.ts"), code: 1 },
    });
    assert.deepEqual(
      lines.slice(lines.lastIndexOf("1 passed, 1 failed") + 1).filter((line) => line !== ""),
      ["Failures in a.test.ts:", "  1) fails", "Failures in b.test.ts:", "  1) fails", "2 passed, 2 failed"],
    );
  });

  it("should fail when a command ends without tests", () => {
    const { status, lines } = run({
      [TESTS]: { prints: "10 passed, 0 failed\n" },
      [IN_PODS]: { prints: "error: kubelet has ended\n", code: 1 },
    });
    assert.deepEqual([status, lines.at(-1)], [1, "10 passed, 1 failed"]);
  });

  it("should fail when all tests passed, but something else did not", () => {
    const { status } = run({
      [TESTS]: { prints: "10 passed, 0 failed\n", code: 1 },
      [IN_PODS]: { prints: "3 passed, 0 failed\n" },
    });
    assert.equal(status, 1);
  });
});
