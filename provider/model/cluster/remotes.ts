import { isIP } from "node:net";
import { diagnose, display, joinPath, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn, omitUndefined, sortBy, sortUnique } from "../form/order";
import { listOf, stringShape, unshown } from "../form/shape";
import { term, Terms } from "../form/terms";
import { subjectProblem } from "../subjects/subjects";
import { isLoopback } from "./loopback";
import { SERVERS, type PlaintextPort } from "./tls";
import { hasSince, type Since } from "./server-version";

/** Where a server connects to as a leaf node, and which subjects do not cross. */
export interface RemoteSettings {
  /**
   * URLs of servers of the hub, for leaf nodes: schemes `nats-leaf`, `nats` and `tls`, or `ws` and `wss`. The server connects to one of
   * them, and to another one if that fails. `tls` and `wss` require TLS, as `tls` does. With `ws` and `wss`, a path is that of a proxy,
   * without the `/leafnode` that nats-server appends. A change is reloaded.
   */
  readonly urls: readonly string[];
  /**
   * Subjects that the servers do not receive from the hub (`deny_imports`). A change restarts the servers.
   *
   * @default all that the login permits are received
   */
  readonly denyImports?: readonly string[];
  /**
   * Subjects that the servers do not send to the hub (`deny_exports`). A change restarts the servers.
   *
   * @default all that the login permits are sent
   */
  readonly denyExports?: readonly string[];
}

/** A URL of a server of a hub. */
interface HubUrl {
  readonly isWebSocket: boolean;
  readonly hasTls: boolean;
  readonly hostname: string;
  /** Host and port. */
  readonly host: string;
  /** The path at which a proxy has the hub, over WebSocket: nats-server appends `/leafnode`. It is empty, or has no slash at its end. */
  readonly path: string;
}

/** The port that nats-server adds to URLs without one, whatever their scheme. It fails to do so for an IPv6 address. */
const DEFAULT_PORT = 7422;

/** `URL` of Node.js would leave out the ports 80 and 443, which are not the default ports of leaf nodes. */
const HUB_URL =
  /^(?:(?:nats-leaf|nats|tls):\/\/|(?<web>wss?):\/\/)(?<hostname>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\.?)(?<port>:\d{1,5})?(?<path>(?:\/(?:[\w.~+-]|%[0-9A-Fa-f]{2})+)*)\/?$/;

/** Returns the parts of a URL; undefined if it is not one of a hub. */
function parseHubUrl(url: string): HubUrl | undefined {
  const { web, hostname = "", port = `:${DEFAULT_PORT}`, path = "" } = HUB_URL.exec(url)?.groups ?? {};
  return hostname === "" || !URL.canParse(url) || (web === undefined && path !== "")
    ? undefined
    : {
        isWebSocket: web !== undefined,
        hasTls: web === "wss" || url.startsWith("tls:"),
        hostname,
        host: `${hostname}${port}`,
        path,
      };
}

function hubUrls(urls: readonly string[]): HubUrl[] {
  return urls.flatMap((url) => parseHubUrl(url) ?? []);
}

/** The value is not shown: it may contain a password. */
function urlProblem(url: string): string | undefined {
  if (parseHubUrl(url) !== undefined) {
    return undefined;
  }
  return url.includes("@")
    ? "contains a user: URLs are shown in previews, so `user` and `password` have arguments of their own"
    : "is not a URL for leaf nodes: it must have the scheme `tls`, `nats-leaf`, `nats`, `wss` or `ws`, a host, perhaps a port, and with `wss` or `ws` perhaps a path";
}

const URL_REMEDY = "Use a URL such as `tls://hub.example.org:7422`.";

function urlsDiagnostics(urls: readonly string[]): Diagnostic[] {
  const kinds = hubUrls(urls).map(({ isWebSocket, hasTls }) => JSON.stringify([isWebSocket, hasTls]));
  const mixed = new Set(kinds).size > 1 ? "must agree in whether they use TLS, and WebSocket" : undefined;
  return [
    ...urls.flatMap((url, index) =>
      diagnose({ code: "NA1770", path: `[${index}]`, problem: urlProblem(url), remedy: URL_REMEDY }),
    ),
    ...diagnose({ code: "NA1770", problem: urls.length === 0 ? "must contain a URL" : mixed, remedy: URL_REMEDY }),
  ];
}

function denyDiagnostics(subjects: readonly string[]): Diagnostic[] {
  return subjects.flatMap((value, index) =>
    diagnose({
      code: "NA1101",
      path: `[${index}]`,
      value,
      problem: subjectProblem(value),
      remedy: "Use tokens separated by dots, such as `orders.*.new` or `orders.>`.",
    }),
  );
}

const deniedSubjects = term(listOf(stringShape), denyDiagnostics, (subjects: readonly string[]) =>
  subjects.length === 0 ? undefined : sortUnique(subjects),
);

/** The settings of a remote. */
export const REMOTE = new Terms<RemoteSettings>({
  urls: term(unshown(listOf(stringShape)), urlsDiagnostics),
  denyImports: deniedSubjects,
  denyExports: deniedSubjects,
});

