import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { auditLogOf } from "../../tools/parts/kubernetes/control-plane";

interface Role {
  readonly rules: readonly Readonly<Record<"resources" | "verbs", readonly string[]>>[];
}

/** A request, as the audit log of the API server contains it. */
interface AuditedRequest {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource: string; readonly subresource?: string; readonly namespace?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How the name begins by which the provider of `@pulumi/kubernetes` identifies itself. */
const PROVIDER = "pulumi-kubernetes/";
/** What it reads for its messages only: it does without them. */
const OPTIONAL = "events";
/** HTTP status: an object was created. */
const CREATED = 201;

/** The permissions of a role, each as a verb and a resource, sorted. @param yaml its manifest */
export async function permissionsOf(yaml: string): Promise<string[]> {
  const { loadYaml } = await import("@kubernetes/client-node");
  return loadYaml<Role>(yaml)
    .rules.flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    )
    .sort();
}

/**
 * Returns the permissions that the provider of objects has used in a namespace of the private cluster, in the form of
 * {@link permissionsOf}.
 *
 * @param account the service account of the commands: its namespace and its name
 */
export async function usedByProvider(namespace: string, account: string): Promise<string[]> {
  const log = await readFile(auditLogOf(dirname(process.env.KUBECONFIG ?? "")), "utf8");
  const requests = log
    .split("\n")
    .filter((line) => line.includes(account))
    .map((line) => JSON.parse(line) as AuditedRequest)
    .filter(({ user, userAgent = "", objectRef, annotations }) => {
      return (
        user.username === `system:serviceaccount:${account}` &&
        userAgent.startsWith(PROVIDER) &&
        objectRef?.namespace === namespace &&
        objectRef.resource !== OPTIONAL &&
        annotations?.["authorization.k8s.io/decision"] === "allow"
      );
    });
  return [...new Set(requests.flatMap(permissionsFor))].sort();
}

/** The permissions that a request needs. */
function permissionsFor({ verb, objectRef, responseStatus }: AuditedRequest): string[] {
  const { resource = "", subresource } = objectRef ?? {};
  const verbs = [verb];
  // Versions of the provider create objects by a patch, which needs both permissions, or otherwise patch them when they change.
  if (verb === "create" || (verb === "patch" && responseStatus?.code === CREATED)) {
    verbs.push("create", "patch");
  }
  // Newer versions watch a list, and read it only where the API server does not support that.
  if (verb === "watch") {
    verbs.push("list");
  }
  return verbs.map((one) => `${one} ${subresource === undefined ? resource : `${resource}/${subresource}`}`);
}
