import { omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { errorMessage, ServerError, ServerRefusal } from "../errors";
import type { KubernetesPlace } from "../place";
import { RESPONSE_TIMEOUT } from "../timeouts";

/** HTTP status: not found. */
export const NOT_FOUND = 404;
/** HTTP status: an object with this name exists, or changed in the meantime. */
export const CONFLICT = 409;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const SERVER_ERROR = 500;
/**
 * HTTP statuses of an API server that is starting, stopping or overloaded, or that reaches neither its database (`etcdserver: leader
 * changed`, `ServerTimeout`) nor a node.
 */
const PASSING: readonly number[] = [429, SERVER_ERROR, 502, 503, 504];

/** How a request to the API server failed. */
export interface ApiFailure {
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined;
  /** What the API server, or the network, reports. */
  readonly message: string;
  /** True if it may pass by itself: the API server restarts, or the network is interrupted. */
  readonly mayPass: boolean;
  /** True if there was no response in time, although there may be a connection. */
  readonly isLate: boolean;
  /** True if the API server does not accept who asks. */
  readonly isRejection: boolean;
  /** Milliseconds after which the API server wants the request to be repeated; undefined if it names no time. */
  readonly retryAfter?: number;
}

/** The most milliseconds between two attempts. */
const MAX_PAUSE = 10_000;

/** Reads an error of the client. A response to a WebSocket has no message. An abandoned request has neither status nor code. */
export function readFailure(error: unknown): ApiFailure {
  const { code, body, message: text, name, headers } = propertiesOf(error);
  if (name === "AbortError" || name === "TimeoutError") {
    const message = `no response within ${RESPONSE_TIMEOUT / 1_000} seconds`;
    return { status: undefined, message, mayPass: true, isLate: true, isRejection: false };
  }
  const message = typeof text === "string" ? text : errorMessage(error);
  const status = typeof code === "number" ? code : Number(/Unexpected server response: (\d+)/.exec(message)?.[1]);
  if (Number.isNaN(status)) {
    const isLate = code === "ETIMEDOUT";
    return { status: undefined, message, mayPass: isOfNetwork(error), isLate, isRejection: false };
  }
  return omitUndefined<ApiFailure>({
    status,
    message: statusMessage(body) ?? `HTTP status ${status}`,
    mayPass: PASSING.includes(status),
    isLate: false,
    isRejection: [UNAUTHORIZED, FORBIDDEN].includes(status),
    retryAfter: retryTime(body, headers),
  });
}

/** Returns the milliseconds that a response names, in its body or in its headers. */
function retryTime(body: unknown, headers: unknown): number | undefined {
  const { details } = toRecord(body);
  const { retryAfterSeconds } = toRecord(details);
  const seconds = Number(retryAfterSeconds ?? toRecord(headers)["retry-after"]);
  return seconds > 0 ? Math.min(seconds * 1_000, MAX_PAUSE) : undefined;
}

/** Returns the properties of an error: of any class, or of an event. */
function propertiesOf(error: unknown): Readonly<Record<string, unknown>> {
  return typeof error === "object" && error !== null ? (error as Readonly<Record<string, unknown>>) : {};
}

/** True for an error with a code of the system, such as ECONNREFUSED, or with such a cause. */
function isOfNetwork(error: unknown): boolean {
  const { code, cause, error: inner } = propertiesOf(error);
  const deeper = cause ?? inner;
  return typeof code === "string" || (deeper !== undefined && isOfNetwork(deeper));
}

/** Throws an error of a request for a log. The library turns one that had no response into HTTP status 500 without a text. */
export function throwUnanswered(error: unknown): never {
  const { code, body } = propertiesOf(error);
  throw code === SERVER_ERROR && body === undefined
    ? networkError("ECONNRESET", "the API server did not respond")
    : error;
}

/** The error of a connection that does not respond, or that ends too early. */
export function networkError(code: "ECONNRESET" | "ETIMEDOUT", message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Returns the message of a Kubernetes `Status`. */
function statusMessage(body: unknown): string | undefined {
  const { message } = toRecord(body);
  return typeof message === "string" && message !== "" ? message : undefined;
}

/** Returns an object, also one that is given as JSON. */
function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : parseObject(value);
}

function parseObject(text: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof text === "string" ? JSON.parse(text) : undefined;
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** How the API server rejects what a quota, a LimitRange, a security standard of pods or a policy does not allow. */
const AGAINST_RULES = /admission webhook .* denied the request|is forbidden: (?!User )|^ValidatingAdmissionPolicy /;

/** How the API server rejects a Secret that is too large, or the request itself. */
const TOO_LARGE = /may not be more than \d+ bytes|request is too large|entity too large/i;

/**
 * The error for a request that failed.
 *
 * @param request verb, resource and namespace, such as `get pods/log in namespace "nats"`
 */
export function apiError(request: string, error: unknown): ServerError {
  const { status, message } = readFailure(error);
  const options = { cause: error };
  const lines = [`  ${message}`];
  if (status === UNAUTHORIZED) {
    return new ServerError("NA5151", `Kubernetes rejected the credentials (${request})`, lines, options);
  }
  if (AGAINST_RULES.test(message)) {
    return new ServerError(
      "NA5161",
      `a rule of the Kubernetes cluster does not allow a request: ${request}`,
      lines,
      options,
    );
  }
  if (status === FORBIDDEN) {
    return new ServerError("NA5152", `Kubernetes does not permit a request: ${request}`, lines, options);
  }
  if (TOO_LARGE.test(message)) {
    return new ServerError("NA5156", "the configurations of an entry are larger than a Secret can be", lines, options);
  }
  return new ServerError("NA5150", `a request to Kubernetes failed: ${request}`, lines, options);
}

/** The error for a kubeconfig without the context that the program names. */
export function unknownContext(context: string | undefined, known: readonly string[]): ServerError {
  const problem =
    context === undefined
      ? "the kubeconfig has no current context, and the program names none"
      : `the kubeconfig has no context ${JSON.stringify(context)}`;
  return new ServerError("NA5153", problem, [
    known.length === 0 ? "It has no contexts." : `Its contexts: ${known.join(", ")}.`,
  ]);
}

/** The error for a kubeconfig that cannot be read. Its text is a secret, which the parser's message would show. */
export function unreadableKubeconfig(): ServerError {
  return new ServerError(
    "NA5153",
    "the kubeconfig cannot be read: it is not valid YAML, or a file that it names is missing",
  );
}

/** The error for a file with the token of the kubeconfig's user that cannot be read. */
export function unreadableToken(file: string, cause: unknown): ServerError {
  const problem = `the kubeconfig names a \`tokenFile\` that cannot be read: ${file}`;
  return new ServerError("NA5153", problem, [`  ${errorMessage(cause)}`], { cause });
}

/** The error for a missing library. */
export function missingLibrary(cause: unknown): ServerError {
  const remedy = "Run `npm install @kubernetes/client-node@1` in the folder of the program.";
  return new ServerError("NA5154", "servers in Kubernetes require the package @kubernetes/client-node", [remedy], {
    cause,
  });
}

/** The error for a running pod that its new configuration does not reach. */
export function notArrived(server: string, seconds: number): ServerRefusal {
  return new ServerRefusal("NA5157", server, `has not received its configuration within ${seconds} seconds`);
}

/** The error for a pod that runs, but to which Services do not lead. @param problems what Kubernetes reports */
export function notReady(server: string, seconds: number, problems: readonly string[]): ServerRefusal {
  return new ServerRefusal("NA5158", server, `is not ready within ${seconds} seconds after its restart`, problems);
}

/** The error for a StatefulSet that the engine has created in another cluster than the one that this package reaches. */
export function inAnotherCluster({ api, namespace, statefulSet }: KubernetesPlace): ServerError {
  const where = api.context === undefined ? "`target.kubernetes.kubeconfig`" : `context ${JSON.stringify(api.context)}`;
  const set = `StatefulSet ${statefulSet} of namespace ${JSON.stringify(namespace)}`;
  return new ServerError("NA5159", `${set} was created, but is not in the cluster to which ${where} leads`, [
    "The provider in the options of the cluster leads to another one: make it use the same context or kubeconfig.",
    "If somebody has deleted the StatefulSet, run `pulumi up --refresh`.",
  ]);
}

/** The error for a template of pods that Kubernetes no longer has. */
export function missingRevision({ statefulSet }: KubernetesPlace, revision: string): ServerError {
  const remedy = "Run `pulumi up --refresh`, which writes the template again.";
  return new ServerError("NA5160", `StatefulSet ${statefulSet} has no revision ${revision} of its template`, [remedy]);
}

/** The error for a pod that does not end. */
export function notStopped(pod: string): ServerError {
  const remedy = "Check the node on which it runs.";
  return new ServerError("NA5155", `pod ${pod} still exists, although it was deleted`, [remedy]);
}
