import { diagnose, joinPath, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { accessDiagnostics, unnamedDiagnostics } from "../../kubernetes/access-checks";
import { labelDiagnostics } from "../../kubernetes/labels";
import { MODE_SHAPE, MODES, type Mode } from "../../model/cluster/servers";
import {
  booleanShape,
  checkShape,
  fatal,
  isRecord,
  mapOf,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import { getOwn } from "../../model/form/order";
import { INVALID_DURATION, parseDuration, type Duration } from "../../model/form/quantities";
import { seedProblem } from "../../nkeys/keys";
import { readCreds } from "../../read/creds";
import type { DeployedServer, TlsFiles, UserChecks } from "../../servers/deployment/deployment";
import type { NamespacePlace } from "../../servers/kubernetes/access";
import { ifKnown, isUnknown } from "../life-cycle/unknown";

/** The arguments of a verification that a program sets, as the handler receives them. */
export interface VerificationInputs {
  servers?: Readonly<
    Record<string, Partial<Readonly<Record<"mode" | "url" | "pod" | "namespace" | "monitoringUrl" | "digest", string>>>>
  >;
  login?: { readonly seed?: string; readonly creds?: string };
  users?: UserChecks;
  timeout?: Duration;
  tls?: TlsFiles;
  /** The namespace of the servers, which are pods. */
  kubernetes?: NamespacePlace;
}

/** The value of `digest` that stands for any configuration. */
export const ANY_DIGEST = "any";

const CHECKS: readonly unknown[] = ["permissions", "logins", "none"] satisfies UserChecks[];
const USERS = optional(
  matching('"permissions", "logins" or "none"', "Use one of these values.", (value) => CHECKS.includes(value)),
);
const SERVERS = ifKnownShape(
  mapOf(
    ifKnownShape(
      objectOf<DeployedServer>({
        mode: ifKnownShape(MODE_SHAPE),
        url: stringShape,
        pod: optional(stringShape),
        namespace: optional(stringShape),
        monitoringUrl: optional(stringShape),
        digest: optional(stringShape),
        serverName: optional(stringShape),
        certificateName: optional(stringShape),
        handshakeFirst: optional(ifKnownShape(booleanShape)),
      }),
    ),
  ),
);

/** Text in PEM format. Any other value is not shown: it may be a private key. */
const PEM: Shape = (value, path) =>
  fatal({
    code: "NA1003",
    path,
    problem: typeof value === "string" && (isUnknown(value) || value.includes("-----BEGIN ")) ? undefined : NOT_PEM,
    remedy: "Use the content of the file, which contains `-----BEGIN`.",
  });
const NOT_PEM = "must be text in PEM format";
const TLS_FILES = objectOf<TlsFiles>({ ca: optional(PEM), cert: optional(PEM), key: optional(PEM) });
const TLS: Shape = (value, path) =>
  isRecord(value)
    ? TLS_FILES(value, path)
    : fatal({
        code: "NA1003",
        path,
        problem: value === undefined || isUnknown(value) ? undefined : "must be an object with `ca`, `cert` and `key`",
        remedy: "Use an object with some of these properties, each with text in PEM format.",
      });

/** The shape, or a value that is not known yet. */
function ifKnownShape(shape: Shape): Shape {
  return (value, path) => (isUnknown(value) ? [] : shape(value, path));
}

/** Checks the arguments of a verification, as far as they are known. */
export function verificationDiagnostics({
  servers,
  login = {},
  users,
  timeout,
  tls,
  kubernetes,
}: VerificationInputs): Diagnostic[] {
  return [
    ...serversDiagnostics(servers),
    ...podsDiagnostics(servers, kubernetes),
    ...(isRecord(servers) && isRecord(login) ? loginDiagnostics(modesOf(servers), login) : []),
    ...(ifKnown(users) === undefined ? [] : checkShape("users", USERS, users, () => [])),
    ...checkShape("tls", TLS, tls, () => []),
    ...diagnose({
      code: "NA1006",
      path: "timeout",
      value: timeout,
      problem:
        timeout === undefined || ifKnown(timeout) === undefined || parseDuration(timeout) !== undefined
          ? undefined
          : INVALID_DURATION,
      remedy: 'Use a duration such as "30s".',
    }),
  ];
}

function serversDiagnostics(servers: VerificationInputs["servers"]): Diagnostic[] {
  if (servers === undefined) {
    const problem = "is missing, and the configuration has no `servers`";
    return [
      { code: "NA1002", path: "servers", problem, remedy: "Set `servers` to the URL and the mode of each server." },
    ];
  }
  const misfits = checkShape("servers", SERVERS, servers, (all) => [
    ...diagnose({
      code: "NA1741",
      problem: Object.keys(all).length === 0 ? "must contain at least one server" : undefined,
      remedy: "Add the URL and the mode of each server.",
    }),
  ]);
  return misfits
    .map(withDeclaredPath)
    .concat(
      Object.entries(isRecord(servers) ? servers : {}).flatMap(([name, server]) => urlsDiagnostics(name, server)),
    );
}

/** The properties of servers that are pods. */
const OF_PODS = ["pod", "namespace"] as const;

/** Checks the namespaces of servers that are pods, and their names. */
function podsDiagnostics(
  servers: VerificationInputs["servers"],
  kubernetes: VerificationInputs["kubernetes"],
): Diagnostic[] {
  const named = Object.entries(isRecord(servers) ? servers : {}).flatMap(([name, server]) => {
    return OF_PODS.flatMap((key) => {
      const value: unknown = isRecord(server) ? server[key] : undefined;
      return typeof value === "string" ? [{ path: joinPath(keyPath("servers", name), key), key, value }] : [];
    });
  });
  if (kubernetes === undefined) {
    const problem = "has no effect without `kubernetes`";
    const remedy = "Set `kubernetes` of the verification, or remove the property.";
    return named.flatMap(({ path, value }) => diagnose({ code: "NA4095", path, value, problem, remedy }));
  }
  const { api, namespace } = kubernetes;
  return [
    ...unnamedDiagnostics("kubernetes", api),
    ...(["context", "kubeconfig"] as const).flatMap((key) => accessDiagnostics("kubernetes", key, api[key])),
    ...checkShape("kubernetes.namespace", stringShape, namespace, () =>
      ifKnown(namespace) === undefined ? [] : labelDiagnostics("namespace", "", namespace),
    ),
    ...named.flatMap(({ path, key, value }) =>
      ifKnown(value) === undefined ? [] : labelDiagnostics(key, path, value),
    ),
  ];
}

/** The arguments from which properties come that no program sets. */
const DECLARED: Readonly<Record<string, string>> = {
  certificateName: "tls.serverName",
  handshakeFirst: "tls.handshakeFirst",
};

function withDeclaredPath(diagnostic: Diagnostic): Diagnostic {
  // The name of a server precedes the property.
  const path = diagnostic.path.replace(/(?<=^servers.+\.)\w+$/, (name) => getOwn(DECLARED, name) ?? name);
  return { ...diagnostic, path };
}

function urlsDiagnostics(name: string, server: unknown): Diagnostic[] {
  const { url, monitoringUrl, digest } = isRecord(server) ? server : {};
  return prefixPaths(keyPath("servers", name), [
    ...urlDiagnostics("url", url, ["nats:", "tls:"]),
    ...urlDiagnostics("monitoringUrl", monitoringUrl, ["http:", "https:"]),
    ...digestDiagnostics(digest),
  ]);
}

/** Checks a URL. It is not shown if it has credentials. */
function urlDiagnostics(path: string, url: unknown, protocols: readonly string[]): Diagnostic[] {
  if (typeof url !== "string" || ifKnown(url) === undefined) {
    return [];
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const hasCredentials = parsed !== undefined && `${parsed.username}${parsed.password}` !== "";
  const isValid = parsed !== undefined && protocols.includes(parsed.protocol) && parsed.hostname !== "";
  const schemes = protocols.map((protocol) => `${protocol}//`).join(" or ");
  const remedy = `Use a URL such as \`${protocols[0] ?? ""}//n1.example.org:4222\`.`;
  if (hasCredentials) {
    return [
      { code: "NA4090", path, problem: "contains credentials", remedy: "Remove them from the URL, and use `user`." },
    ];
  }
  const problem = isValid ? undefined : `is not a valid URL: it must begin with ${schemes}, followed by a host`;
  // What precedes an `@` may be a password, even if the URL does not parse.
  return diagnose({ code: "NA4090", path, ...(url.includes("@") ? {} : { value: url }), problem, remedy });
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

function digestDiagnostics(digest: unknown): Diagnostic[] {
  const isValid =
    typeof digest !== "string" || ifKnown(digest) === undefined || digest === ANY_DIGEST || DIGEST.test(digest);
  return diagnose({
    code: "NA4091",
    path: "digest",
    value: digest,
    problem: isValid ? undefined : 'is not a digest of a configuration: it must be "sha256:" and 64 hexadecimal digits',
    remedy: `Use what \`nats-server -t -c <file>\` prints, or "${ANY_DIGEST}".`,
  });
}

function modesOf(servers: object): Mode[] {
  const modes = Object.values(servers).map((server: unknown) => (isRecord(server) ? server.mode : undefined));
  return MODES.filter((mode) => modes.includes(mode));
}

function loginDiagnostics(modes: readonly Mode[], login: NonNullable<VerificationInputs["login"]>): Diagnostic[] {
  return modes.flatMap((mode): Diagnostic[] => {
    const key = mode === "static" ? "seed" : "creds";
    const value = login[key];
    if (value === undefined || value === "") {
      const problem = `is missing; servers in ${mode} mode accept nothing else`;
      const remedy = "Use a user of the system account whose seed is managed here, or pass both `seed` and `creds`.";
      return [{ code: "NA4092", path: `user.${key}`, problem, remedy }];
    }
    return ifKnown(value) === undefined ? [] : credentialsDiagnostics(key, value);
  });
}

/** The value is not shown. */
function credentialsDiagnostics(key: "seed" | "creds", value: string): Diagnostic[] {
  const path = `user.${key}`;
  if (key === "seed") {
    const problem = seedProblem("user", value);
    return problem === undefined ? [] : [{ path, ...problem }];
  }
  try {
    readCreds(value, path);
    return [];
  } catch {
    const problem = "is not the content of a creds file: it must contain a JWT and a seed";
    return [{ code: "NA4092", path, problem, remedy: "Use the `creds` of a user of the system account." }];
  }
}
