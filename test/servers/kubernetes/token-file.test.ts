import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { useTokenFile } from "../../../provider/servers/kubernetes/token-file";
import { temporaryFolder } from "../../support/local-server";

/** A kubeconfig. @param users its users, in YAML flow style */
const kubeconfig = (users: string) => `
apiVersion: v1
kind: Config
current-context: c
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: ${users}
`;

describe("the tokenFile of a kubeconfig", () => {
  const { KUBECONFIG: former } = process.env;
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("token-file");
  });

  afterEach(() => {
    if (former === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = former;
    rmSync(folder, { recursive: true });
  });

  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  async function load(given?: string): Promise<KubeConfig> {
    const library = await import("@kubernetes/client-node");
    const config = new library.KubeConfig();
    if (given === undefined) config.loadFromDefault();
    else config.loadFromString(given);
    useTokenFile(config, library, given);
    return config;
  }

  const tokenOf = (config: KubeConfig) => config.getCurrentUser()?.token;

  it("should be read again each time, and keep the last token while it cannot be read", async () => {
    const file = put("token", "first\n");
    const config = await load(kubeconfig(`[{ name: u, user: { tokenFile: ${file}, token: other } }]`));
    assert.equal(tokenOf(config), "first");
    for (const [text, expected] of [
      ["second", "second"],
      ["", "second"],
      ["two\nlines", "second"],
      ["third", "third"],
    ] as const) {
      put("token", text);
      assert.equal(tokenOf(config), expected);
    }
    rmSync(file);
    assert.equal(tokenOf(config), "third");
  });

  it("should be found in any file of KUBECONFIG, and be relative to the folder of that file", async () => {
    mkdirSync(join(folder, "second"));
    put("second/token", "mine");
    const [first, second] = [
      put("first", kubeconfig("{}")),
      put("second/config", kubeconfig("[{ name: u, user: { tokenFile: token } }]")),
    ];
    process.env.KUBECONFIG = [join(folder, "absent"), first, second].join(delimiter);
    const library = await import("@kubernetes/client-node");
    const config = new library.KubeConfig();
    config.loadFromFile(second);
    useTokenFile(config, library, undefined);
    assert.equal(tokenOf(config), "mine");
  });

  it("should give way to the token while it cannot be read", async () => {
    const file = join(folder, "token");
    const config = await load(kubeconfig(`[{ name: u, user: { tokenFile: ${file}, token: other } }]`));
    assert.equal(tokenOf(config), "other");
    put("token", "mine");
    assert.equal(tokenOf(config), "mine");
  });

  it("should be an error that does not show its content when it has no token", async () => {
    const secret = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n";
    for (const text of [undefined, "", secret, "a\u0000b", "\ufeffs\u0000e\u0000c"]) {
      const file = text === undefined ? join(folder, "absent") : put("token", text);
      await assert.rejects(
        load(kubeconfig(`[{ name: u, user: { tokenFile: ${file} } }]`)),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "NA5153");
          assert.ok(error.message.includes(file));
          assert.doesNotMatch(error.message, /PRIVATE|MC4C/);
          return true;
        },
      );
    }
  });

  it("should not be looked for without one", async () => {
    for (const user of ["{ token: mine }", "{ token: mine, tokenFile: '' }"]) {
      assert.equal(tokenOf(await load(kubeconfig(`[{ name: u, user: ${user} }]`))), "mine");
    }
  });
});
