import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  digestOfFiles,
  Operator,
  type AuthConfigurationArgs,
  type HelmValuesArgs,
  type Mode,
} from "../../provider";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { omitUndefined } from "../../provider/model/form/order";
import { parseTestDigest, waitFor } from "../../provider/servers/log";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority } from "../support/certificates";
import { renderConfig, secretFiles, type PlainValues } from "../support/chart";
import { ForeignServers, HOST } from "../support/foreign-servers";
import { natsServer, temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { freePorts } from "../support/stack-ports";

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const CONFIG = "/etc/nats-config/nats.conf";
const ENVIRONMENT = { SERVER_NAME: "nats-static-0" };

const PASSWORD = "correct horse";
const HUB = { user: "edge", password: PASSWORD };

/** The files of a server of a release, as the chart renders them. @param remotes the remotes for an account and one of its users */
async function filesOf(
  mode: Mode,
  releases: HelmValuesArgs["releases"] = RELEASES,
  remotes: (account: Account<{ test: object }>) => AuthConfigurationArgs["remotes"] = () => undefined,
): Promise<Record<string, string>> {
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
    ...omitUndefined<Pick<AuthConfigurationArgs, "remotes">>({ remotes: remotes(a) }),
  });
  const plain: unknown = await valueOf(pulumi.output(auth.helmValues(mode, { releases })));
  const values = plain as PlainValues;
  return { [CONFIG]: renderConfig(values), ...secretFiles(values) };
}

/** The files with the folder in which a test writes them, for those that name others by their whole path. */
function inFolder(files: Readonly<Record<string, string>>, folder: string): Record<string, string> {
  const entries = Object.entries(files).map(([path, text]) => [path, text.replaceAll('"/etc/', `"${folder}/etc/`)]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What a server of the package's tests answers to `-t`. */
function test(files: Readonly<Record<string, string>>, folder: string): string {
  writeFiles(folder, files);
  const options = { cwd: folder, env: ENVIRONMENT, encoding: "utf8" } as const;
  return spawnSync(natsServer(), ["-t", "--config", CONFIG.slice(1)], options).stderr;
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
        const printed = test(files, folder);
        assert.equal(parseTestDigest(printed), digestOfFiles(files, ENVIRONMENT), printed);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it(`should be accepted with hubs by a server in ${mode} mode, with logins in the Secret alone`, async () => {
      const { cert: ca } = await Authority.create();
      const urls = ["tls://hub.example.org:7422"];
      const given = (login: pulumi.Output<string | undefined>) => login.apply((text = "") => text);
      const rendered = await filesOf(mode, RELEASES, (account) => ({
        one: { urls, account, creds: given(account.users.test.creds), tls: { ca }, denyImports: ["in.>"] },
        two: { urls: ["tls://two"], account, seed: given(account.users.test.seed) },
        three: { urls: ["tls://three"], account, ...HUB },
      }));
      const folder = temporaryFolder("chart");
      try {
        const files = inFolder(rendered, folder);
        const printed = test(files, folder);
        assert.equal(parseTestDigest(printed), digestOfFiles(files, ENVIRONMENT), printed);
        assert.doesNotMatch(files[CONFIG] ?? "", /hub\.example|edge|horse/);
        const withLogins = Object.keys(files).filter((path) => /horse|%20|SU[A-Z2-7]{56}/.test(files[path] ?? ""));
        assert.deepEqual(
          withLogins.map((path) => path.replace("/etc/nats-auth/", "")),
          ["remote-one.creds", "remote-three.conf", "remote-two.conf"],
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("should run JetStream on a single server, and connect it with a hub", async () => {
    const folder = temporaryFolder("chart");
    const hubs = new ForeignServers();
    const [clientPort = 0, monitoringPort = 0, hubPort = 0] = await freePorts(3);
    await hubs.start("hub", {
      [MAIN_FILE]: `server_name: hub\nlisten: "${HOST}:-1"\nleafnodes { listen: "${HOST}:${hubPort}" }
        accounts { H { users: [{ user: edge, password: ${JSON.stringify(PASSWORD)} }] } }`,
    });
    const urls = [`nats-leaf://${HOST}:${hubPort}`];
    const files = await filesOf("operator", { operator: { name: "nats" } }, (account) => ({
      hub: { urls, account, ...HUB },
    }));
    const { [CONFIG]: text = "", ...others } = files;
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
      const connected = async () => {
        const response = await fetch(`http://127.0.0.1:${monitoringPort}/leafz`);
        const { leafs = [] } = (await response.json()) as { leafs?: { is_spoke: boolean }[] };
        return leafs.find(({ is_spoke: isSpoke }) => isSpoke);
      };
      assert.ok(await waitFor(connected, 10_000, 100), "it is not connected with the hub");
    } finally {
      server.kill("SIGKILL");
      await ended;
      hubs.remove();
      rmSync(folder, { recursive: true });
    }
  });

  it("should have no digest without its files and variables", async () => {
    const files = await filesOf("static");
    assert.throws(() => digestOfFiles(files), Unreadable);
    assert.throws(() => digestOfFiles({ [CONFIG]: files[CONFIG] ?? "" }, ENVIRONMENT), Unreadable);
  });
});
