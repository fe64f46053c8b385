import { FORM_CODES } from "./codes/form";
import { SUBJECTS_CODES } from "./codes/subjects";
import { ACCESS_CODES } from "./codes/access";
import { KEYS_CODES } from "./codes/keys";
import { USERS_CODES } from "./codes/users";
import { PROTOCOL_CODES } from "./codes/protocols";
import { USER_SETS_CODES } from "./codes/user-sets";
import { SHARES_CODES } from "./codes/shares";
import { ACCOUNT_CODES } from "./codes/account";
import { CLUSTER_CODES } from "./codes/cluster";
import { TLS_CODES } from "./codes/tls";
import { PARITY_CODES } from "./codes/parity";
import { READ_CODES } from "./codes/read";
import { STATIC_CODES } from "./codes/static";
import { COMPONENTS_CODES } from "./codes/components";
import { REFERENCES_CODES } from "./codes/references";
import { SERVERS_CODES } from "./codes/servers";
import { PODS_CODES } from "./codes/pods";
import { KUBERNETES_CODES } from "./codes/kubernetes";

/** The documentation of every code. Rendered to docs/diagnostics.md; programs load only its type. */
export const CODES = {
  ...FORM_CODES,
  ...SUBJECTS_CODES,
  ...ACCESS_CODES,
  ...KEYS_CODES,
  ...USERS_CODES,
  ...SHARES_CODES,
  ...ACCOUNT_CODES,
  ...CLUSTER_CODES,
  ...PROTOCOL_CODES,
  ...TLS_CODES,
  ...USER_SETS_CODES,
  ...PARITY_CODES,
  ...READ_CODES,
  ...STATIC_CODES,
  ...COMPONENTS_CODES,
  ...REFERENCES_CODES,
  ...SERVERS_CODES,
  ...PODS_CODES,
  ...KUBERNETES_CODES,
} as const;

/** The stable code of a kind of problem, such as `NA1101`. */
export type Code = keyof typeof CODES;
