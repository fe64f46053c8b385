import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, digestOfFiles, Operator, type HelmValuesArgs, type Mode } from "../../provider";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { parseTestDigest, waitFor } from "../../provider/servers/log";
import { renderConfig, secretFiles, type PlainValues } from "../support/chart";
import { natsServer, temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { freePorts } from "../support/stack-ports";

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const CONFIG = "/etc/nats-config/nats.conf";
const ENVIRONMENT = { SERVER_NAME: "nats-static-0" };

/** The files of a server of a release, as the chart renders them. */
async function filesOf(mode: Mode, releases: HelmValuesArgs["releases"] = RELEASES): Promise<Record<string, string>> {
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
  const plain: unknown = await valueOf(pulumi.output(auth.helmValues(mode, { releases })));
  const values = plain as PlainValues;
  return { [CONFIG]: renderConfig(values), ...secretFiles(values) };
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe("the configuration that the Helm chart renders of the values", () => {
  for (const mode of ["static", "operator"] as const) {
    it(`should be accepted by a server in ${mode} mode, with the digest of its files`, async () => {
      const files = await filesOf(mode);
      const folder = temporaryFolder("chart");
      try {
        writeFiles(folder, files);
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

  it("should run JetStream on a single server", async () => {
    const { [CONFIG]: text = "", ...others } = await filesOf("operator", { operator: { name: "nats" } });
    const folder = temporaryFolder("chart");
    const [clientPort = 0, monitoringPort = 0] = await freePorts(2);
    const config = text
      .replace('"/data"', JSON.stringify(join(folder, "data")))
      .replace('"/var/run/nats/nats.pid"', JSON.stringify(join(folder, "nats.pid")))
      .replace(/"port": 4222/, `"port": ${clientPort}, "host": "127.0.0.1"`)
      .replace(/"http_port": 8222/, `"http": "127.0.0.1:${monitoringPort}"`);
    writeFiles(folder, { [CONFIG]: config, ...others });
    const server = spawn(natsServer(), ["--config", join(folder, CONFIG)], { env: ENVIRONMENT, stdio: "ignore" });
    const ended = once(server, "exit");
    try {
      const isHealthy = async () => {
        const response = await fetch(`http://127.0.0.1:${monitoringPort}/healthz`).catch(() => undefined);
        return response?.ok === true ? true : undefined;
      };
      assert.equal(await waitFor(isHealthy, 20_000, 200), true, "JetStream waits for other servers");
    } finally {
      server.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    }
  });

  it("should have no digest without its files and variables", async () => {
    const files = await filesOf("static");
    assert.throws(() => digestOfFiles(files), Unreadable);
    assert.throws(() => digestOfFiles({ [CONFIG]: files[CONFIG] ?? "" }, ENVIRONMENT), Unreadable);
  });
});
