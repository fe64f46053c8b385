import { isExtraOption, settingForOption } from "../../config/extra";
import type { Problem } from "../../diagnostics/unreadable";
import { Section } from "../../language/section";
import { CERTIFICATE_LOGINS } from "../../parity/logins";
import type { Fields } from "../fields";
import { leaveOutDefaultUser, leaveOutSingleLogin, leaveOutUser } from "./logins";

/** Settings of a server that trusts an operator, by their names in nats-server. */
const OPERATOR_MODE = [
  ...["operator", "operators", "root", "roots", "root_operator", "root_operators", "trusted", "trusted_keys"],
  ...["resolver", "account_resolver", "accounts_resolver", "resolver_preload"],
];

/** Notes a configuration in operator mode, and returns whether it is one. */
export function noteOperatorMode(top: Fields): boolean {
  const setting = OPERATOR_MODE.find((name) => top.has(name));
  if (setting !== undefined) {
    const problem = "configures operator mode, in which accounts and users are JWTs outside of the file";
    const remedy = "Read the operator's nsc store with `readNscStore`.";
    top.notes.wrong("NA3060", top.pathOf(setting), problem, remedy);
  }
  return setting !== undefined;
}

const VERIFY_AND_MAP = CERTIFICATE_LOGINS.static;
const NKEYS =
  "Give these users nkeys, with which they log in to both servers. `tls.clients.verify` requires certificates beside them.";

/** True when clients can log in with TLS certificates. */
export function mapsCertificates(top: Fields): boolean {
  const tls = top.peek("tls");
  const entries = tls instanceof Section ? tls.entries() : [];
  return entries.some(([name, value]) => name.toLowerCase() === VERIFY_AND_MAP && value === true);
}

/** Names of each kind of connections other than clients and routes, some with logins of their own, and the argument that enables it. */
const CONNECTIONS = [
  { names: ["websocket", "ws"], argument: "websocketPort" },
  { names: ["mqtt"], argument: "mqttPort" },
  { names: ["leafnodes", "leaf"], argument: "leafNodePort" },
  { names: ["gateway"], argument: undefined },
] as const;

/** Settings that correspond to an argument of `MixedAuthCluster`. */
const ARGUMENTS = ["listen", "host", "net", "port", "http", "http_port", "monitor_port", "proxies"];

/** Names the settings of the server: TLS, other kinds of connections with their logins, and everything else. */
export function leaveOutServerSettings(top: Fields): void {
  leaveOutTls(top);
  for (const kind of CONNECTIONS) {
    leaveOutConnections(top, kind);
  }
  const path = top.pathOf("cluster");
  const cluster = top.fields("cluster");
  if (cluster !== undefined) {
    leaveOutTls(cluster);
    leaveOutArgument(top, path);
  }
  for (const name of ARGUMENTS) {
    if (top.take(name) !== undefined) {
      leaveOutArgument(top, name);
    }
  }
  top.leaveOutRest(settingProblem);
}

/** Returns the problem of a setting of the server, with the argument in `settings` of the cluster that corresponds to it. */
function settingProblem(value: unknown, option: string): Problem {
  const setting = settingForOption(option);
  if (setting === undefined && !isExtraOption(option)) {
    const kind = value instanceof Section ? "block" : "setting";
    const problem = `is a ${kind} of the server, for which \`MixedAuthCluster\` has no argument`;
    return { code: "NA3023", problem, remedy: "Check whether you need it." };
  }
  const remedy =
    setting === undefined
      ? "If you need it, add it to `settings.extra` of `MixedAuthCluster`."
      : `If you need it, set \`settings.${setting}\` of \`MixedAuthCluster\`.`;
  return { code: "NA3023", problem: "is a setting of the server, not of an account", remedy };
}

/** Names a setting of the server that is an argument of the cluster. */
export function leaveOutArgument({ notes }: Fields, path: string): void {
  notes.leaveOut({
    code: "NA3023",
    path,
    problem: "configures the server, not an account",
    remedy:
      "If you need it, set the argument of `MixedAuthCluster`: `staticServer`, `operatorServer` (ports), `bindAddress`, `clusterName`, `jetstream` or `trustedProxies`.",
  });
}

function leaveOutConnections(top: Fields, { names, argument }: (typeof CONNECTIONS)[number]): void {
  const path = top.pathOf(...names);
  const listener = top.fields(...names);
  if (listener === undefined) {
    return;
  }
  const remotes = listener.each("remotes");
  remotes.forEach(leaveOutRemote);
  if (remotes.length === 0 || listener.has("port") || listener.has("listen")) {
    const [problem, remedy] =
      argument === undefined
        ? [
            "configures a kind of connection that the new servers do not have",
            "Keep the existing server for what connects this way, or use client connections.",
          ]
        : ["configures a listener of the server", `If you need it, set \`${argument}\` of a server.`];
    top.notes.leaveOut({ code: "NA3023", path, problem, remedy });
  }
  leaveOutTls(listener);
  leaveOutDefaultUser(listener);
  const authorization = listener.fields("authorization");
  if (authorization !== undefined) {
    leaveOutSingleLogin(authorization);
    authorization.each("users").forEach((user) => {
      leaveOutUser(user, false);
    });
  }
}

/** Names a hub, without its URLs, which may contain a password. */
function leaveOutRemote(remote: Fields): void {
  const problem = "is a hub, with which the new servers are not connected";
  const remedy = "Add it to `remotes` of the cluster, with its URLs, account, login and TLS.";
  remote.notes.leaveOut({ code: "NA3023", path: remote.path, problem, remedy });
}

function leaveOutTls(block: Fields): void {
  const path = block.pathOf("tls");
  const tls = block.fields("tls");
  if (tls !== undefined) {
    const pathOfMap = tls.pathOf(VERIFY_AND_MAP);
    const maps = tls.take(VERIFY_AND_MAP) === true;
    const verifies = tls.take("verify") === true || maps;
    leaveOutEncryption(block, path, verifies ? " and require no client certificates" : "");
    if (maps) {
      const problem = `is not adopted: ${CERTIFICATE_LOGINS.consequence()}`;
      block.notes.leaveOut({ code: "NA3024", path: pathOfMap, problem, remedy: NKEYS });
    }
  }
  for (const name of ["https", "https_port"]) {
    if (block.take(name) !== undefined) {
      leaveOutEncryption(block, block.pathOf(name), "");
    }
  }
}

function leaveOutEncryption({ notes }: Fields, path: string, more: string): void {
  const problem = `is not adopted: the new servers have no TLS${more}, until the program has certificates for them`;
  const remedy = "Set `tls` of the cluster, with certificates for the new servers, before clients connect to them.";
  notes.leaveOut({ code: "NA3067", path, problem, remedy });
}
