import { errorMessage } from "../errors";

const TIMEOUT = 5_000;

/**
 * Asks the monitoring endpoint of a server for its identity and its health.
 *
 * @param id the `server_id`
 * @returns what is wrong, as a clause without subject
 */
export async function findMonitoringProblem(url: string, id: string): Promise<string | undefined> {
  try {
    const varz = await get(url, "varz");
    const { server_id: found } = (await varz.json()) as { readonly server_id?: string };
    if (found !== id) {
      return `is not the server that is monitored at ${url}`;
    }
    const healthz = await get(url, "healthz");
    return healthz.ok
      ? undefined
      : `is not healthy: ${url} answers ${healthz.status} (${(await healthz.text()).trim()})`;
  } catch (error) {
    const { cause } = error as Error;
    return `cannot be monitored at ${url} (${errorMessage(cause ?? error)})`;
  }
}

function get(url: string, endpoint: string): Promise<Response> {
  return fetch(new URL(endpoint, url.endsWith("/") ? url : `${url}/`), { signal: AbortSignal.timeout(TIMEOUT) });
}
