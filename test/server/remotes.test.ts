import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { usernamePasswordAuthenticator } from "@nats-io/transport-node";
import {
  loginFile,
  remoteAuthoritiesFile,
  remoteFiles,
  remotePairFile,
  type RemoteBlock,
  type RemoteBlocks,
  type RemoteSecret,
} from "../../provider/config/remotes";
import type { AccountDeclaration } from "../../provider/model/account/account";
import {
  reloadsRemotes,
  startupRemotes,
  startupRemotesBefore,
  type Remote,
  type RemoteLogin,
} from "../../provider/model/cluster/remotes";
import { findComplaints, waitFor } from "../../provider/servers/log";
import { MAIN_FILE, type ConfigFiles } from "../../provider/servers/server";
import { Authority, type Issued } from "../support/certificates";
import { Clients } from "../support/clients";
import { CROSSING, hasCrossed } from "../support/crossing";
import { natsServer, newCluster, newServer, removeCluster } from "../support/local-server";
import { filesOf, freeListeners, newPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { loginOf, worldOf, type World } from "../support/world";

const ACCOUNTS: readonly AccountDeclaration[] = [{ name: "A", users: { any: {} } }];
const HUB_ACCOUNTS: readonly AccountDeclaration[] = [{ name: "H", users: { edge: {}, other: {} } }];
const PASSWORD = 'p@ss:w/rd %"$ü';

/** The changes that every version of nats-server reloads. */
const ALWAYS: readonly string[] = [
  "another user's creds",
  "another authority",
  "TLS without a first handshake",
  "TLS 1.3",
];

describe("remotes of servers", function () {
  this.timeout(60_000);

  const version = /: v(\S+)/.exec(execFileSync(natsServer(), ["--version"], { encoding: "utf8" }))?.[1] ?? "";
  const clients = new Clients();
  let world: World;
  let hubWorld: World;
  let pair: Pair;
  let hubs: Pair;
  /** A hub with passwords, and one with TLS that requires certificates. */
  let others: string;
  const ports = { password: 0, passwordClients: 0, tls: 0, tlsClients: 0 };
  let authority: Authority;
  let ofLeaf: Issued;
  /** The remotes of each server at present. */
  const current: Record<Side, readonly Given[]> = { static: [], operator: [] };

  /** A remote with the files that it needs. */
  interface Given {
    readonly remote: RemoteBlock;
    readonly files: ConfigFiles;
  }

  before(async () => {
    world = await worldOf(ACCOUNTS);
    hubWorld = await worldOf(HUB_ACCOUNTS);
    authority = await Authority.create();
    ofLeaf = await authority.issue({ hosts: [], purposes: ["clientAuth"] });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = await freePorts(7);
    Object.assign(ports, { password: c, passwordClients: d, tls: e, tlsClients: f });
    pair = await newPair(await freeListeners("nats"));
    const listeners = await freeListeners("hub");
    hubs = await newPair({
      static: { ...listeners.static, leafNodePort: a, websocketPort: g },
      operator: { ...listeners.operator, leafNodePort: b },
    });
    for (const side of SIDES) {
      await pair.servers[side].put(filesOf(side, world, pair.listeners));
      await hubs.servers[side].put(filesOf(side, hubWorld, hubs.listeners));
    }
    await Promise.all(SIDES.flatMap((side) => [pair.servers[side].start(), hubs.servers[side].start()]));
    others = newCluster();
    const users = `accounts: { H: { users: [{ user: "edge", password: ${JSON.stringify(PASSWORD)} }] } }`;
    const pem = await authority.issue();
    for (const [name, main] of [
      ["password", `port: ${d}\nleafnodes { host: 127.0.0.1, port: ${c} }`],
      [
        "tls",
        `port: ${f}\nleafnodes { host: 127.0.0.1, port: ${e}, tls { cert_file: pair.pem, key_file: pair.pem, ca_file: ca.pem, verify: true, handshake_first: true } }`,
      ],
    ] as const) {
      const { server } = await newServer(others, name);
      await server.put({
        [MAIN_FILE]: `server_name: "${name}"\nhost: 127.0.0.1\n${main}\n${users}\n`,
        "pair.pem": pem.cert + pem.key,
        "ca.pem": authority.cert,
      });
      await server.start();
    }
  });

  after(async () => {
    await clients.close();
    pair.stop();
    hubs.stop();
    removeCluster(others);
  });

  /** A remote that connects the account A. */
  function remoteTo(
    port: number,
    login: RemoteLogin,
    secret: RemoteSecret | undefined,
    more: Partial<RemoteBlock> = {},
  ): Given {
    const settings = { urls: [`nats-leaf://127.0.0.1:${port}`] };
    const remote: Remote = { name: "hub", path: "", account: "A", settings, login, hasTls: false, ...more };
    const accountKey = world.model.accounts.find(({ name }) => name === "A")?.publicKey ?? assert.fail();
    return {
      remote: { ...remote, accountKey, ...more },
      files: secret === undefined ? {} : remoteFiles(remote, secret),
    };
  }

  const portOf = (side: Side) => hubs.listeners[side].leafNodePort ?? 0;
  const toStatic = (user = "H/edge", more: Partial<RemoteBlock> = {}) =>
    remoteTo(portOf("static"), "seed", { seed: loginOf(hubWorld, user).seed }, more);
  const toOperator = (user = "H/edge", more: Partial<RemoteBlock> = {}) =>
    remoteTo(portOf("operator"), "creds", { creds: loginOf(hubWorld, user).creds }, more);
  const overWebSocket = () =>
    toStatic("H/edge", { settings: { urls: [`ws://127.0.0.1:${hubs.listeners.static.websocketPort ?? 0}/nats`] } });
  const toPassword = (password = PASSWORD) => remoteTo(ports.password, "password", { user: "edge", password });
  const toTls = (trusted: string, more: Partial<RemoteBlock["tls"]> = {}): Given => {
    const pem = remotePairFile("hub");
    const tls = { certificateFile: pem, keyFile: pem, caFile: remoteAuthoritiesFile("hub"), handshakeFirst: true };
    const given = remoteTo(
      ports.tls,
      "password",
      { user: "edge", password: PASSWORD },
      { hasTls: true, tls: { ...tls, ...more, outline: [] } },
    );
    const files = { [pem]: ofLeaf.cert + ofLeaf.key, [remoteAuthoritiesFile("hub")]: trusted };
    return { ...given, files: { ...given.files, ...files } };
  };

  function filesWith(side: Side, given: readonly Given[]): ConfigFiles {
    const remotes: RemoteBlocks = { all: given.map(({ remote }) => remote), folder: "", prefix: "" };
    const listener = { ...pair.listeners[side], remotes };
    const files = filesOf(side, world, { ...pair.listeners, [side]: listener });
    return Object.assign({}, files, ...given.map((one) => one.files)) as ConfigFiles;
  }

  /** Gives a server other remotes, by a reload if the package has it reload them. @returns whether it was reloaded */
  async function connectWith(side: Side, ...given: readonly Given[]): Promise<boolean> {
    const { [side]: server } = pair.servers;
    const files = filesWith(side, given);
    const digest = await server.try(files);
    const isReloaded = isReloadable(current[side], given);
    if (!isReloaded) {
      // nats-server 2.12.15 ends when it is to reload fewer remotes.
      await server.stop();
    }
    await server.put(files);
    await (isReloaded ? server.reload(digest) : server.start());
    current[side] = given;
    return isReloaded;
  }

  /** Whether the package lets a server reload a change. */
  function isReloadable(before: readonly Given[], after: readonly Given[]): boolean {
    const startup = (all: readonly Given[]) => {
      const remotes = all.map(({ remote: { accountKey: _key, tls: _tls, ...remote } }): Remote => remote);
      const logins = Object.fromEntries(
        all.map(({ remote, files }) => [remote.name, files[loginFile(remote.name)] ?? ""]),
      );
      return JSON.stringify(reloadsRemotes(version) ? startupRemotes(remotes) : startupRemotesBefore(remotes, logins));
    };
    return startup(before) === startup(after);
  }

  const inPair = (side: Side) => clients.logIn(pair, side, loginOf(world, "A/any"));
  const atHub = (side: Side) => clients.logIn(hubs, side, loginOf(hubWorld, "H/edge"));
  const atOther = (port: number) =>
    clients.connect(`nats://127.0.0.1:${port}`, usernamePasswordAuthenticator("edge", PASSWORD));

  it("should be refused by the pins of leaf nodes that connect to the same server", async () => {
    const { server } = await newServer(others, "pinned");
    const urls = `["tls://edge:${encodeURIComponent(PASSWORD)}@127.0.0.1:${ports.tls}"]`;
    const pem = "cert_file: pair.pem, key_file: pair.pem, ca_file: ca.pem";
    await server.put({
      [MAIN_FILE]: `server_name: pinned\nlisten: "127.0.0.1:-1"
        leafnodes { listen: "127.0.0.1:-1", tls { ${pem}, verify: true, pinned_certs: ["${"a".repeat(64)}"] }
          remotes: [{ urls: ${urls}, tls { ${pem}, handshake_first: true } }] }`,
      "pair.pem": ofLeaf.cert + ofLeaf.key,
      "ca.pem": authority.cert,
    });
    await server.start();
    const refused = async () => (await server.complaints()).find((line) => line.includes("certificate not pinned"));
    assert.ok(await waitFor(refused, CROSSING, 50));
  });

  for (const side of SIDES) {
    describe(`of a server in ${side} mode`, () => {
      afterEach(() => connectWith(side));

      it("should connect an account with hubs, by a seed, creds, a password, and over WebSocket", async () => {
        for (const [given, open] of [
          [toStatic(), () => atHub("static")],
          [toOperator(), () => atHub("operator")],
          [toPassword(), () => atOther(ports.passwordClients)],
          [overWebSocket(), () => atHub("static")],
        ] as const) {
          await connectWith(side, given);
          const [own, hub] = [await inPair(side), await open()];
          assert.equal(await hasCrossed(own, hub), true);
          assert.equal(await hasCrossed(hub, own), true);
        }
      });

      it("should encrypt, trust the authority alone, and not fall back to plaintext", async () => {
        await connectWith(side, toTls(authority.cert));
        const hub = await atOther(ports.tlsClients);
        assert.equal(await hasCrossed(await inPair(side), hub), true);
        await connectWith(side, toTls((await Authority.create()).cert));
        // A server reads the authorities again for the next connection.
        await connectWith(side);
        await connectWith(side, toTls((await Authority.create()).cert));
        assert.equal(await hasCrossed(await inPair(side), hub), false);
        const plain = remoteTo(portOf("static"), "seed", { seed: loginOf(hubWorld, "H/edge").seed }, { hasTls: true });
        await connectWith(side, plain);
        assert.equal(await hasCrossed(await inPair(side), await atHub("static")), false);
      });

      it("should not exchange denied subjects", async () => {
        const settings = {
          urls: [`nats-leaf://127.0.0.1:${portOf("static")}`],
          denyImports: ["in.>"],
          denyExports: ["out.>"],
        };
        await connectWith(side, toStatic("H/edge", { settings }));
        const [own, hub] = [await inPair(side), await atHub("static")];
        assert.equal(await hasCrossed(own, hub, "in.a"), true);
        assert.equal(await hasCrossed(hub, own, "out.a"), true);
        assert.equal(await hasCrossed(own, hub, "out.a"), false);
        assert.equal(await hasCrossed(hub, own, "in.a"), false);
      });

      it("should report why a hub refuses a login, without the login", async () => {
        await connectWith(side, toPassword("wrong"));
        const deadline = performance.now() + CROSSING;
        let complaints: string[] = [];
        while (!complaints.some((line) => line.includes("Authorization Violation")) && performance.now() < deadline) {
          complaints = findComplaints(await pair.servers[side].complaints());
        }
        assert.match(complaints.join("\n"), /Authorization Violation/);
        assert.equal(
          complaints.some((line) => line.includes("wrong")),
          false,
        );
      });

      for (const [what, change] of [
        ["a new remote", () => [[], [toStatic()]]],
        ["a removed remote", () => [[toStatic()], []]],
        [
          "another URL",
          () => [[toPassword()], [remoteTo(portOf("static"), "password", { user: "edge", password: PASSWORD })]],
        ],
        ["another user's seed", () => [[toStatic()], [toStatic("H/other")]]],
        ["another user's creds", () => [[toOperator()], [toOperator("H/other")]]],
        ["another password", () => [[toPassword("wrong")], [toPassword()]]],
        ["another way to log in", () => [[toStatic()], [toOperator()]]],
        ["TLS", () => [[toPassword()], [toTls(authority.cert)]]],
        ["another authority", () => [[toTls(ofLeaf.cert)], [toTls(authority.cert)]]],
        [
          "TLS without a first handshake",
          () => [[toTls(authority.cert)], [toTls(authority.cert, { handshakeFirst: false })]],
        ],
        ["TLS 1.3", () => [[toTls(authority.cert)], [toTls(authority.cert, { minVersion: "1.3" })]]],
        [
          "denied subjects",
          () => [
            [toStatic()],
            [toStatic("H/edge", { settings: { ...toStatic().remote.settings, denyImports: ["in.>"] } })],
          ],
        ],
      ] as const satisfies readonly (readonly [string, () => readonly (readonly Given[])[]])[]) {
        const doesReload = reloadsRemotes(version) ? what !== "denied subjects" : ALWAYS.includes(what);
        it(`should ${doesReload ? "reload" : "restart for"} ${what}`, async () => {
          const [before = [], after = []]: readonly (readonly Given[])[] = change();
          await connectWith(side, ...before);
          assert.equal(await connectWith(side, ...after), doesReload);
        });
      }
    });
  }
});
