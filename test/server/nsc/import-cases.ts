import { sign, signActivation, signOldActivation, type Permitted } from "../../read/sign";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";
import {
  ALL,
  EXPORTER,
  FUTURE,
  IMPORTER,
  NO_IMPORT,
  NOTHING,
  PAST,
  scope,
  SHARES,
  SIGNING,
  STRICT,
  type Case,
} from "./situations";

const IMPORTS = ["accounts.importer.imports[0]", "accounts.importer.imports[1]"];
const ofImports = (code: string) => IMPORTS.map((path) => `${code} ${path}`);

/** An activation with any claims. */
function activation(
  { importer, type, subject }: Permitted,
  nats: object,
  by = "exporter",
  kind: "account" | "operator" = "account",
) {
  const claims = { subject, kind: type, type: "activation", version: 2, ...nats };
  return sign(kind, by, { name: subject, sub: keyOf("account", importer), nats: claims });
}

/** Activations of two imports. */
export const ACTIVATIONS: readonly Case[] = [
  ["is valid", {}, ALL, []],
  ["permits more subjects", { token: (one) => signActivation({ ...one, subject: ">" }) }, ALL, []],
  ["is of version 1", { token: (one) => signOldActivation(one) }, ALL, []],
  ["is signed by a signing key", { token: (one) => signActivation(one, "exporter signing") }, ALL, []],
  [
    "is signed by the key of a role",
    {
      exporter: { nats: { signing_keys: [scope("exporter role", {}), keyOf("account", "exporter signing")] } },
      token: (one) => signActivation(one, "exporter role"),
    },
    ALL,
    [],
  ],
  [
    "expires later",
    { token: (one) => signActivation(one, "exporter", { expires: FUTURE }) },
    ALL,
    IMPORTS.map((path) => `NA3030 ${path}.token`),
  ],
  ["is missing", { token: () => undefined }, NO_IMPORT, ofImports("NA3028")],
  [
    "has expired",
    { token: (one) => signActivation(one, "exporter", { expires: PAST }) },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
  [
    "is not valid yet",
    { token: (one) => signActivation(one, "exporter", { notBefore: FUTURE }) },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
  [
    "is signed by a key that the exporter does not list",
    { token: (one) => signActivation(one, "exporter lost") },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
  [
    "names another account as its issuer",
    { token: (one) => activation(one, { issuer_account: IMPORTER }) },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
  [
    "is signed by the operator",
    { token: (one) => activation(one, { issuer_account: EXPORTER }, "KO", "operator") },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
  ["is revoked", { exports: { revocations: { [IMPORTER]: ISSUED_AT } } }, NO_IMPORT, ofImports("NA3028")],
  ["is revoked for every account", { exports: { revocations: { "*": ISSUED_AT } } }, NO_IMPORT, ofImports("NA3028")],
  ["was issued after a revocation", { exports: { revocations: { "*": ISSUED_AT - 1 } } }, ALL, []],
  [
    "is for another account",
    { token: (one) => signActivation({ ...one, importer: "SYS" }) },
    NOTHING,
    ["NA3040 accounts.importer"],
  ],
  [
    "is for another subject",
    { token: (one) => signActivation({ ...one, subject: "other" }) },
    NOTHING,
    ["NA3040 accounts.importer"],
  ],
  [
    "is for another type",
    { token: (one) => signActivation({ ...one, type: one.type === "stream" ? "service" : "stream" }) },
    NOTHING,
    ["NA3040 accounts.importer"],
  ],
  [
    "is of another exporter",
    { token: (one) => signActivation({ ...one, exporter: "SYS" }) },
    NOTHING,
    ["NA3040 accounts.importer"],
  ],
  ["is not a JWT", { token: () => Promise.resolve("x.y.z") }, NOTHING, ["NA3040 accounts.importer"]],
  [
    "is not a JWT, and the export is public",
    { exports: { token_req: false }, token: () => Promise.resolve("x.y.z") },
    NOTHING,
    ["NA3040 accounts.importer"],
  ],
  [
    "has expired, and the export is public",
    { exports: { token_req: false }, token: (one) => signActivation(one, "exporter", { expires: PAST }) },
    ALL,
    [],
  ],
  [
    "is signed by the account's own key, and the operator requires signing keys",
    { operator: { nats: STRICT }, importer: SIGNING, user: { by: "importer signing" } },
    ALL,
    [],
  ],
  [
    "names the account whose own key signed it, and the operator requires signing keys",
    {
      operator: { nats: STRICT },
      importer: SIGNING,
      user: { by: "importer signing" },
      token: (one) => activation(one, { issuer_account: EXPORTER }),
    },
    NO_IMPORT,
    ofImports("NA3028"),
  ],
];

/** Exports of the imported subjects. */
export const EXPORTS: readonly Case[] = [
  ["is not exported", { exports: { subject: "other" } }, NO_IMPORT, ofImports("NA3041")],
  [
    "is exported with another type",
    { exporter: { nats: { exports: [{ subject: ">", type: "stream" }] } } },
    { login: true, service: false, stream: true },
    ["NA3041 accounts.importer.imports[0]"],
  ],
  [
    "is exported to accounts whose key it contains, which it does",
    {
      exporter: {
        nats: {
          exports: SHARES.map(({ type }) => ({
            subject: `${type}.*`,
            type,
            token_req: true,
            account_token_position: 2,
          })),
        },
      },
      importer: {
        nats: {
          imports: SHARES.map(({ type, subject }) => ({
            ...{ subject: `${type}.${IMPORTER}`, type, account: EXPORTER },
            local_subject: subject,
          })),
        },
      },
      subjects: { service: `service.${IMPORTER}`, stream: `stream.${IMPORTER}` },
    },
    ALL,
    [],
  ],
  [
    "is exported to accounts whose key it contains, which it does not",
    { exports: { account_token_position: 2 } },
    NO_IMPORT,
    ofImports("NA3041"),
  ],
  [
    "belongs to an account that the server rejects",
    { exporter: { by: "KO lost" } },
    NO_IMPORT,
    ["NA3040 accounts.exporter", ...ofImports("NA3027")],
  ],
];
