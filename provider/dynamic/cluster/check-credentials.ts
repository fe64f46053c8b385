import { randomBytes } from "node:crypto";
import type { KeyPair } from "nkeys.js";
import { clientPortIn, modeIn, clientTlsIn } from "../../config/deployed";
import { scopedUserClaims } from "../../jwt/claims";
import { formatCreds, signClaims } from "../../jwt/sign";
import { type Mode, type PerServer } from "../../model/cluster/servers";
import { deriveUserKeyPair, keyPairFromSeed, generateKeyPair, getSeedText } from "../../nkeys/keys";
import type { Endpoint } from "../../servers/system-client";
import { omitUndefined } from "../../model/form/order";
import { expectedName, PARTIAL_CHAINS } from "../../servers/tls-client";
import { CHECK_TIMEOUTS } from "../../servers/timeouts";
import { nowInSeconds } from "../life-cycle/clock";
import type { JetStreamCheck } from "../../servers/jetstream-health";
import type { CheckTls } from "../../model/cluster/tls";
import type { Place } from "../../servers/place";
import { withReachable } from "./reach";

/** Access for verifying the servers of a cluster. */
export interface CheckAccess {
  /** The client URL of the server to connect to. */
  readonly url: string;
  /**
   * The mode of that server.
   *
   * @default "operator"
   */
  readonly mode?: Mode;
  /** The public key of the system account. */
  readonly systemAccount: string;
  /** The seed (`SA…`) of the system account's signing key whose scope permits requests to servers about themselves. */
  readonly signer: string;
  /**
   * How to connect to servers with TLS.
   *
   * @default the servers have none
   */
  readonly tls?: CheckTls;
}

/** Access for verifying the servers of a cluster while they change. */
export interface PresentAccess extends CheckAccess {
  /**
   * The host for clients of each server, as in a URL.
   *
   * @default the host of `url`
   */
  readonly hosts?: PerServer<string>;
  /**
   * The places of the servers, in the past and in the future: pods are reached through the API server.
   *
   * @default all servers are reached directly
   */
  readonly places?: PerServer<Place>;
}

/** The servers that a verification can log in to, and how. */
export interface CheckLogin {
  readonly urls: readonly Endpoint[];
  /** Creds, or the seed of an nkey. */
  readonly login: string;
}

/** The configuration that a server has now, or may have. */
export interface PresentConfig {
  readonly name: string;
  readonly config: string;
}

/** Returns the configurations of servers with their names. */
export function presentConfigs(servers: PerServer<{ readonly config: string }>): PresentConfig[] {
  return Object.entries(servers).map(([name, { config }]) => ({ name, config }));
}

/**
 * Logs in to the servers of a cluster as they run now: those in operator mode, or all if there are none. An update may move them
 * to other ports.
 *
 * @param configs the configurations that the servers have now; none for the server that `access` names
 * @param jetstream whether the verification waits for JetStream
 * @param use gets the login, which is valid until it returns
 */
export async function withPresentLogin<T>(
  access: PresentAccess,
  configs: readonly PresentConfig[],
  jetstream: boolean,
  use: (login: CheckLogin) => Promise<T>,
): Promise<T> {
  const { urls, login } = await createPresentLogin(access, configs, jetstream);
  return withReachable(urls, access.places ?? {}, (reached) => use({ urls: reached, login }));
}

async function createPresentLogin(
  access: PresentAccess,
  configs: readonly PresentConfig[],
  jetstream: boolean,
): Promise<CheckLogin> {
  if (configs.length === 0) {
    return { urls: [accessEndpoint(access)], login: await createCheckLogin(access, jetstream) };
  }
  const inOperatorMode = configs.filter(({ config }) => modeIn(config) === "operator");
  const mode = inOperatorMode.length === 0 ? "static" : "operator";
  const urls = (mode === "static" ? configs : inOperatorMode).map(({ name, config }) => {
    const tls = clientTlsIn(config);
    const url = urlOf(access, name, clientPortIn(config));
    return tls === undefined ? plainUrl(url) : endpointOf(url, { ...access.tls, isFirst: tls.isFirst });
  });
  const login = await createCheckLogin({ ...access, mode }, jetstream);
  return { urls: uniqueEndpoints(urls), login };
}

/** Servers can have the same address before and after a change. */
function uniqueEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [JSON.stringify(endpoint), endpoint])).values()];
}

const TLS_SCHEME = "tls:";

function plainUrl(url: string): string {
  return url.replace(/^tls:/, "nats:");
}

/** Returns the server that an access names. */
export function accessEndpoint({ url, tls }: Pick<CheckAccess, "url" | "tls">): Endpoint {
  return url.startsWith(TLS_SCHEME) ? endpointOf(url, tls) : url;
}

function endpointOf(url: string, { ca, formerCa, cert, key, serverName, isFirst }: CheckTls = {}): Endpoint {
  const name = expectedName(serverName ?? new URL(url).hostname);
  const authorities = ca === undefined ? undefined : ca + (formerCa ?? "");
  const first = isFirst === true ? { handshakeFirst: true } : {};
  return {
    url: `tls://${new URL(url).host}`,
    tls: { ...omitUndefined<object>({ ca: authorities, cert, key }), ...PARTIAL_CHAINS, ...name, ...first },
  };
}

/** Seconds for which the credentials of a verification are valid, in addition to the time that it may wait for JetStream. */
const CREDENTIALS_LIFETIME = 60;

function urlOf({ url: known, hosts = {} }: PresentAccess, name: string, port: number | undefined): string {
  const url = new URL(known);
  url.host = `${hosts[name] ?? url.hostname}:${port ?? url.port}`;
  return url.href;
}

/** The purpose of the key of the user that verifies servers in static mode. */
const STATIC_CHECK = "pulumi-nats-auth: verification of static servers";

/**
 * Returns the key pair of the user that verifies servers in static mode. They know their users by public keys in their
 * configurations, so that no user can be created for one verification.
 */
export function staticCheckUser(signer: string): KeyPair {
  return deriveUserKeyPair(signer, STATIC_CHECK);
}

/**
 * Creates the login for one verification: creds of a temporary user, or the seed of the user that servers in static mode know.
 *
 * @param jetstream whether the verification waits for JetStream
 */
async function createCheckLogin(
  { systemAccount, signer, mode = "operator" }: Omit<CheckAccess, "url">,
  jetstream: boolean,
): Promise<string> {
  if (mode === "static") {
    return getSeedText(staticCheckUser(signer));
  }
  const user = generateKeyPair("user", randomBytes);
  const claims = scopedUserClaims({ name: "check", publicKey: user.getPublicKey(), account: systemAccount });
  const issuedAt = nowInSeconds();
  const expires = issuedAt + CREDENTIALS_LIFETIME + (jetstream ? CHECK_TIMEOUTS.jetstream / 1_000 : 0);
  const jwt = await signClaims(claims, keyPairFromSeed("account", signer), { issuedAt, expires });
  return formatCreds(jwt, getSeedText(user));
}

/** Access for verifying that servers work together. */
export interface RouteCheck extends PresentAccess {
  /** The `server_name` of each server. */
  readonly serverNames: readonly string[];
  /** The names of the cluster's accounts, by their public keys, where the servers run JetStream. */
  readonly accounts?: Readonly<Record<string, string>>;
  /**
   * The part of JetStream to verify.
   *
   * @default none: the servers do not run it
   */
  readonly jetstream?: JetStreamCheck;
}

/** Adds the places of servers to the access to them. */
export function withPlaces(check: RouteCheck | undefined, places: PerServer<Place>): RouteCheck | undefined {
  return check === undefined ? undefined : { ...check, places };
}