/**
 * Returns URLs with the scheme that shows whether the connection uses TLS: nats-server cannot reload that for a remote, but removes
 * and adds those with other URLs.
 *
 * @param login user and password, as in a URL
 */
export function remoteUrls(urls: readonly string[], hasTls: boolean, login = ""): string[] {
  return hubUrls(urls).map(({ isWebSocket, host, path }) => {
    const scheme = isWebSocket ? (hasTls ? "wss" : "ws") : hasTls ? "tls" : "nats-leaf";
    return `${scheme}://${login}${host}${path}`;
  });
}

/** Returns whether URLs require TLS. */
export function requireTls(urls: readonly string[]): boolean {
  return hubUrls(urls).some(({ hasTls }) => hasTls);
}

/** How a remote logs in. */
export type RemoteLogin = "creds" | "seed" | "password" | "none";

/** A remote of a server, as far as it is known. Its secrets are in files. */
export interface Remote {
  /** Its name in the program. */
  readonly name: string;
  /** The path of its arguments. */
  readonly path: string;
  /** Name of the account that is connected. */
  readonly account: string;
  readonly settings: RemoteSettings;
  readonly hasTls: boolean;
  readonly login: RemoteLogin;
  /** Whether it names the authorities that it trusts. @default false: those of the system */
  readonly hasAuthorities?: boolean;
}

/** A server with remotes. */
export interface ConnectingServer {
  readonly name: string;
  readonly remotes: readonly Remote[];
}

/** The known parts of the login of a remote at its hub, without secrets. */
export interface HubLogin {
  /** Public key of the account of the hub. */
  readonly account?: string;
  /** Public key or name of the user. */
  readonly user?: string;
}

/** Two remotes of a server with the same account and a server of the hub in common. */
interface SharedHub {
  readonly remote: Remote;
  readonly other: Remote;
  /** Whether both log in to the same account of the hub; undefined if that is not known. */
  readonly isSame: boolean | undefined;
}

/**
 * Finds remotes of a server with the same account and the same account of a hub: the hub would close one of the connections.
 *
 * @param logins the known parts of the login of each remote, by name
 */
export function sameHubDiagnostics(
  { remotes }: ConnectingServer,
  logins: Readonly<Record<string, HubLogin | undefined>> = {},
): Diagnostic[] {
  return sharedHubs(remotes, logins).flatMap(({ remote, other, isSame }) =>
    diagnose({
      code: "NA1774",
      path: keyPath(remote.path, "urls"),
      problem:
        isSame === true
          ? `contains a URL of ${other.path}, with the same account, and the same login or account of the hub: the hub would close one of the connections`
          : undefined,
      remedy: "Remove one of the two, bind it to another account, or log in to another account of the hub.",
    }),
  );
}

/** Finds remotes that must log in to different accounts of a hub, as far as that is not known. They are warnings. */
export function sharedHubWarnings(
  { remotes }: ConnectingServer,
  logins: Readonly<Record<string, HubLogin | undefined>> = {},
): Diagnostic[] {
  return sharedHubs(remotes, logins).flatMap(({ remote, other, isSame }) =>
    diagnose({
      code: "NA1779",
      path: keyPath(remote.path, "urls"),
      problem:
        isSame === undefined
          ? `contains a URL of ${other.path}, with the same account: both must log in to different accounts of the hub, which otherwise closes one of the connections`
          : undefined,
      remedy: "Remove one of the two if their logins belong to the same account.",
    }),
  );
}

function sharedHubs(
  remotes: readonly Remote[],
  logins: Readonly<Record<string, HubLogin | undefined>>,
): readonly SharedHub[] {
  const keysOf = ({ account, settings: { urls } }: Remote) =>
    hubUrls(urls).map(({ host, path }) => `${account} ${host.toLowerCase().replace(/\.(?=:)/, "")}${path}`);
  return remotes.flatMap((remote, index) =>
    remotes
      .slice(0, index)
      .filter((former) => keysOf(former).some((key) => keysOf(remote).includes(key)))
      .map((other) => ({ remote, other, isSame: haveSameAccount(remote, other, logins) })),
  );
}

function haveSameAccount(
  one: Remote,
  other: Remote,
  logins: Readonly<Record<string, HubLogin | undefined>>,
): boolean | undefined {
  const [first, second] = [getOwn(logins, one.name), getOwn(logins, other.name)];
  if (first?.account !== undefined && second?.account !== undefined) {
    return first.account === second.account;
  }
  const isEqual = one.login === other.login && first?.user === second?.user;
  return isEqual && (one.login === "none" || first?.user !== undefined) ? true : undefined;
}

/** Finds accounts with more remotes than their limit of leaf nodes. @param limits by the name of the account */
export function remoteLimitDiagnostics(
  servers: readonly ConnectingServer[],
  limits: Readonly<Record<string, number | undefined>>,
): Diagnostic[] {
  const all = servers.flatMap(({ remotes }) => remotes);
  return all.flatMap(({ path, account }) => {
    const limit = getOwn(limits, account) ?? -1;
    const count = all.filter((one) => one.account === account).length;
    return diagnose({
      code: "NA1775",
      path: keyPath(path, "account"),
      value: account,
      problem:
        limit >= 0 && limit < count
          ? `limits leaf nodes to ${limit}, and the servers have ${count} remotes for it, which count as well`
          : undefined,
      remedy: "Raise `limits.leafNodes` of the account, or remove remotes.",
    });
  });
}

