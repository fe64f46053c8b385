import assert from "node:assert/strict";
import { AuthConfiguration, type AuthConfigurationArgs } from "../../provider";
import { ROUTES_FILE } from "../../provider/config/listener";
import { provider } from "../../provider/dynamic/cluster-verification";
import { MAIN_FILE } from "../../provider/servers/server";
import { Authority } from "../support/certificates";
import { foreignProgram, MODES, problemsOf } from "../support/foreign-program";
import { HOST } from "../support/foreign-servers";
import { Deployed } from "../support/life-cycle";
import { valueOf } from "../support/mocks";
import { freePorts } from "../support/stack-ports";

const NAMES = ["n1", "n2"] as const;
const PASSWORD = "correct horse";
/** What a verification waits that must fail, and one that must succeed. */
const ONCE = "100ms";
const LONG = "10s";

describe("connections of servers that something else deploys", function () {
  this.timeout(60_000);
  const program = foreignProgram();

  describe("with a hub", () => {
    let hubPort = 0;
    let clientPort = 0;

    const startHub = () =>
      program.servers.start("hub", {
        [MAIN_FILE]: `server_name: hub\nlisten: "${HOST}:${clientPort}"\nleafnodes { listen: "${HOST}:${hubPort}" }
          accounts { H { users: [{ user: edge, password: ${JSON.stringify(PASSWORD)} }] } }`,
      });

    before("ports", async () => {
      [hubPort = 0, clientPort = 0] = await freePorts(2);
    });

    function declare(name: string, args: Partial<AuthConfigurationArgs>): AuthConfiguration {
      return new AuthConfiguration(name, { operator: program.operator, accounts: [program.a, program.b], ...args });
    }

    const remote = (more: object = {}) => ({
      hub: { urls: [`nats-leaf://${HOST}:${hubPort}`], account: program.a, user: "edge", password: PASSWORD, ...more },
    });

    const whole = (name: string, more: object = {}) =>
      declare(name, {
        clusterName: "hubs",
        remotes: remote(more),
        servers: Object.fromEntries(
          NAMES.map((server) => {
            const { clientPort: own, clusterPort } = program.listeners[server];
            const listener = { host: HOST, bindAddress: HOST, clientPort: own, clusterPort };
            return [server, { mode: MODES[server], ...listener }];
          }),
        ),
      });

    async function start(configuration: AuthConfiguration): Promise<void> {
      for (const name of NAMES) {
        await program.servers.start(name, {
          [MAIN_FILE]: await valueOf(configuration.configs[name] ?? assert.fail()),
          [ROUTES_FILE]: await valueOf(configuration.routes[name] ?? assert.fail()),
          ...(await valueOf(configuration.remoteFiles[name] ?? assert.fail())),
        });
      }
    }

    const inputsFor = (configuration: AuthConfiguration, servers?: Record<string, object>) =>
      program.inputs({
        configuration,
        user: program.operator.systemAccount.users.sys,
        ...(servers === undefined ? {} : { servers }),
      });

    it("should be verified, and shown at a refresh and by an update when they are lost", async () => {
      const configuration = whole("hubs");
      await startHub();
      await start(configuration);
      const inputs = await inputsFor(configuration);
      const deployed = new Deployed(provider);
      await deployed.up(inputs);
      const { verified } = deployed.outs as unknown as { verified: Record<string, { remotes?: string[] }> };
      assert.deepEqual(
        NAMES.map((name) => verified[name]?.remotes),
        [["hub"], ["hub"]],
      );
      assert.equal(JSON.stringify(inputs.expected).includes(PASSWORD), false);
      await program.servers.stop("hub");
      assert.match(
        (await deployed.refresh()).condition,
        /servers\.n1: is not connected with the hub of the remote hub/,
      );
      const { codes, message } = await problemsOf(inputs, ONCE);
      assert.deepEqual(codes, ["NA5087 servers.n1", "NA5087 servers.n2"], message);
      assert.match(message, /\(account A\)/);
      const exempted = await inputsFor(whole("exempted", { verification: "disabled" }));
      const digests = Object.fromEntries(NAMES.map((name) => [name, { ...exempted.servers[name], digest: "any" }]));
      assert.deepEqual(
        (await problemsOf({ ...inputs, expected: exempted.expected, servers: digests as never })).codes,
        [],
      );
    });

    it("should be verified of all servers of a configuration without `servers`", async () => {
      await start(whole("hubs"));
      const parts = declare("parts", { remotes: remote(), parity: { mode: "lenient" } });
      const servers = Object.fromEntries(NAMES.map((name) => [name, { mode: MODES[name], url: program.url(name) }]));
      const { codes, message } = await problemsOf(await inputsFor(parts, servers), ONCE);
      assert.deepEqual(codes, ["NA5087 servers.n1", "NA5087 servers.n2"], message);
      await startHub();
      assert.deepEqual((await problemsOf(await inputsFor(parts, servers), LONG)).codes, []);
    });
  });

  it("should be verified with a certificate for another name, if the program names it", async () => {
    const authority = await Authority.create();
    const { cert, key } = await authority.issue({ hosts: ["nats.internal"] });
    const [port = 0] = await freePorts(1);
    const { seed } = program.operator.systemAccount.users.sys;
    await program.servers.start("named", {
      [MAIN_FILE]: `server_name: named\nlisten: "${HOST}:${port}"\ninclude "./authorization.conf"
        tls { cert_file: pair.pem, key_file: pair.pem, handshake_first: true }`,
      "authorization.conf": program.texts.static,
      "pair.pem": cert + key,
    });
    const at = async (tls: object, ofServer: object | undefined, isWrong = false) => {
      const server = { mode: "static", url: `tls://${HOST}:${port}`, ...(ofServer && { tls: ofServer }) } as const;
      const inputs = await program.verify({
        servers: { named: server },
        user: { seed },
        tls,
      });
      return (await problemsOf(inputs, isWrong ? ONCE : LONG)).codes;
    };
    const { cert: ca } = authority;
    const names = { serverName: "nats.internal", handshakeFirst: true };
    assert.deepEqual(await at({ ca, ...names }, undefined), []);
    assert.deepEqual(await at({ ca, ...names, serverName: "other" }, { serverName: "nats.internal" }), []);
    assert.deepEqual(await at({ ca, handshakeFirst: true }, undefined, true), ["NA5080 servers.named"]);
    assert.deepEqual(await at({ ca, ...names }, { serverName: "other" }, true), ["NA5080 servers.named"]);
  });
});
