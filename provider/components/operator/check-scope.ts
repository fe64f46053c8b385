import { CHECK_SUBJECTS, JETSTREAM_CHECK_SUBJECTS, REMOTES_CHECK_SUBJECTS } from "../../servers/system-subjects";
import type { JetStreamCheck } from "../../servers/jetstream-health";

/** Permissions of the credentials that verify clusters: requests to the servers, and their answers. */
interface CheckPermissions {
  readonly publish: { readonly allow: string[] };
  readonly subscribe: { readonly allow: string[] };
}

/**
 * The scope of the signing key for verifying clusters. Requests about JetStream and hubs belong to it only if a cluster has
 * them, so that no JWT of other programs changes. A cluster is created after its operator: the scope is determined
 * when the program waits for the first time.
 */
export class CheckScope {
  #includesJetStream = false;
  #includesRemotes = false;
  #isDetermined = false;
  readonly permissions: Promise<CheckPermissions>;

  constructor() {
    this.permissions = new Promise((resolve) => {
      setImmediate(() => {
        this.#isDetermined = true;
        const more = [
          ...(this.#includesJetStream ? JETSTREAM_CHECK_SUBJECTS : []),
          ...(this.#includesRemotes ? REMOTES_CHECK_SUBJECTS : []),
        ];
        resolve({ publish: { allow: [...CHECK_SUBJECTS, ...more] }, subscribe: { allow: ["_INBOX.>"] } });
      });
    });
  }

  /** Adds the requests about JetStream, unless it is too late. @returns what can be verified of JetStream */
  includeJetStream(): JetStreamCheck {
    this.#includesJetStream ||= !this.#isDetermined;
    return this.#includesJetStream ? "all" : "members";
  }

  /** Adds the requests about connections with hubs, unless it is too late. @returns whether they can be verified */
  includeRemotes(): boolean {
    this.#includesRemotes ||= !this.#isDetermined;
    return this.#includesRemotes;
  }
}