/** Official images of nats-server, and the tags of those that contain more than nats-server. */
const VENDOR_IMAGE = /^(?:(?:index\.)?docker\.io\/)?(?:library\/)?nats(?::(?<tag>[^@]*))?(?:@.*)?$/;
const LARGER_IMAGE = /alpine|windowsservercore|nanoserver/;

/** Finds remotes that trust the authorities of the system where an image contains none. @param image of the servers */
export function systemAuthorityDiagnostics(servers: readonly ConnectingServer[], image: string): Diagnostic[] {
  const { tag = "latest" } = VENDOR_IMAGE.exec(image)?.groups ?? { tag: "alpine" };
  return servers
    .flatMap(({ remotes }) => remotes)
    .flatMap(({ path, hasTls, hasAuthorities = false }) =>
      diagnose({
        code: "NA1820",
        path: joinPath(path, "tls.ca"),
        problem:
          !hasTls || hasAuthorities || LARGER_IMAGE.test(tag)
            ? undefined
            : `is missing, and the image ${display(image)} contains no authorities, so the servers would refuse every certificate`,
        remedy:
          "Set it to the certificates of the authorities that have signed those of the hub, or use an image with authorities, such as the one whose tag ends in `-alpine`.",
      }),
    );
}

/** The servers of both sides answer requests to the JetStream API unless they have domains. It is a warning. */
export function domainDiagnostics(
  servers: readonly ConnectingServer[],
  domain: string | undefined,
  hasJetStream: (account: string) => boolean,
): Diagnostic[] {
  const connected = servers.flatMap(({ remotes }) => remotes).filter(({ account }) => hasJetStream(account));
  return diagnose({
    code: "NA1776",
    path: "jetstream.domain",
    problem:
      domain === undefined && connected.length > 0
        ? `is missing, and account ${display(connected[0]?.account)} with JetStream is connected with a hub: clients of one side cannot reach the streams of the other`
        : undefined,
    remedy: "Set it to another domain than that of the hub.",
  });
}

const UNENCRYPTED = "connects without TLS: anyone on the network in between can read and change all messages";
const SECRETS: Readonly<Record<RemoteLogin, string>> = {
  creds: "",
  seed: "",
  password: ", and read the password",
  none: "",
};

/** Finds remotes that connect without TLS to another machine. */
export function plaintextRemotes(servers: readonly ConnectingServer[]): PlaintextPort[] {
  return servers.flatMap(({ name, remotes }) =>
    remotes.flatMap(({ name: remote, settings: { urls }, hasTls, login }) => {
      const [far] = hasTls ? [] : hubUrls(urls).filter(({ hostname }) => !isLocal(hostname));
      return far === undefined
        ? []
        : [
            {
              name: keyPath(`${keyPath(SERVERS, name)}.remotes`, remote),
              address: far.host,
              consequence: `${UNENCRYPTED}${SECRETS[login]}`,
            },
          ];
    }),
  );
}

function isLocal(hostname: string): boolean {
  const host = hostname.replace(/^\[|[\].]$/g, "");
  return host === "localhost" || (isIP(host) !== 0 && isLoopback(host));
}

/** The first version of nats-server that adds and removes remotes when it reloads. */
const RELOADS_REMOTES: Since = ["2.14.0"];

/** Returns whether nats-server adds and removes remotes when it reloads. @param version undefined if it is not known */
export function reloadsRemotes(version: string | undefined): boolean {
  return version !== undefined && hasSince(version, RELOADS_REMOTES) === true;
}

/**
 * Returns what a server that adds and removes remotes when it reloads reads of them only when it starts; undefined if there is nothing.
 * A remote with other URLs, or another account or seed, is another one for it, whatever its name in the program. It reloads certificates,
 * and reads the file with creds for each connection.
 */
export function startupRemotes(remotes: readonly Remote[]): object | undefined {
  const kept = remotes.flatMap(({ account, settings: { urls, denyImports, denyExports }, hasTls }) =>
    denyImports === undefined && denyExports === undefined
      ? []
      : [omitUndefined<object>({ account, urls: remoteUrls(urls, hasTls), denyImports, denyExports })],
  );
  return kept.length === 0 ? undefined : sortBy(kept, (one) => JSON.stringify(one));
}

/**
 * Returns what an older server reads of its remotes only when it starts; undefined if there is nothing.
 *
 * @param logins what identifies the seed or password of each remote, and does not reveal it, by name
 */
export function startupRemotesBefore(
  remotes: readonly Remote[],
  logins: Readonly<Record<string, string>>,
): object | undefined {
  const kept = remotes.map(({ name, account, settings: { urls, ...denied }, hasTls, login }) =>
    omitUndefined({ account, urls: remoteUrls(urls, hasTls), ...denied, login, key: getOwn(logins, name) }),
  );
  return kept.length === 0 ? undefined : kept;
}
