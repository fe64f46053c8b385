import assert from "node:assert/strict";
import { renderStaticConfig } from "../../provider/config/static";
import { readToken } from "../../provider/jwt/sign";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import { clusterDiagnostics } from "../../provider/model/cluster/cluster";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import { parityReport } from "../../provider/parity/report";
import { allClaims } from "../../tools/parity-table";
import { assertGolden } from "../support/golden";
import { worldOf } from "../support/world";
import { ACCEPTED, EVERYTHING, INFO } from "./everything";

const report = parityReport(EVERYTHING, { accept: ACCEPTED });

/** The last part of a setting's name; undefined for a description. */
function settingOf(setting: string | undefined): string | undefined {
  return /^(?:[\w[\]]+\.)*(?<setting>[a-z_]+)(?:\[\])?$/.exec(setting ?? "")?.groups?.setting;
}

/** Replaces names and list elements in the name of a claim, as in the documentation. */
function toGeneric(name: string): string {
  return name
    .replace(/^[A-Z]+(?=\.|$)/, "A")
    .replace(/^A\.(users|roles|sets|revocations)(\.\w+|\["\*"\])/, "A.$1.*")
    .replace(/\.mappings\["[^"]*"\]/, ".mappings.*")
    .replace(/\["[^"]*"\]/, "[*]")
    .replace(/\.revocations\["\*"\]/, ".revocations.*");
}

describe("the parity report of a model with every claim", () => {
  it("should match the golden Markdown", () => {
    assertGolden(__dirname, "everything.md", parityMarkdown(report));
  });

  it("should match the golden HTML page", () => {
    assertGolden(__dirname, "everything.html", parityHtml(report));
  });

  it("should name settings that the rendered configuration and JWTs contain", async () => {
    const { model, tokens } = await worldOf(EVERYTHING.accounts, {}, INFO);
    const config = renderStaticConfig(model, { serverName: "s", clusterName: "c", clientPort: 1, clusterPort: 2 }).text;
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

  it("should describe a valid model", () => {
    assert.deepEqual(EVERYTHING.accounts.flatMap(accountDiagnostics), []);
    assert.deepEqual(clusterDiagnostics(EVERYTHING.accounts), []);
  });

  it("should contain every claim of the tables", () => {
    const claims = new Set(report.rows.map(({ name }) => toGeneric(name)));
    const known = new Set(allClaims().map(({ name }) => name));
    assert.deepEqual([...claims].toSorted(), [...known].toSorted());
  });
});
