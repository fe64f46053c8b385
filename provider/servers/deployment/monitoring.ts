import { request as requestHttp } from "node:http";
import { request as requestHttps, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { checkServerIdentity as isIdentity, type ConnectionOptions } from "node:tls";
import { isIP } from "node:net";
import { withoutBrackets } from "../../model/form/hosts";
import { errorMessage } from "../errors";
import { PARTIAL_CHAINS } from "../tls-client";
import type { ReachedServer, TlsFiles } from "./deployment";

const TIMEOUT = 5_000;
const OK = 200;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks the monitoring endpoint of a server for its identity and its health.
 *
 * @param id the `server_id`
 * @param tls certificates for an `https://` URL
 * @returns what is wrong, as a clause without subject; undefined also if it has no endpoint
 */
export async function findMonitoringProblem(
  { monitoringUrl: url, monitoringVia: via, certificateName }: ReachedServer,
  id: string,
  tls: TlsFiles = {},
): Promise<string | undefined> {
  if (url === undefined) {
    return undefined;
  }
  const name = certificateName ?? (via === undefined ? undefined : new URL(url).hostname);
  const options = {
    ...PARTIAL_CHAINS,
    ...tls,
    ...(name === undefined ? {} : expectedIdentity(name)),
    ...(via === undefined ? {} : addressIn(via)),
  };
  try {
    const varz = await get(url, "varz", options);
    const { server_id: found } = JSON.parse(varz.body) as { readonly server_id?: string };
    if (found !== id) {
      return `is not the server that is monitored at ${url}`;
    }
    const { status, body } = await get(url, "healthz", options);
    return status === OK ? undefined : `is not healthy: ${url} answers ${status} (${body.trim()})`;
  } catch (error) {
    // A host with several addresses fails with one error for each.
    const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
    return `cannot be monitored at ${url} (${errorMessage(first)})`;
  }
}

/** Returns the options for the address of a request. They replace the host and the port of its URL. */
function addressIn(via: string): { readonly hostname: string; readonly port: string } {
  const { hostname, port } = new URL(`tcp://${via}`);
  return { hostname, port };
}

/** Returns the options for the name that the certificate of a server must be for. The host of the request is that of the URL. */
function expectedIdentity(host: string): ConnectionOptions {
  const name = withoutBrackets(host);
  const checkServerIdentity: ConnectionOptions["checkServerIdentity"] = (_host, certificate) =>
    isIdentity(name, certificate);
  return isIP(name) === 0 ? { servername: name } : { checkServerIdentity };
}

/** Gets an endpoint. `fetch` cannot use certificates of the program. */
function get(url: string, endpoint: string, connecting: RequestOptions): Promise<Answer> {
  const target = new URL(endpoint, url.endsWith("/") ? url : `${url}/`);
  const request = target.protocol === "https:" ? requestHttps : requestHttp;
  // A connection of its own: no idle one keeps the program running.
  const options = { ...connecting, agent: false, signal: AbortSignal.timeout(TIMEOUT) } as const;
  return new Promise((resolve, reject) => {
    request(target, options, (response) => {
      text(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, body });
      }, reject);
    })
      .on("error", reject)
      .end();
  });
}
