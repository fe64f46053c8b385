import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AuthorizationError } from "@nats-io/transport-node";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { accountSizeDiagnostics } from "../../../provider/dynamic/checks/token-size";
import { signedAccountDiagnostics, type SignedAccount } from "../../../provider/dynamic/checks/account";
import { activationDiagnostics } from "../../../provider/dynamic/checks/activation-token";
import { kindDiagnostics } from "../../../provider/dynamic/checks/keys";
import { operatorDiagnostics } from "../../../provider/dynamic/checks/operator";
import { lostKeyDiagnostics } from "../../../provider/dynamic/checks/user";
import {
  accountWithStreams,
  lostMemory,
  unknownMemory,
  unknownStreams,
} from "../../../provider/dynamic/cluster/stream-protection";
import { migrate } from "../../../provider/dynamic/life-cycle/state-version";
import { activationClaims } from "../../../provider/jwt/activation";
import { signClaims } from "../../../provider/jwt/sign";
import { waitForReload, waitUntilReady } from "../../../provider/servers/acknowledge";
import { clusterError, unhealthyWithout } from "../../../provider/servers/check";
import { ContainerServer } from "../../../provider/servers/docker/container";
import { findEndedServers } from "../../../provider/servers/ended";
import { notMoved, stillMember } from "../../../provider/servers/leaving";
import { prepareAll } from "../../../provider/servers/prepare";
import { checkOwnFolder } from "../../../provider/servers/process/files";
import { makePlace } from "../../../provider/servers/process/folder";
import { bindDiagnostics } from "../../../provider/servers/process/port-conflicts";
import { explainBindError } from "../../../provider/servers/process/ports";
import { ProcessServer } from "../../../provider/servers/process/process";
import { notStopped } from "../../../provider/servers/process/stop";
import { loginError } from "../../../provider/servers/system-client";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import { refusesNew, NEW, RUNNING } from "../../support/applied";
import { ScriptedServer } from "../../support/scripted-server";
import type { DiagnosticCase } from "./case";
import { errorOf, toDiagnostics } from "./thrown";

const ACCOUNT: SignedAccount = {
  name: "A",
  publicKey: keyOf("account", "A"),
  users: {},
  signer: seedOf("operator", "O"),
};
const OPERATOR = {
  name: "O",
  publicKey: keyOf("operator", "O"),
  signingKeys: [],
  systemAccount: keyOf("account", "SYS"),
};
const IMPORT = { account: keyOf("account", "A"), subject: "s", type: "stream" } as const;
const PLACE = "/nowhere/static/0123456789abcdef";
const RELOADED = "[1] 2026/01/01 00:00:00.000000 [INF] Reloaded server configuration (sha256:0123abcd)";
const RELOAD_FAILED =
  "[1] 2026/01/01 00:00:00.000000 [ERR] Failed to reload server configuration: nats.conf:1:1: unknown field";
const NOT_STARTED = "[1] 2026/01/01 00:00:00.000000 [FTL] Error listening on port 4222";

