import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "../support/stack-programs";
import { temporaryFolder } from "../support/local-server";

describe("the prose check", function () {
  this.timeout(20_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("prose");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Checks a file. @returns the exit code and the findings as `<line> <phrase>` */
  function check(name: string, lines: readonly string[]): [number | null, string[]] {
    const file = join(folder, name);
    writeFileSync(file, lines.join("\n"));
    const { status, stderr } = spawnSync(process.execPath, [join(CHECKOUT, "tools/prose.mjs"), file], {
      encoding: "utf8",
    });
    const findings = [...stderr.matchAll(/:(\d+): avoid .* \[(.*)\]$/gm)];
    return [status, findings.map(([, line, phrase]) => `${line ?? ""} ${phrase ?? ""}`)];
  }

  it("should find phrases in pages, but not in their code and links", () => {
    const page = [
      "It is no key. It is no longer there.",
      "",
      "```",
      "made anew",
      "```",
      "`say` [x](say)",
      "is",
      "no key",
    ];
    assert.deepEqual(check("page.md", page), [1, ["1 is no", "7 is no"]]);
  });

  it("should find phrases in comments and texts, but not in names", () => {
    const code = [
      "/** The one",
      " * before. */",
      'const say = "is told";',
      "export const x = `${say} anew`; // by chance",
      "",
    ];
    assert.deepEqual(check("code.ts", code), [1, ["1 the one before", "3 told", "4 anew", "4 by chance"]]);
  });

  it("should accept phrases that a comment allows", () => {
    const code = [
      "// prose-ok: told, say",
      "/**",
      " * The server told us",
      " * as it says.",
      " */",
      "export {};",
      "// It said so.",
    ];
    assert.deepEqual(check("code.ts", code), [1, ["7 say"]]);
    assert.deepEqual(check("page.md", ["<!-- prose-ok: say -->", "Servers say so."]), [0, []]);
  });
});
