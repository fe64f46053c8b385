import type { Difference } from "./claims";

/**
 * Logins with certificates (`verify_and_map`). No program of this package declares them, because JWTs have no equivalent: they occur in
 * configurations that are adopted.
 */
export const CERTIFICATE_LOGINS = {
  class: "N",
  severity: "unusable",
  static: "verify_and_map",
  example: undefined,
  consequence: () =>
    "a static server finds the user that the certificate of a client names; a server in operator mode ignores the setting, and lets only clients with a JWT in",
} as const satisfies Difference<undefined>;
