import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, digestOfFiles, Operator, type Mode } from "../../provider";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { parseTestDigest } from "../../provider/servers/log";
import { renderConfig, secretFiles, type PlainValues } from "../support/chart";
import { natsServer, temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const CONFIG = "/etc/nats-config/nats.conf";
const ENVIRONMENT = { SERVER_NAME: "nats-static-0" };

/** The files of a server of a release, as the chart renders them. */
async function filesOf(mode: Mode): Promise<Record<string, string>> {
  await mockEngine();
  const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
  const a = new Account("A", {
    operator,
    exports: [{ subject: "test.*", type: "service" }],
    mappings: { "a.*": [{ subject: 'b."$1"', weight: 30 }] },
    limits: { payload: "64KiB" },
    jetstream: { fileStorage: "1GiB" },
    users: { test: { permissions: { publish: { allow: ["test.>", "$SYS.REQ.USER.INFO", "<&>"] } } } },
  });
  const auth = new AuthConfiguration("nats", {
    operator,
    accounts: [a],
    jetstream: { fileStorage: "2GiB" },
    settings: { maxPayload: "4MiB", pingInterval: "30s" },
  });
  const plain: unknown = await valueOf(pulumi.output(auth.helmValues(mode, { releases: RELEASES })));
  const values = plain as PlainValues;
  return { [CONFIG]: renderConfig(values), ...secretFiles(values) };
}

describe("the configuration that the Helm chart renders of the values", () => {
  for (const mode of ["static", "operator"] as const) {
    it(`should be accepted by a server in ${mode} mode, with the digest of its files`, async () => {
      const files = await filesOf(mode);
      const folder = temporaryFolder("chart");
      try {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(join(folder, path, ".."), { recursive: true });
          writeFileSync(join(folder, path), text);
        }
        const { stderr } = spawnSync(natsServer(), ["-t", "--config", CONFIG.slice(1)], {
          cwd: folder,
          env: ENVIRONMENT,
          encoding: "utf8",
        });
        assert.equal(parseTestDigest(stderr), digestOfFiles(files, ENVIRONMENT), stderr);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("should have no digest without its files and variables", async () => {
    const files = await filesOf("static");
    assert.throws(() => digestOfFiles(files), Unreadable);
    assert.throws(() => digestOfFiles({ [CONFIG]: files[CONFIG] ?? "" }, ENVIRONMENT), Unreadable);
  });
});
