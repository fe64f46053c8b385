import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { checkServerIdentity as isIdentity, type ConnectionOptions } from "node:tls";
import { isIP } from "node:net";
import { errorMessage } from "../errors";
import { PARTIAL_CHAINS } from "../tls-client";
import type { TlsFiles } from "./deployment";

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
 * @param certificateName the name that the certificate of the server is for; by default the host of the URL
 * @returns what is wrong, as a clause without subject
 */
export async function findMonitoringProblem(
  url: string,
  id: string,
  tls: TlsFiles = {},
  certificateName?: string,
): Promise<string | undefined> {
  const options = {
    ...PARTIAL_CHAINS,
    ...tls,
    ...(certificateName === undefined ? {} : expectedIdentity(certificateName)),
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

/** Returns the options for the name that the certificate of a server must be for. The host of the request is that of the URL. */
function expectedIdentity(name: string): ConnectionOptions {
  const checkServerIdentity: ConnectionOptions["checkServerIdentity"] = (_host, certificate) =>
    isIdentity(name, certificate);
  return isIP(name) === 0 ? { servername: name } : { checkServerIdentity };
}

/** Gets an endpoint. `fetch` cannot use certificates of the program. */
function get(url: string, endpoint: string, tls: ConnectionOptions): Promise<Answer> {
  const target = new URL(endpoint, url.endsWith("/") ? url : `${url}/`);
  const request = target.protocol === "https:" ? requestHttps : requestHttp;
  // A connection of its own: no idle one keeps the program running.
  const options = { ...tls, agent: false, signal: AbortSignal.timeout(TIMEOUT) } as const;
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
