import assert from "node:assert/strict";
import { staticConfig } from "../../provider/config/static";
import { readToken } from "../../provider/jwt/sign";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import { parityReport } from "../../provider/parity/report";
import { knownClaims } from "../../tools/parity-table";
import { assertGolden } from "../support/golden";
import { worldOf } from "../support/world";
import { ACCEPTED, EVERYTHING, INFO } from "./everything";

const report = parityReport(EVERYTHING, { accept: ACCEPTED });

/** The settings that a side is said to have for a claim; where it is a description, none. */
function settingOf(words: string | undefined): string | undefined {
  return /^(?:[\w[\]]+\.)*(?<setting>[a-z_]+)(?:\[\])?$/.exec(words ?? "")?.groups?.setting;
}

/** A claim's name with the names of things left out, as the documentation has it. */
function generic(name: string): string {
  return name
    .replace(/^[A-Z]+(?=\.|$)/, "A")
    .replace(/^A\.(users|roles|revocations)(\.\w+|\["\*"\])/, "A.$1.*")
    .replace(/\.mappings\["[^"]*"\]/, ".mappings.*")
    .replace(/\["[^"]*"\]/, "[*]")
    .replace(/\.revocations\["\*"\]/, ".revocations.*");
}

describe("the report of a model that makes every claim there is", () => {
  it("should be this text as Markdown", () => {
    assertGolden(__dirname, "everything.md", parityMarkdown(report));
  });

  it("should be this page as HTML", () => {
    assertGolden(__dirname, "everything.html", parityHtml(report));
  });

  it("should say what each side really says: each setting stands in the configuration, or in a token", async () => {
    const { model, tokens } = await worldOf(EVERYTHING.accounts, {}, INFO);
    const config = staticConfig(model, { serverName: "s", clusterName: "c", clientPort: 1, clusterPort: 2 });
    const claims = [tokens.operator, ...Object.values(tokens.accounts)].map((token) =>
      JSON.stringify(readToken(token)),
    );
    const missing = report.rows.flatMap(({ name, static: onStatic, operator }) => {
      const [inConfig, inToken] = [settingOf(onStatic), settingOf(operator)];
      return [
        ...(inConfig === undefined || new RegExp(`\\b${inConfig}\\b`).test(config) ? [] : [`${name}: ${inConfig}`]),
        ...(inToken === undefined || claims.some((text) => text.includes(`"${inToken}":`))
          ? []
          : [`${name}: ${inToken}`]),
      ];
    });
    assert.deepEqual(missing, []);
  });

  it("should be of a model that is valid", () => {
    assert.deepEqual(EVERYTHING.accounts.flatMap(accountDiagnostics), []);
    assert.deepEqual(clusterDiagnostics(EVERYTHING.accounts), []);
  });

  it("should have all claims, so that nothing is missing in these texts", () => {
    const claims = new Set(report.rows.map(({ name }) => generic(name)));
    const known = new Set(knownClaims().map(({ name }) => name));
    assert.deepEqual([...claims].toSorted(), [...known].toSorted());
  });
});
