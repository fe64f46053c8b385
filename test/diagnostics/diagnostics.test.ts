import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CODES, type Code } from "../../provider/diagnostics/codes";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import { DIAGNOSTICS_PAGE, diagnosticsPage } from "../../tools/diagnostics-page";
import { assertGolden } from "../support/golden";
import { FORM_CASES } from "./cases/form";
import { SUBJECTS_CASES } from "./cases/subjects";
import { ACCESS_CASES } from "./cases/access";
import { KEYS_CASES } from "./cases/keys";
import { USERS_CASES } from "./cases/users";
import { USER_SETS_CASES } from "./cases/user-sets";
import { SHARES_CASES } from "./cases/shares";
import { ACCOUNT_CASES } from "./cases/account";
import { CLUSTER_CASES } from "./cases/cluster";
import { PARITY_CASES } from "./cases/parity";
import { READ_CASES } from "./cases/read";
import { STATIC_CASES } from "./cases/static";
import { COMPONENTS_CASES } from "./cases/components";
import { TARGETS_CASES } from "./cases/targets";
import { SERVERS_CASES } from "./cases/servers";
import { REFERENCES_CASES } from "./cases/references";
import { HOSTS_CASES } from "./cases/hosts";
import { PROTOCOLS_CASES } from "./cases/protocols";
import { SETTINGS_CASES } from "./cases/settings";
import { STREAMS_CASES } from "./cases/streams";
import { DEPLOYMENT_CASES } from "./cases/deployment";
import { TLS_CASES } from "./cases/tls";
import { KUBERNETES_CASES } from "./cases/kubernetes";
import { PODS_CASES } from "./cases/pods";

const CASES = [
  ...FORM_CASES,
  ...SUBJECTS_CASES,
  ...ACCESS_CASES,
  ...KEYS_CASES,
  ...USERS_CASES,
  ...USER_SETS_CASES,
  ...SHARES_CASES,
  ...ACCOUNT_CASES,
  ...CLUSTER_CASES,
  ...PARITY_CASES,
  ...READ_CASES,
  ...STATIC_CASES,
  ...COMPONENTS_CASES,
  ...TARGETS_CASES,
  ...SERVERS_CASES,
  ...HOSTS_CASES,
  ...DEPLOYMENT_CASES,
  ...STREAMS_CASES,
  ...PROTOCOLS_CASES,
  ...SETTINGS_CASES,
  ...REFERENCES_CASES,
  ...TLS_CASES,
  ...KUBERNETES_CASES,
  ...PODS_CASES,
];

describe("diagnostics", () => {
  for (const { name, codes, find } of CASES) {
    it(`should find ${codes.join(", ")} in ${name}`, async () => {
      assert.deepEqual(
        (await find()).map(({ code }) => code),
        codes,
      );
    });
  }

  it("should have a case for each code", () => {
    const covered = new Set<Code>(CASES.flatMap(({ codes }) => codes));
    assert.deepEqual(
      Object.keys(CODES).filter((code) => !covered.has(code as Code)),
      [],
    );
  });

  it("should be worded as in the golden file", async () => {
    const sections = await Promise.all(
      CASES.map(async ({ name, find }) => [`# ${name}`, ...(await find()).map(formatDiagnostic), ""]),
    );
    assertGolden(__dirname, "wording.txt", sections.flat().join("\n"));
  });

  it("should be documented with cause and remedy", () => {
    assert.equal(readFileSync(DIAGNOSTICS_PAGE, "utf8"), diagnosticsPage(), "run `npm run docs`");
  });
});