/** Creates a place in a folder that everyone can write to, whose path is replaced by `/tmp/example`. */
async function placeInOpenFolder(): Promise<Diagnostic[]> {
  const folder = temporaryFolder("open");
  try {
    chmodSync(folder, 0o777);
    const found = await errorOf(() => makePlace(join(folder, "cluster"), "static", "/usr/bin/nats-server"));
    const text = JSON.stringify(found).replaceAll(folder, "/tmp/example");
    return JSON.parse(text.replace(/\/static\/[0-9a-f]{16}/, "/static/0123456789abcdef")) as Diagnostic[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The error of an action, as a diagnostic on one line. */
async function activation(type: "stream" | "service"): Promise<string> {
  const terms = { exporter: keyOf("account", "A"), importer: keyOf("account", "B"), subject: "s", type };
  return signClaims(activationClaims(terms, terms.exporter), pairOf("account", "A"), { issuedAt: 1_800_000_000 });
}

/** Inputs that produce each code of the area. */
export const SERVERS_CASES: readonly DiagnosticCase[] = [
  {
    name: "a configuration that a server rejects",
    codes: ["NA5001"],
    find: () =>
      errorOf(() => prepareAll([{ server: new ScriptedServer("static", [], RUNNING, refusesNew("try")), files: NEW }])),
  },
  {
    name: "a server that ends before it is ready",
    codes: ["NA5002"],
    find: () =>
      errorOf(() =>
        waitUntilReady(
          "static",
          () => Promise.resolve([NOT_STARTED]),
          () => Promise.resolve(false),
        ),
      ),
  },
  {
    name: "a server that rejects a reload",
    codes: ["NA5003"],
    find: () => errorOf(() => waitForReload("static", "sha256:0", () => Promise.resolve([RELOAD_FAILED]))),
  },
  {
    name: "a server that ended before it could reload",
    codes: ["NA5004"],
    find: () => errorOf(() => new ProcessServer("static", PLACE).reload("sha256:0")),
  },
  {
    name: "a server that loads another configuration",
    codes: ["NA5005"],
    find: () => errorOf(() => waitForReload("static", "sha256:0", () => Promise.resolve([RELOADED]))),
  },
  {
    name: "a server that no longer exists",
    codes: ["NA5006"],
    find: () =>
      errorOf(() =>
        prepareAll([{ server: new ScriptedServer("static", [], { process: "absent", files: {} }), files: NEW }]),
      ),
  },
  {
    name: "a Docker Engine that does not answer",
    codes: ["NA5007"],
    find: () => errorOf(() => new ContainerServer("static", { host: "unix:///nowhere/docker.sock" }, "c").state()),
  },
  {
    name: "a process that does not end",
    codes: ["NA5008"],
    find: () => toDiagnostics(notStopped({ pid: 1, started: "", paused: false, place: PLACE })),
  },
  {
    name: "the removal of something that is not a folder",
    codes: ["NA5009"],
    find: () => errorOf(() => checkOwnFolder("/dev/null")),
  },
  {
    name: "a place that another user could change",
    codes: ["NA5070"],
    find: placeInOpenFolder,
  },
  ...(["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "EAFNOSUPPORT"] as const).map((code, index): DiagnosticCase => {
    const error = Object.assign(new Error(code), { code });
    const codes = (["NA5010", "NA5011", "NA5012", "NA5012"] as const).slice(index, index + 1);
    const find = () => bindDiagnostics("static.clientPort", "192.0.2.1", 80, explainBindError(error));
    return { name: `a port for which the system reports ${code}`, codes, find };
  }),
  {
    name: "a cluster that cannot be reached",
    codes: ["NA5020"],
    find: () => toDiagnostics(loginError(["nats://192.0.2.1:4222"], new Error("timeout"))),
  },
  {
    name: "a login that the operator server rejects",
    codes: ["NA5021"],
    find: () => toDiagnostics(loginError(["nats://127.0.0.1:4222"], new AuthorizationError("Authorization Violation"))),
  },
  {
    name: "a cluster that differs from the declared one",
    codes: ["NA5022"],
    find: () => toDiagnostics(clusterError("nats", ["server nats-static has no route to the other server"])),
  },
  {
    name: "a state of a newer version",
    codes: ["NA5023"],
    find: () => errorOf(() => migrate({ stateVersion: 99 }, {})),
  },
  { name: "an unknown kind of key", codes: ["NA5030"], find: () => kindDiagnostics("curve") },
  {
    name: "a user whose public key was removed",
    codes: ["NA5032"],
    find: () => lostKeyDiagnostics({ publicKey: keyOf("user", "u") }, { name: "u", account: keyOf("account", "A") }),
  },
  {
    name: "a user with a role, but without an issue time",
    codes: ["NA5033"],
    find: () => {
      const signingKey = keyOf("account", "r");
      const users = { u: { publicKey: keyOf("user", "u"), signingKey, role: "r" } };
      return signedAccountDiagnostics({ ...ACCOUNT, users, roles: { r: { signingKey } } });
    },
  },
  {
    name: "an account whose JWT is too large",
    codes: ["NA1030"],
    find: () => accountSizeDiagnostics({ ...ACCOUNT, description: "long ".repeat(200_000) }),
  },
  {
    name: "an account that revokes too many users",
    codes: ["NA1030"],
    find: () => {
      const by = [{ signingKey: keyOf("account", "r") }];
      const key = (index: number) => `U${String(index).padStart(55, "A")}`;
      const revoked = Object.fromEntries(
        Array.from({ length: 12_000 }, (_, index) => [key(index), { at: 1_800_000_000, by }]),
      );
      return accountSizeDiagnostics({ ...ACCOUNT, revoked });
    },
  },
  {
    name: "an auth callout that is signed by the account's own key",
    codes: ["NA5034"],
    find: () => {
      const authorization = { users: ["u"], issuer: ACCOUNT.publicKey };
      const users = { u: { publicKey: keyOf("user", "u"), signingKey: keyOf("account", "r") } };
      return signedAccountDiagnostics({ ...ACCOUNT, users, authorization });
    },
  },
  {
    name: "an import with a token that is not an activation",
    codes: ["NA5035"],
    find: () => activationDiagnostics({ ...IMPORT, token: "token" }, keyOf("account", "B")),
  },
  {
    name: "an import with an activation of another type",
    codes: ["NA5036"],
    find: async () => activationDiagnostics({ ...IMPORT, token: await activation("service") }, keyOf("account", "B")),
  },
  {
    name: "an import with an activation for another account",
    codes: ["NA5036"],
    find: async () => activationDiagnostics({ ...IMPORT, token: await activation("stream") }, keyOf("account", "C")),
  },
  {
    name: "an operator that another operator would sign",
    codes: ["NA5037"],
    find: () => operatorDiagnostics({}, { ...OPERATOR, signer: seedOf("operator", "P") }),
  },
  {
    name: "a new operator without its seed",
    codes: ["NA5038"],
    find: () => operatorDiagnostics({}, OPERATOR),
  },
  {
    name: "a change of an operator whose seed is offline",
    codes: ["NA5039"],
    find: () => operatorDiagnostics(OPERATOR, { ...OPERATOR, name: "P" }),
  },
  {
    name: "the replacement of an operator whose seed is offline",
    codes: ["NA5040"],
    find: () => {
      const other = { publicKey: keyOf("operator", "P"), signer: seedOf("operator", "P") };
      return operatorDiagnostics(OPERATOR, { ...OPERATOR, ...other });
    },
  },
  {
    name: "a server that has ended",
    codes: ["NA5050"],
    find: async () => {
      const stopped = new ScriptedServer("static", [], { process: "stopped", files: {} });
      return toDiagnostics(await findEndedServers([stopped, new ScriptedServer("operator", [], RUNNING)]));
    },
  },
  {
    name: "JetStream without a leader",
    codes: ["NA5051"],
    find: () =>
      toDiagnostics(clusterError("nats", [], [{ text: "the servers do not agree on a leader of JetStream" }])),
  },
  {
    name: "a server that does not join JetStream",
    codes: ["NA5051"],
    find: () => {
      const text = "server nats-o3 is not a member of JetStream, as nats-o1 sees it";
      return toDiagnostics(clusterError("nats", [], [{ text }]));
    },
  },
  {
    name: "a server that does not restart, because another one has not caught up",
    codes: ["NA5051"],
    find: () => {
      const text = "server nats-o3 has not caught up, as nats-o1 sees it";
      return toDiagnostics(unhealthyWithout("nats-o2", [{ text, server: "nats-o3" }]));
    },
  },
  {
    name: "an account with streams that loses JetStream",
    codes: ["NA5052"],
    find: () => toDiagnostics(accountWithStreams("A", ["orders"])),
  },
  {
    name: "streams in memory that two restarts would empty",
    codes: ["NA5053"],
    find: () => toDiagnostics(lostMemory("A", ["cache"])),
  },
  {
    name: "two restarts while it is unknown whether streams in memory would be empty",
    codes: ["NA5053"],
    find: () => toDiagnostics(unknownMemory("A")),
  },
  {
    name: "an account that loses JetStream while it is unknown whether it has streams",
    codes: ["NA5054"],
    find: () => toDiagnostics(unknownStreams("A")),
  },
  {
    name: "streams that cannot be moved away from a server",
    codes: ["NA5055"],
    find: () => toDiagnostics(notMoved("nats-s1", ["A > orders (insufficient resources)"])),
  },
  {
    name: "a server that remains a member of JetStream",
    codes: ["NA5056"],
    find: () => toDiagnostics(stillMember("nats-s1", "the servers do not respond")),
  },
];
